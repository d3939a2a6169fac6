// Narrow screens show one pane at a time: the students, the alerts, or the chat.

import { $ } from '../../shared/dom.js';

const narrow = matchMedia('(max-width: 900px)');
const room = $('room');
const buttons = [...document.querySelectorAll('.views button')];

export function show(view) {
  if (room.dataset.view === view) return;
  room.dataset.view = view;
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  room.dispatchEvent(new CustomEvent('view', { detail: view }));
}

export const isShown = view => document.visibilityState === 'visible' && (!narrow.matches || room.dataset.view === view);

for (const button of buttons) button.addEventListener('click', () => show(button.dataset.view));
