// One kind of alert of one student, silent for a while: somebody with a bandage, a window behind, a second person who helps.
// The reason is written into the journal with it.

import { el, setText } from '/shared/dom.js';
import { KINDS } from './alerts.js';

const TIMES = [[10, '10 minutes'], [30, '30 minutes'], [60, '1 hour'], [240, '4 hours']];

export class Mute {
  constructor(link) {
    this.link = link;
    this.kind = el('select', { id: 'mute-kind' }, ...Object.entries(KINDS).map(([value, text]) => el('option', { value }, text)));
    this.minutes = el('select', { id: 'mute-minutes' }, ...TIMES.map(([value, text]) => el('option', { value }, text)));
    this.reason = el('input', { id: 'mute-reason', maxlength: '200', autocomplete: 'off', 'aria-describedby': 'mute-note' });
    this.note = el('p', { id: 'mute-note', class: 'hint wide', role: 'status' });
    this.form = el('form', { onsubmit: event => this.#submit(event) },
      el('div', {}, el('label', { for: 'mute-kind' }, 'Kind'), this.kind),
      el('div', {}, el('label', { for: 'mute-minutes' }, 'For'), this.minutes),
      el('div', { class: 'wide' }, el('label', { for: 'mute-reason' }, 'Reason, for the report'),
        el('div', { class: 'row' }, this.reason, el('button', { type: 'submit' }, 'Silence'))),
      this.note);
    this.element = el('details', { class: 'mute' }, el('summary', {}, 'Silence one kind of alert'), this.form);
  }

  open(student, kind) {
    this.student = student;
    this.element.open = false;
    this.reason.value = '';
    setText(this.note, '');
    if (kind in KINDS) this.kind.value = kind;
  }

  #submit(event) {
    event.preventDefault();
    const reason = this.reason.value.trim();
    if (!reason) {
      setText(this.note, 'Please give a reason; it is kept with the exam.');
      return this.reason.focus();
    }
    const sent = this.link.send({ type: 'mute', student: this.student, kind: this.kind.value, minutes: Number(this.minutes.value), reason });
    setText(this.note, sent
      ? `Silent for ${this.minutes.selectedOptions[0].text}: ${KINDS[this.kind.value]}.`
      : 'There is no connection just now; please try again in a moment.');
  }
}
