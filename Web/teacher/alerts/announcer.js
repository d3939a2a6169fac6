// Additional announcements for screen readers. One polite sentence at a time; what comes together is read together.

import { $ } from '../../shared/dom.js';
import { sentences, t } from '../../shared/text.js';
import { isHint, kindText } from './kinds.js';

const JUDGED = { right: 'teacher.alerts.judgedRight', wrong: 'teacher.alerts.judgedWrong' };

let waiting = [];

export function announce(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const all = waiting;
    waiting = [];
    $('announcer').textContent = sentences(...all.slice(0, 3), all.length > 3 ? t('teacher.alerts.andMore', { more: all.length - 3 }) : '');
  }, 600);
}

export function announceAlerts(alerts, roster) {
  alerts.addEventListener('changed', ({ detail: { alert, before } }) => {
    const name = roster.name(alert.student);
    if (alert.state === 'confirmed' && before?.state !== 'confirmed') {
      announce(t(isHint(alert) ? 'teacher.alerts.hinted' : 'teacher.alerts.announced', { name, kind: kindText(alert.kind) }));
    }
    if (before && alert.verdict !== before.verdict) announce(t(JUDGED[alert.verdict] ?? 'teacher.alerts.notJudgedAnyMore', { name, kind: kindText(alert.kind) }));
    if (before && alert.student_note && alert.student_note !== before.student_note) announce(t('teacher.alerts.written', { name }));
  });
}
