// Pausing: everybody from the bar, one student from the large view. The reason is shown to the students; while somebody
// is paused, a strip under the bar says so, with a button to resume.

import { $, setHidden, setText, timeOfDay } from '../../shared/dom.js';
import { listed, t } from '../../shared/text.js';
import { ReasonDialog } from './reason-dialog.js';

export class Pause {
  constructor({ roster, link }) {
    Object.assign(this, { roster, link });
    this.dialog = new ReasonDialog('pause', link, {
      missing: t('teacher.pause.missing'), refused: t('teacher.pause.notPaused'),
      message: reason => ({ type: 'pause', student: this.student, reason }),
    });
    $('open-pause').addEventListener('click', () => this.ask('all'));
    // "all" also ends the pause for those who join later.
    $('resume').addEventListener('click', () => this.resume('all'));
    roster.addEventListener('changes', () => this.#show());
    this.#show();
  }

  /** student: an id, or "all". */
  ask(student) {
    this.student = student;
    const name = this.roster.get(student)?.name;
    setText($('pause-lead'), name ? t('teacher.pause.leadOne', { name }) : t('teacher.pause.leadEverybody'));
    this.dialog.open(name ? t('teacher.pause.one', { name }) : t('teacher.pause.everybody'));
  }

  resume(student) {
    return this.link.send({ type: 'resume', student }, () => t('teacher.pause.goesOn'));
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
