// Removes people from the exam: one from the large view, or several at once from the wall, those who never sent a
// picture preselected. It always takes a reason, which they see and which is in the report.

import { $, el, setHidden, setText } from '../../shared/dom.js';
import { compose, t } from '../../shared/text.js';
import { serverNow } from '../connection/clock.js';
import { stateLine } from '../connection/roster.js';
import { ReasonDialog } from './reason-dialog.js';

const JUST_JOINED = 20_000; // those who have just joined may still be looking for where to allow the camera

export class Dismiss {
  constructor({ roster, link, announce }) {
    this.roster = roster;
    this.dialog = new ReasonDialog('dismiss', link, {
      missing: t('teacher.dismiss.missing'), refused: t('teacher.dismiss.notRemoved'),
      message: reason => ({ type: 'dismiss', students: this.#chosen, reason }),
    });
    this.boxes = new Map(); // id -> checkbox; empty if only one person is asked about
    this.one = null;
    $('open-dismiss').addEventListener('click', () => this.askSeveral());
    $('dismiss-unseen').addEventListener('click', () => this.#choose(id => !this.roster.get(id)?.seen));
    $('dismiss-none').addEventListener('click', () => this.#choose(() => false));
    $('dismiss-list').addEventListener('change', () => this.#count());
    setInterval(() => this.#offer(), 5000);
    roster.addEventListener('changes', () => this.#offer());
    roster.addEventListener('removed', ({ detail }) => {
      if (detail.role === 'student') announce(t('teacher.dismiss.removed', { name: detail.name }));
      this.boxes.get(detail.id)?.closest('li').remove();
      this.boxes.delete(detail.id);
      if (this.dialog.isOpen && (detail.id === this.one || (!this.one && !this.boxes.size))) this.dialog.close();
      else this.#count();
    });
  }

  /** One student. */
  ask(student) {
    const person = this.roster.get(student);
    if (!person) return;
    this.one = student;
    this.boxes.clear();
    this.#open(t('teacher.dismiss.askOne', { name: person.name }));
    setText($('dismiss-confirm'), t('teacher.dismiss.one', { name: person.name }));
    $('dismiss-confirm').disabled = false;
  }

  /** Any of those without a live picture; those who never sent one are preselected. */
  askSeveral() {
    this.one = null;
    const there = this.roster.students.filter(person => person.state !== 'live');
    this.boxes = new Map(there.map(person => [person.id, el('input', { type: 'checkbox', value: person.id })]));
    $('dismiss-list').replaceChildren(...there.map(person => el('li', {},
      el('label', {}, this.boxes.get(person.id), el('span', {}, ...compose('teacher.dismiss.person', { why: el('span', { class: 'muted' }, whyNot(person)) }, { name: person.name }))))));
    this.#choose(id => !this.roster.get(id).seen);
    this.#open(t('teacher.dismiss.askSeveral'));
  }

  #open(heading) {
    setHidden($('dismiss-part'), this.one !== null);
    this.dialog.open(heading);
  }

  #choose(isChosen) {
    for (const [id, box] of this.boxes) box.checked = isChosen(id);
    this.#count();
  }

  get #chosen() {
    return this.one ? [this.one] : [...this.boxes].filter(([, box]) => box.checked).map(([id]) => id);
  }

  #count() {
    if (this.one) return;
    const { length } = this.#chosen;
    setText($('dismiss-confirm'), length ? t('teacher.dismiss.several', { count: length }) : t('teacher.dismiss.nobody'));
    $('dismiss-confirm').disabled = length === 0;
  }

  /** The button on the wall is shown while somebody has never sent a picture. */
  #offer() {
    const before = serverNow() - JUST_JOINED;
    const count = this.roster.students.filter(person => !person.seen && Date.parse(person.joined_at) < before).length;
    setHidden($('open-dismiss'), count === 0);
    if (count) setText($('open-dismiss'), t('teacher.dismiss.offer', { number: count }));
  }
}

function whyNot(person) {
  if (person.seen) return stateLine(person);
  return person.state === 'left' ? t('teacher.dismiss.neverLeft') : t('teacher.dismiss.never');
}
