// One student, large: an MJPEG stream in an <img>, this student's alerts and exceptions, and a chat.

import { ticketAddress } from '../../shared/api.js';
import { ChatLog, chatForm } from '../../shared/chat-log.js';
import { $, el, setHidden, setText } from '../../shared/dom.js';
import { whyNoPicture } from '../../shared/refusal.js';
import { t } from '../../shared/text.js';
import { AlertCard, placeOf } from '../alerts/alert-card.js';
import { stateLine, stateTone } from '../connection/roster.js';
import { Adjust } from './adjust.js';

const SHOWN_ALERTS = 20;
const REFUSAL_TOLD_FOR = 10_000;
const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

export class Focus {
  constructor({ code, token, roster, alerts, chat, link, pause, dismiss }) {
    Object.assign(this, { code, token, roster, alerts, chat, pause, dismiss });
    this.adjust = new Adjust({ link, roster });
    this.cards = new Map(); // id -> card
    this.drafts = new Map(); // student -> text
    this.dialog = $('focus');
    this.student = null;
    this.#build();
    this.log = new ChatLog(this.logList, message => ({
      who: chat.heading(message), mine: message.from === chat.me,
    }));
    chatForm(this.form, this.input, this.note, (text, putBack) => {
      const { student } = this;
      return chat.send(student, text, why => this.#notSent(student, text, why, putBack));
    });
    chat.listeners.add(message => { if (this.student && chat.concerns(message, this.student)) this.log.add(message); });
    roster.addEventListener('changed', ({ detail }) => { if (detail.id === this.student) this.#show(); });
    roster.addEventListener('removed', ({ detail }) => { if (detail.id === this.student) this.close(); });
    alerts.addEventListener('changed', ({ detail }) => { if (detail.alert.student === this.student) this.#alert(detail.alert); });
    link.addEventListener('connection', ({ detail }) => { if (detail.state === 'open' && this.student) this.#stream(); });
    this.dialog.addEventListener('close', () => this.#closed());
  }

  /** kind: opens at the form that adjusts the alerts of this kind. */
  open(student, kind) {
    if (!this.roster.get(student)) return;
    if (!this.dialog.open) this.opener = document.activeElement;
    this.student = student;
    this.input.value = this.drafts.get(student) ?? ''; // a draft for one student must not reach another
    setText(this.note, '');
    this.log.clear();
    this.cards.clear();
    this.alertList.replaceChildren();
    for (const alert of this.alerts.about(student).slice(-SHOWN_ALERTS)) this.#alert(alert);
    this.adjust.open(student, kind, this.alerts.openFor(student).at(-1)?.kind);
    for (const message of this.chat.messages) {
      if (this.chat.concerns(message, student)) this.log.add({ ...message, history: true });
    }
    this.#show();
    this.#stream();
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    if (kind) this.adjust.focus();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** The server did not do something; notices of the room are hidden behind this view. */
  refused(why) {
    setText(this.refusal, why);
    clearTimeout(this.refusalTimer);
    this.refusalTimer = setTimeout(() => setText(this.refusal, ''), REFUSAL_TOLD_FOR);
  }

  #build() {
    this.name = el('h2', { id: 'focus-name' });
    this.dot = el('span', { class: 'dot' });
    this.state = el('span', {});
    this.hand = el('span', { class: 'tag' }, t('teacher.tile.hand'));
    this.place = el('div', { class: 'focus-picture' });
    this.veil = el('p', { class: 'veil' });
    this.alertList = el('ul', { class: 'alerts', 'aria-label': t('teacher.focus.alerts') });
    this.pauseButton = el('button', { type: 'button', onclick: () => this.#pauseOrResume() });
    this.refusal = el('p', { class: 'notice bad', role: 'alert' });
    this.pausedLine = el('p', { class: 'notice focus-paused', role: 'status' });
    this.logList = el('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': t('teacher.focus.messages') });
    this.input = el('input', { id: 'focus-text', maxlength: '2000', autocomplete: 'off' });
    this.label = el('label', { for: 'focus-text' });
    this.note = el('p', { class: 'hint', role: 'status' });
    this.form = el('form', {}, this.label, el('div', { class: 'row' }, this.input, el('button', { type: 'submit' }, t('chat.send'))), this.note);
    this.dialog.append(
      el('header', { class: 'focus-head' },
        el('div', {}, this.name, el('p', { class: 'focus-state' }, this.dot, this.state, ' ', this.hand)),
        el('div', { class: 'focus-actions' }, el('button', { type: 'button', class: 'quiet', onclick: () => this.dismiss.ask(this.student) }, t('teacher.focus.remove')), this.pauseButton, el('button', { type: 'button', onclick: () => this.dialog.close() }, t('teacher.focus.close')))),
      el('div', { class: 'focus-body' },
        el('div', { class: 'focus-left' }, this.refusal, this.pausedLine, this.place),
        el('div', { class: 'focus-right' }, this.alertList, this.adjust.element),
        el('div', { class: 'chat' }, this.logList, this.form)));
  }

  #show() {
    const person = this.roster.get(this.student);
    if (!person) return this.close();
    setText(this.name, person.name);
    const why = whyNoPicture(person.no_picture_reason ?? {});
    setText(this.state, why ? t('teacher.state.why', { state: stateLine(person), why }) : stateLine(person));
    this.dot.dataset.tone = stateTone(person);
    setHidden(this.hand, !person.hand);
    setText(this.label, t('teacher.focus.messageTo', { name: person.name }));
    setHidden(this.veil, person.state === 'live');
    setText(this.veil, person.state === 'left' ? t('teacher.state.left') : t('teacher.state.noPicture'));
    setText(this.pauseButton, person.paused ? t('teacher.bar.resume') : t('teacher.focus.pause'));
    setText(this.pausedLine, person.paused ? t('teacher.focus.paused', { reason: person.paused.reason, by: person.paused.by }) : '');
    this.adjust.show();
  }

  /** If another student is shown by now, the text is there on coming back to this one. */
  #notSent(student, text, why, putBack) {
    if (student === this.student) return putBack(why);
    this.drafts.set(student, [text, this.drafts.get(student)].filter(Boolean).join(' '));
    return t('teacher.focus.notSent', { name: this.roster.name(student) });
  }

  /** Open ones on top, ended ones folded below. */
  #alert(alert) {
    let card = this.cards.get(alert.alert_id);
    if (card) {
      card.update(alert);
    } else {
      const { roster, token, alerts, chat: { me } } = this;
      card = new AlertCard(alert, {
        roster, me, token, acknowledge: (...alert) => alerts.acknowledge(...alert), judge: (...alert) => alerts.judge(...alert),
        adjust: (student, kind) => { this.adjust.open(student, kind); this.adjust.focus(); },
      });
      this.cards.set(alert.alert_id, card);
      this.alertList.prepend(card.element);
    }
    const place = placeOf(alert);
    if (card.isWritten || card.place === place) return;
    const hadFocus = card.element.contains(document.activeElement);
    if (place === 'over') this.alertList.insertBefore(card.element, this.alertList.querySelector('[data-place=over]'));
    else if (card.place === 'over') this.alertList.prepend(card.element);
    card.settle(place);
    if (hadFocus) card.element.focus({ preventScroll: true });
  }

  #pauseOrResume() {
    if (this.roster.get(this.student)?.paused) this.pause.resume(this.student);
    else this.pause.ask(this.student);
  }

  #stream() {
    clearTimeout(this.retry);
    this.#release();
    const person = this.roster.get(this.student);
    const image = this.image = el('img', { alt: t('teacher.focus.live', { name: person.name }) });
    const again = () => {
      if (image === this.image) this.retry = setTimeout(() => this.#stream(), 1500);
    };
    image.addEventListener('error', again, { once: true });
    this.place.replaceChildren(image, this.veil);
    ticketAddress(this.code, `students/${encodeURIComponent(this.student)}/live.mjpeg?view=focus`, this.token)
      .then(address => { if (image === this.image) image.src = address; }, again);
  }

  /** A removed image would keep loading its endless stream. */
  #release() {
    if (this.image) this.image.src = NOTHING;
    this.image = null;
  }

  #closed() {
    clearTimeout(this.retry);
    const student = this.student;
    this.drafts.set(student, this.input.value);
    this.student = null;
    this.#release();
    this.place.replaceChildren();
    const back = this.opener?.isConnected && this.opener.getClientRects().length ? this.opener : null;
    (back ?? document.querySelector(`.tile[data-id="${CSS.escape(student ?? '')}"]`))?.focus();
  }
}
