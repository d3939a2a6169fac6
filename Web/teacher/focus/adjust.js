// Different rules for one kind of alert of one student: for a bandage, a window behind, an assistant in the picture.
// Current exceptions are listed with their reasons, and can be ended. Everything is kept in the journal.

import { el, setHidden, setText } from '../../shared/dom.js';
import { compose, t } from '../../shared/text.js';
import { allowed, effectText, notDone, untilText } from '../alerts/alert-text.js';
import { kinds, kindText } from '../alerts/kinds.js';

const EFFECTS = [['mute', t('teacher.adjust.mute')], ['2', t('teacher.adjust.twice')], ['3', t('teacher.adjust.three')], ['usual', t('teacher.adjust.usual')]];
const TIMES = [
  ['10', t('teacher.adjust.minutes10')], ['30', t('teacher.adjust.minutes30')], ['60', t('teacher.adjust.hour')],
  ['240', t('teacher.adjust.hours4')], ['', t('teacher.adjust.exam')],
];
const option = ([value, text]) => el('option', { value }, text);
const select = (id, options) => el('select', { id }, ...options.map(option));
const field = (label, input, name) => el('div', { class: name }, el('label', { for: input.id }, label), input);

export class Adjust {
  constructor({ link, roster }) {
    Object.assign(this, { link, roster });
    this.list = el('ul', { class: 'allowed', 'aria-label': t('teacher.adjust.allowed') });
    this.kind = select('adjust-kind', []);
    this.effect = select('adjust-effect', EFFECTS);
    this.minutes = select('adjust-minutes', TIMES);
    this.time = field(t('teacher.adjust.for'), this.minutes);
    this.reason = el('input', { id: 'adjust-reason', maxlength: '200', autocomplete: 'off', 'aria-describedby': 'adjust-note' });
    this.note = el('p', { id: 'adjust-note', class: 'hint wide', role: 'status' });
    const form = el('form', { onsubmit: event => this.#submit(event) },
      field(t('teacher.adjust.kind'), this.kind, 'wide'), field(t('teacher.adjust.rule'), this.effect), this.time,
      el('div', { class: 'wide' }, el('label', { for: 'adjust-reason' }, t('teacher.adjust.reason')),
        el('div', { class: 'row' }, this.reason, el('button', { type: 'submit' }, t('teacher.adjust.apply')))),
      this.note);
    this.effect.addEventListener('change', () => setHidden(this.time, this.effect.value === 'usual'));
    this.details = el('details', { class: 'adjust' }, el('summary', {}, t('teacher.adjust.heading')), form);
    this.element = el('div', {}, this.list, this.details);
    setInterval(() => { if (this.list.offsetParent) this.show(); }, 10_000);
  }

  /** kind: unfolds the form for it, set to mute for ten minutes. */
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

  /** The exceptions in force; rewritten only if the list changes. */
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
    const kind = kindText(one.kind);
    const end = () => this.#send({ type: 'tighten', kind: one.kind, reason: t('teacher.adjust.notNeeded') });
    return el('li', {},
      el('p', {}, ...compose('teacher.adjust.entry', { what: el('strong'), why: el('span', { class: 'allowed-why' }) },
        { kind, effect: effectText(one), until: untilText(one), reason: one.reason, by: one.by })),
      el('button', { type: 'button', class: 'small', onclick: end },
        ...compose('teacher.adjust.end', { what: el('span', { class: 'visually-hidden' }) }, { kind })));
  }

  #submit(event) {
    event.preventDefault();
    const reason = this.reason.value.trim();
    if (!reason) {
      this.reason.setAttribute('aria-invalid', 'true');
      setText(this.note, t('teacher.adjust.reasonMissing'));
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
    setText(this.note, t('teacher.adjust.done', { kind: kindText(kind), effect: this.effect.selectedOptions[0].text }));
  }

  #send(message) {
    const { student } = this;
    const sent = this.link.send({ ...message, student }, error => this.#refused(error, student, message.reason));
    this.note.dataset.tone = sent ? '' : 'bad';
    setText(this.note, sent ? '' : t('teacher.noConnection'));
    return sent;
  }

  #refused(error, student, reason) {
    if (student !== this.student || !this.list.isConnected || !this.details.open) return t('teacher.adjust.unchangedFor', { name: this.roster.name(student) });
    this.reason.value ||= reason;
    this.note.dataset.tone = 'bad';
    setText(this.note, notDone(t('teacher.adjust.unchanged'), error));
    return true;
  }
}
