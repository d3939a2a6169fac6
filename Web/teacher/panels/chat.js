// The teachers' chat: to one student, to all students, among teachers, to everybody.

import { ChatLog, chatForm } from '../../shared/chat-log.js';
import { $, el, setHidden, setText } from '../../shared/dom.js';
import { compose, t } from '../../shared/text.js';
import { notDone } from '../alerts/alert-text.js';
import { isShown, show } from './panes.js';

const HEADINGS = { students: 'teacher.chat.line.students', teachers: 'teacher.chat.line.teachers', all: 'teacher.chat.line.all' };
const LOST = { students: 'teacher.chat.lost.students', teachers: 'teacher.chat.lost.teachers', all: 'teacher.chat.lost.all' };

export class Chat {
  constructor({ link, roster, me }) {
    Object.assign(this, { link, roster, me });
    this.messages = []; // for the focus view, which shows one student's part
    this.listeners = new Set();
    this.unread = 0;
    this.to = $('chat-to');
    this.log = new ChatLog($('chat-log'), message => this.#line(message), before => link.send({ type: 'history', of: 'chat', before }));
    chatForm($('chat-form'), $('chat-text'), $('chat-note'), (text, putBack) => {
      const to = this.to.value;
      return this.send(to, text, why => this.#notSent(to, text, why, putBack));
    });
    this.#recipients();
    roster.addEventListener('changes', () => this.#recipients());
    $('room').addEventListener('view', () => { if (isShown('chat')) this.read(); });
  }

  /** refused(why): nobody received it. */
  send(to, text, refused) {
    return this.link.send({ type: 'chat', to, text }, error => refused(notDone(t('teacher.chat.notSent'), error)));
  }

  received(message) {
    if (!this.log.add(message)) return;
    this.messages.push(message);
    for (const listener of this.listeners) listener(message);
    if (!message.history && message.from !== this.me && !isShown('chat')) this.#count(this.unread + 1);
  }

  read() {
    this.#count(0);
  }

  /** Shows in the focus view what belongs to this student. */
  concerns(message, student) {
    return message.from === student || message.to === student || message.to === 'students' || message.to === 'all';
  }

  /** The next message goes to this person. */
  address(id) {
    this.#recipients();
    this.to.value = id;
    show('chat');
    $('chat-text').focus();
  }

  /** It must not be mixed with a draft for somebody else. */
  #notSent(to, text, why, putBack) {
    if (to === this.to.value) return putBack(why);
    $('chat-note').dataset.tone = 'bad';
    setText($('chat-note'), t(LOST[to] ?? 'teacher.chat.lost.one', { name: this.roster.name(to), text }));
    return true;
  }

  #line(message) {
    const mine = message.from === this.me;
    const fromStudent = message.role === 'student';
    const extra = fromStudent
      ? el('button', { type: 'button', class: 'link reply', onclick: () => this.address(message.from) }, ...compose('teacher.chat.reply', { whom: el('span', { class: 'visually-hidden' }) }, { name: message.name }))
      : null;
    return { who: this.heading(message), mine, extra };
  }

  /** "You to all students"; a student writes to all teachers anyway. */
  heading(message) {
    const who = message.from === this.me ? t('chat.you') : message.name;
    return message.role === 'student' ? who : t(HEADINGS[message.to] ?? 'teacher.chat.line.one', { who, name: this.roster.name(message.to) });
  }

  #recipients() {
    const students = this.roster.students;
    const key = students.map(person => `${person.id}${person.name}`).join();
    if (key === this.key) return;
    this.key = key;
    const chosen = this.to.value;
    this.to.replaceChildren(
      el('option', { value: 'students' }, t('teacher.chat.allStudents')),
      el('option', { value: 'teachers' }, t('teacher.chat.teachers')),
      el('option', { value: 'all' }, t('teacher.chat.everybody')),
      el('optgroup', { label: t('teacher.chat.oneStudent') }, ...students.map(person => el('option', { value: person.id }, person.name))));
    if ([...this.to.options].some(option => option.value === chosen)) this.to.value = chosen;
  }

  #count(count) {
    this.unread = count;
    setText($('nav-chat'), String(count));
    setHidden($('nav-chat'), count === 0);
  }
}
