// What screen readers are told besides. One polite sentence at a time; what comes together is read together.

import { $ } from '../shared/dom.js';
import { kindText } from './kinds.js';

let waiting = [];

export function announce(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const all = waiting;
    waiting = [];
    $('announcer').textContent = all.length > 3 ? `${all.slice(0, 3).join(' ')} And ${all.length - 3} more.` : all.join(' ');
  }, 600);
}

export function announceAlerts(alerts, roster) {
  alerts.addEventListener('changed', ({ detail: { alert, before } }) => {
    const who = roster.name(alert.student);
    if (alert.state === 'confirmed' && before?.state !== 'confirmed') announce(`Alert: ${who}. ${kindText(alert.kind)}.`);
    if (before && alert.student_note && alert.student_note !== before.student_note) announce(`${who} has written about an alert.`);
  });
}
