// A teacher's preferences on this device: the order of the wall, sounds, keys. Kept across exams.

const KEY = 'exam-monitoring.teacher.preferences';
const DEFAULTS = { order: 'joined', 'sound.high': false, 'sound.medium': false, keys: true };

let chosen = {};
try {
  chosen = JSON.parse(localStorage.getItem(KEY)) ?? {};
} catch { /* storage is off or unreadable: what is usual */ }

export const preference = name => (typeof chosen[name] === typeof DEFAULTS[name] ? chosen[name] : DEFAULTS[name]);

export function prefer(name, value) {
  chosen[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch { /* it holds until the page is left */ }
}
