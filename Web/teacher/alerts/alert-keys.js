// Keyboard navigation through the alerts. Single letters can be switched off, for people who use speech input.

import { preference } from '../panels/preferences.js';

const isTyping = target => target.closest?.('input, select, textarea, [contenteditable]') !== null;

export function alertKeys({ feed, show, open, help }) {
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]') || document.getElementById('room').hidden) return;
    const action = onCard(event, feed, open) ?? (preference('keys') ? letter(event, feed, { show, open, help }) : null);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Keys that act on the focused element, as on any control. */
function onCard(event, feed, open) {
  const card = feed.current;
  if (!card) return null;
  if (event.key === 'Enter' && !event.repeat) return () => card.acknowledge();
  if (event.key === ' ') return () => open(card.alert.student);
  return null;
}

function letter(event, feed, { show, open, help }) {
  const card = feed.around;
  switch (event.key) {
    case 'j': case 'J': return () => { show('alerts'); feed.step(1); };
    case 'k': case 'K': return () => { show('alerts'); feed.step(-1); };
    case 'n': case 'N': return card && (() => card.writeNote());
    case 'o': case 'O': return card && (() => open(card.alert.student));
    // Held down it would go back and forth.
    case 'r': case 'R': return card && !event.repeat && (() => card.judge('right'));
    case 'w': case 'W': return card && !event.repeat && (() => card.judge('wrong'));
    case '?': return help;
  }
  return null;
}
