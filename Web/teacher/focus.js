// One student, large: a plain MJPEG stream in an <img>, the alerts of this student, and a word to them.

import { ChatLog, chatForm } from '/shared/chatlog.js';
import { $, el, setHidden, setText } from '/shared/dom.js';
import { liveAddress } from '/shared/wire.js';
import { kindText } from './alerts.js';
import { Mute } from './mute.js';
import { stateLine, stateTone } from './roster.js';

const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

export class Focus {
  constructor({ code, token, roster, alerts, chat, link }) {
    this.mute = new Mute(link);
    Object.assign(this, { code, token, roster, alerts, chat });
    this.dialog = $('focus');
    this.student = null;
    this.#build();
    this.log = new ChatLog(this.logList, message => ({
      who: chat.heading(message), mine: message.from === chat.me,
    }));
    chatForm(this.form, this.input, this.note, text => chat.send(this.student, text));
    chat.listeners.add(message => { if (this.student && chat.concerns(message, this.student)) this.log.add(message); });
    roster.addEventListener('changed', ({ detail }) => { if (detail.id === this.student) this.#show(); });
    alerts.addEventListener('changed', ({ detail }) => { if (detail.student === this.student) this.#show(); });
    link.addEventListener('connection', ({ detail }) => { if (detail.state === 'open' && this.student) this.#stream(); });
    this.dialog.addEventListener('close', () => this.#closed());
  }

  open(student) {
    if (!this.roster.get(student)) return;
    this.student = student;
    this.log.clear();
    this.mute.open(student, this.alerts.openFor(student)[0]?.kind);
    for (const message of this.chat.messages) {
      if (this.chat.concerns(message, student)) this.log.add({ ...message, history: true });
    }
    this.#show();
    this.#stream();
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  #build() {
    this.name = el('h2', { id: 'focus-name' });
    this.dot = el('span', { class: 'dot' });
    this.state = el('span', {});
    this.hand = el('span', { class: 'tag' }, 'Hand up');
    this.place = el('div', { class: 'focus-picture' });
    this.veil = el('p', { class: 'veil' });
    this.alertList = el('ul', { class: 'focus-alerts' });
    this.logList = el('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': 'Messages with this student' });
    this.input = el('input', { id: 'focus-text', maxlength: '2000', autocomplete: 'off' });
    this.label = el('label', { for: 'focus-text' });
    this.note = el('p', { class: 'hint', role: 'status' });
    this.form = el('form', {}, this.label, el('div', { class: 'row' }, this.input, el('button', { type: 'submit' }, 'Send')), this.note);
    this.dialog.append(
      el('header', { class: 'focus-head' },
        el('div', {}, this.name, el('p', { class: 'focus-state' }, this.dot, this.state, ' ', this.hand)),
        el('button', { type: 'button', onclick: () => this.dialog.close() }, 'Close')),
      el('div', { class: 'focus-body' },
        el('div', {}, this.place, this.alertList, this.mute.element),
        el('div', { class: 'chat' }, this.logList, this.form)));
  }

  #show() {
    const person = this.roster.get(this.student);
    if (!person) return this.close();
    setText(this.name, person.name);
    setText(this.state, stateLine(person));
    this.dot.dataset.tone = stateTone(person);
    setHidden(this.hand, !person.hand);
    setText(this.label, `Message to ${person.name}`);
    setHidden(this.veil, person.state === 'live');
    setText(this.veil, person.state === 'left' ? 'Left' : 'No picture');
    this.alertList.replaceChildren(...this.alerts.openFor(person.id).map(alert =>
      el('li', { data: { state: alert.state, severity: alert.severity } }, kindText(alert.kind),
        alert.state === 'confirmed'
          ? el('button', { type: 'button', onclick: () => { this.input.focus(); this.alerts.acknowledge(alert.alert_id); } }, 'Acknowledge')
          : el('span', { class: 'muted' }, ' Seen'))));
  }

  #stream() {
    clearTimeout(this.retry);
    this.#release();
    const person = this.roster.get(this.student);
    this.image = el('img', { alt: `Live picture of ${person.name}` });
    this.image.addEventListener('error', () => {
      this.retry = setTimeout(() => { if (this.student) this.#stream(); }, 1500);
    }, { once: true });
    this.image.src = liveAddress(this.code, this.student, 'focus', this.token);
    this.place.replaceChildren(this.image, this.veil);
  }

  /** A removed image would go on loading its endless stream. */
  #release() {
    if (this.image) this.image.src = NOTHING;
    this.image = null;
  }

  #closed() {
    clearTimeout(this.retry);
    const student = this.student;
    this.student = null;
    this.#release();
    this.place.replaceChildren();
    document.querySelector(`.tile[data-id="${CSS.escape(student ?? '')}"]`)?.focus();
  }
}
