// The few helpers the pages need to build and find elements. Text only ever enters as text nodes.

import { locale, t } from './text.js';

export const $ = id => document.getElementById(id);

/** el('button', {type: 'button', class: 'quiet', onclick}, 'Text', child, …) */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(node.dataset, value);
    else node.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

/** Writes only if it changes: live regions stay silent and no needless layout happens. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** What is wrong with what was typed into a field; empty: nothing. */
export function fieldError(field, text) {
  setText($(`${field}-error`), text);
  $(field).setAttribute('aria-invalid', String(text !== ''));
}

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const exactClock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const timeOfDay = (when, exact = false) => (exact ? exactClock : clock).format(new Date(when));

/** "8 s", "4 min", "1 h 05 min" */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return t('duration.seconds', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('duration.minutes', { minutes });
  return t('duration.hours', { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
}

/** "123456" as "123 456" */
export const spaced = code => `${code.slice(0, 3)} ${code.slice(3)}`;
