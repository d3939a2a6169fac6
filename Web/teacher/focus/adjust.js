// Exceptions for one student: other rules for a kind of alert (a bandage, a window behind, an assistant in the picture), or
// something granted, as extra time. Current ones are listed with their reasons, and can be ended. All is kept in the journal.

import { el, setHidden, setText } from '../../shared/dom.js';
import { grantTitle, grantUnit } from '../../shared/grants.js';
import { compose, t } from '../../shared/text.js';
import { allowed, effectText, exceptionText, notDone, untilText } from '../alerts/alert-text.js';
import { allGrants, grantOf, kinds, kindText } from '../alerts/kinds.js';

const EFFECTS = [['mute', t('teacher.adjust.mute')], ['2', t('teacher.adjust.twice')], ['3', t('teacher.adjust.three')], ['usual', t('teacher.adjust.usual')]];
const TIMES = [
  ['10', t('teacher.adjust.minutes10')], ['30', t('teacher.adjust.minutes30')], ['60', t('teacher.adjust.hour')],
  ['240', t('teacher.adjust.hours4')], ['', t('teacher.adjust.exam')],
];
const option = ([value, text]) => el('option', { value }, text);
const select = (id, options) => el('select', { id }, ...options.map(option));
const group = (label, options) => el('optgroup', { label }, ...options.map(option));
const hasAmount = grant => grant?.minimum !== undefined;
const field = (label, input, name) => el('div', { class: name }, el('label', { for: input.id }, label), input);

export class Adjust {
  constructor({ link, roster }) {
    Object.assign(this, { link, roster });
    this.list = el('ul', { class: 'allowed', 'aria-label': t('teacher.adjust.allowed') });
    this.kind = select('adjust-kind', []);
    this.effect = select('adjust-effect', EFFECTS);
    this.minutes = select('adjust-minutes', TIMES);
    this.rule = field(t('teacher.adjust.rule'), this.effect);
    this.time = field(t('teacher.adjust.for'), this.minutes);
    this.amount = el('input', { id: 'adjust-amount', inputmode: 'numeric', maxlength: '6', autocomplete: 'off', 'aria-describedby': 'adjust-note' });
    this.much = field('', this.amount);
    this.why = el('label', { for: 'adjust-reason' });
    this.reason = el('input', { id: 'adjust-reason', maxlength: '200', autocomplete: 'off', 'aria-describedby': 'adjust-note' });
    this.note = el('p', { id: 'adjust-note', class: 'hint wide', role: 'status' });
    const form = el('form', { onsubmit: event => this.#submit(event) },
      field(t('teacher.adjust.what'), this.kind, 'wide'), this.rule, this.time, this.much,
      el('div', { class: 'wide' }, this.why,
        el('div', { class: 'row' }, this.reason, el('button', { type: 'submit' }, t('teacher.adjust.apply')))),
      this.note);
    for (const choice of [this.kind, this.effect]) choice.addEventListener('change', () => this.#offer());
    this.details = el('details', { class: 'adjust' }, el('summary', {}, t('teacher.adjust.heading')), form);
    this.element = el('div', {}, this.list, this.details);
    setInterval(() => { if (this.list.offsetParent) this.show(); }, 10_000);
  }

  /** kind: unfolds the form for it, set to mute for ten minutes. */
  open(student, kind, likely) {
    this.student = student;
    this.details.open = kind !== undefined;
    this.reason.value = '';
    this.amount.value = '';
    for (const input of [this.reason, this.amount]) input.removeAttribute('aria-invalid');
    this.note.dataset.tone = '';
    setText(this.note, '');
    this.effect.value = 'mute';
    this.minutes.value = '10';
    const chosen = kind ?? likely ?? this.kind.value;
    this.kind.replaceChildren(
      group(t('teacher.adjust.kinds'), kinds().map(one => [one, kindText(one)])),
      group(t('teacher.adjust.grants'), allGrants().map(one => [one.kind, grantTitle(one.kind)])));
    this.kind.value = chosen;
    if (!this.kind.value) this.kind.selectedIndex = 0;
    this.#offer();
    this.show();
  }

  /** The fields that go with what is chosen. */
  #offer() {
    const grant = grantOf(this.kind.value);
    setHidden(this.rule, Boolean(grant));
    setHidden(this.time, Boolean(grant) || this.effect.value === 'usual');
    setHidden(this.much, !hasAmount(grant));
    if (hasAmount(grant)) setText(this.much.firstElementChild, grantUnit(grant.kind));
    setText(this.why, grant ? t('teacher.adjust.granted') : t('teacher.adjust.reason'));
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
    const kind = exceptionText(one);
    const end = () => this.#send({ type: 'tighten', kind: one.kind, reason: t('teacher.adjust.notNeeded') });
    return el('li', {},
      el('p', {}, ...compose('teacher.adjust.entry', { what: el('strong'), why: el('span', { class: 'allowed-why' }) },
        { kind, effect: effectText(one), until: untilText(one), reason: one.reason, by: one.by })),
      el('button', { type: 'button', class: 'small', onclick: end },
        ...compose('teacher.adjust.end', { what: el('span', { class: 'visually-hidden' }) }, { kind })));
  }

  #submit(event) {
    event.preventDefault();
    const [kind, reason] = [this.kind.value, this.reason.value.trim()];
    const grant = grantOf(kind);
    const amount = hasAmount(grant) ? Number(this.amount.value.trim() || NaN) : undefined;
    const isWrong = hasAmount(grant) && !(Number.isInteger(amount) && amount >= grant.minimum && amount <= grant.maximum);
    this.#mark(this.reason, reason ? '' : t('teacher.adjust.reasonMissing'));
    this.#mark(this.amount, isWrong ? t('teacher.adjust.amountWrong', { what: grantUnit(kind), minimum: grant.minimum, maximum: grant.maximum }) : '');
    if (!reason || isWrong) return;
    const effect = grant ? effectText({ kind, effect: 'grant', amount }) : this.effect.selectedOptions[0].text;
    if (!this.#send(grant ? { type: 'grant', kind, reason, amount } : { ...this.#rules(), kind, reason })) return;
    this.reason.value = '';
    setText(this.note, t('teacher.adjust.done', { kind: this.kind.selectedOptions[0].text, effect }));
  }

  /** fault: what is wrong with an input; empty if nothing is. */
  #mark(input, fault) {
    if (!fault) return input.removeAttribute('aria-invalid');
    input.setAttribute('aria-invalid', 'true');
    setText(this.note, fault);
    input.focus();
  }

  #rules() {
    const [effect, minutes] = [this.effect.value, this.minutes.value];
    if (effect === 'usual') return { type: 'tighten' };
    const time = minutes ? { minutes: Number(minutes) } : {};
    return effect === 'mute' ? { type: 'mute', ...time } : { type: 'loosen', factor: Number(effect), ...time };
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
