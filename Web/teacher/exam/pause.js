// Pausing: everybody from the bar, one student from the large view. The reason is shown to the students; while somebody
// is paused, a strip under the bar says so, with a button to resume.

import { $, setHidden, setText, timeOfDay } from '../../shared/dom.js';
import { listed, t } from '../../shared/text.js';

export class Pause {
  constructor({ roster, link }) {
    Object.assign(this, { roster, link });
    this.dialog = $('pause-dialog');
    $('open-pause').addEventListener('click', () => this.ask('all'));
    $('pause-form').addEventListener('submit', event => this.#submit(event));
    $('pause-cancel').addEventListener('click', () => this.dialog.close());
    // "all" also ends the pause for those who join later.
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
    setText($('pause-heading'), name ? t('teacher.pause.one', { name }) : t('teacher.pause.everybody'));
    setText($('pause-lead'), name ? t('teacher.pause.leadOne', { name }) : t('teacher.pause.leadEverybody'));
    setText($('pause-error'), '');
    $('pause-reason').value = this.notTaken ?? '';
    this.notTaken = null;
    $('pause-reason').removeAttribute('aria-invalid');
    this.dialog.showModal();
    $('pause-reason').focus();
  }

  resume(student) {
    return this.link.send({ type: 'resume', student }, () => t('teacher.pause.goesOn'));
  }

  #submit(event) {
    event.preventDefault();
    const reason = $('pause-reason').value.trim();
    if (!reason) {
      $('pause-reason').setAttribute('aria-invalid', 'true');
      setText($('pause-error'), t('teacher.pause.missing'));
      return $('pause-reason').focus();
    }
    const refused = () => {
      this.notTaken = reason; // so that it need not be typed again
      return t('teacher.pause.notPaused');
    };
    if (!this.link.send({ type: 'pause', student: this.student, reason }, refused)) return setText($('pause-error'), t('teacher.noConnection'));
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
  const time = timeOfDay(at);
  if (everybody) return t('teacher.pause.now', { reason, by, time });
  if (paused.length > 2) return t('teacher.pause.nowForMany', { count: paused.length, reason, by, time });
  return t('teacher.pause.nowFor', { names: listed(paused.map(person => person.name)), reason, by, time });
}
