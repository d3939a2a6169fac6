// Other rules for one kind of alert of one student: somebody with a bandage, a window behind, a second person who helps.
// What is allowed at the moment is listed with its reason, and can be ended. Everything goes into the journal.

import { el, setHidden, setText } from '../shared/dom.js';
import { kinds, kindText } from './kinds.js';
import { allowed, effectText, notDone, untilText } from './words.js';

const EFFECTS = [['mute', 'No alerts'], ['2', 'Allow twice as much'], ['3', 'Allow 3 times as much'], ['usual', 'The usual rules']];
const TIMES = [['10', '10 minutes'], ['30', '30 minutes'], ['60', '1 hour'], ['240', '4 hours'], ['', 'The whole exam']];
const option = ([value, text]) => el('option', { value }, text);
const select = (id, options) => el('select', { id }, ...options.map(option));
const field = (label, input, name) => el('div', { class: name }, el('label', { for: input.id }, label), input);

export class Adjust {
  constructor({ link, roster }) {
    Object.assign(this, { link, roster });
    this.list = el('ul', { class: 'allowed', 'aria-label': 'Allowed at the moment' });
    this.kind = select('adjust-kind', []);
    this.effect = select('adjust-effect', EFFECTS);
    this.minutes = select('adjust-minutes', TIMES);
    this.time = field('For', this.minutes);
    this.reason = el('input', { id: 'adjust-reason', maxlength: '200', autocomplete: 'off', 'aria-describedby': 'adjust-note' });
    this.note = el('p', { id: 'adjust-note', class: 'hint wide', role: 'status' });
    const form = el('form', { onsubmit: event => this.#submit(event) },
      field('Kind of alert', this.kind, 'wide'), field('Rule', this.effect), this.time,
      el('div', { class: 'wide' }, el('label', { for: 'adjust-reason' }, 'Reason, for the report'),
        el('div', { class: 'row' }, this.reason, el('button', { type: 'submit' }, 'Apply'))),
      this.note);
    this.effect.addEventListener('change', () => setHidden(this.time, this.effect.value === 'usual'));
    this.details = el('details', { class: 'adjust' }, el('summary', {}, 'Adjust alerts for this student'), form);
    this.element = el('div', {}, this.list, this.details);
    setInterval(() => { if (this.list.offsetParent) this.show(); }, 10_000);
  }

  /** kind: unfolds the form for it, ready to mute for ten minutes. */
  open(student, kind, likely) {
    this.student = student;
    this.details.open = kind !== undefined;
    this.reason.value = '';
    this.reason.removeAttribute('aria-invalid');
    this.note.dataset.tone = '';
    setText(this.note, '');
    this.effect.value = 'mute';
    this.minutes.value = '10';
    setHidden(this.time, false);
    const chosen = kind ?? likely ?? this.kind.value;
    const all = kinds();
    this.kind.replaceChildren(...all.map(one => option([one, kindText(one)])));
    if (all.includes(chosen)) this.kind.value = chosen;
    this.show();
  }

  focus() {
    this.reason.focus();
    this.details.scrollIntoView({ block: 'nearest' });
  }

  /** The list of what is in force; written anew only when it reads differently. */
  show() {
    const person = this.roster.get(this.student);
    const entries = person ? allowed(person) : [];
    const key = JSON.stringify(entries.map(one => [one, untilText(one)]));
    if (key === this.key && this.shown === this.student) return;
    Object.assign(this, { key, shown: this.student });
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...entries.map(one => this.#entry(one)));
    setHidden(this.list, entries.length === 0);
    if (focused) (this.list.querySelector('button') ?? this.details.firstElementChild).focus();
  }

  #entry(one) {
    return el('li', {},
      el('p', {}, el('strong', {}, `${kindText(one.kind)}: ${effectText(one)}`), ` ${untilText(one)}`,
        el('span', { class: 'allowed-why' }, `${one.reason} (${one.by})`)),
      el('button', { type: 'button', class: 'small', onclick: () => this.#send({ type: 'tighten', kind: one.kind, reason: 'Not needed any more' }) },
        'End', el('span', { class: 'visually-hidden' }, `: ${kindText(one.kind)}`)));
  }

  #submit(event) {
    event.preventDefault();
    const reason = this.reason.value.trim();
    if (!reason) {
      this.reason.setAttribute('aria-invalid', 'true');
      setText(this.note, 'Please give a reason; it is kept with the exam.');
      return this.reason.focus();
    }
    this.reason.removeAttribute('aria-invalid');
    const [kind, effect, minutes] = [this.kind.value, this.effect.value, this.minutes.value];
    const time = minutes ? { minutes: Number(minutes) } : {};
    const sent = this.#send(effect === 'usual' ? { type: 'tighten', kind, reason }
      : effect === 'mute' ? { type: 'mute', kind, reason, ...time }
        : { type: 'loosen', kind, reason, factor: Number(effect), ...time });
    if (!sent) return;
    this.reason.value = '';
    setText(this.note, `${kindText(kind)}: ${this.effect.selectedOptions[0].text.toLowerCase()}.`);
  }

  #send(message) {
    const { student } = this;
    const sent = this.link.send({ ...message, student }, error => this.#refused(error, student, message.reason));
    this.note.dataset.tone = sent ? '' : 'bad';
    setText(this.note, sent ? '' : 'There is no connection just now; please try again in a moment.');
    return sent;
  }

  #refused(error, student, reason) {
    if (student !== this.student || !this.list.isConnected || !this.details.open) return `The rules for ${this.roster.name(student)} stay as they are.`;
    this.reason.value ||= reason;
    this.note.dataset.tone = 'bad';
    setText(this.note, notDone('The rules stay as they are.', error));
    return true;
  }
}
