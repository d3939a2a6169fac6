// The exam stands still: for everybody from the bar, for one student from the large view. The reason is shown to the
// students; while somebody is paused, a strip under the bar says so, with the way back.

import { $, setHidden, setText, timeOfDay } from '../shared/dom.js';

const NO_CONNECTION = 'There is no connection just now; please try again in a moment.';

export class Pause {
  constructor({ roster, link }) {
    Object.assign(this, { roster, link });
    this.dialog = $('pause-dialog');
    $('open-pause').addEventListener('click', () => this.ask('all'));
    $('pause-form').addEventListener('submit', event => this.#submit(event));
    $('pause-cancel').addEventListener('click', () => this.dialog.close());
    // "all" also ends what holds for those who are still to come.
    $('resume').addEventListener('click', () => this.resume('all'));
    const soon = () => { this.pending ??= setTimeout(() => { this.pending = null; this.#show(); }, 30); };
    roster.addEventListener('changed', soon);
    roster.addEventListener('removed', soon);
    roster.addEventListener('room', soon);
    this.#show();
  }

  /** student: an id, or "all". */
  ask(student) {
    this.student = student;
    const name = this.roster.get(student)?.name;
    setText($('pause-heading'), name ? `Pause the exam for ${name}?` : 'Pause the exam for everybody?');
    setText($('pause-lead'), `${name ?? 'Every student, also who joins later,'} sees the reason. No alerts are raised until you resume.`);
    setText($('pause-error'), '');
    $('pause-reason').value = this.notTaken ?? '';
    this.notTaken = null;
    $('pause-reason').removeAttribute('aria-invalid');
    this.dialog.showModal();
    $('pause-reason').focus();
  }

  resume(student) {
    return this.link.send({ type: 'resume', student }, () => 'The pause goes on.');
  }

  #submit(event) {
    event.preventDefault();
    const reason = $('pause-reason').value.trim();
    if (!reason) {
      $('pause-reason').setAttribute('aria-invalid', 'true');
      setText($('pause-error'), 'Please give a reason; your students wait, and want to know why.');
      return $('pause-reason').focus();
    }
    const refused = () => {
      this.notTaken = reason; // it need not be typed again
      return 'The exam was not paused.';
    };
    if (!this.link.send({ type: 'pause', student: this.student, reason }, refused)) return setText($('pause-error'), NO_CONNECTION);
    this.dialog.close();
  }

  #show() {
    const students = this.roster.students;
    const paused = students.filter(person => person.paused);
    const everybody = this.roster.paused !== null && paused.length === students.length;
    const isOn = everybody || paused.length > 0;
    setText($('paused-text'), isOn ? pausedText(paused, everybody && this.roster.paused) : '');
    setHidden($('resume'), !isOn);
    $('paused').dataset.on = String(isOn);
    setHidden($('open-pause'), everybody);
  }
}

/** "Paused: Fire drill (Ms Smith, since 10:31)"; of several reasons the newest. */
function pausedText(paused, everybody) {
  const { reason, by, at } = everybody || paused.map(person => person.paused).reduce((a, b) => (a.at >= b.at ? a : b));
  const names = paused.map(person => person.name);
  const whom = everybody ? '' : names.length <= 2 ? ` for ${names.join(' and ')}` : ` for ${names.length} students`;
  return `Paused${whom}: ${reason} (${by}, since ${timeOfDay(at)})`;
}
