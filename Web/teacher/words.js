// Alerts and what is allowed to a student, in sentences.

import { duration, timeOfDay } from '../shared/dom.js';
import { serverNow } from './clock.js';
import { kindText, rowOf } from './kinds.js';

/** What no check of a picture tells has no share of checks either. */
const isLookedAt = kind => rowOf(kind).source === 'picture';

/** "Seen in 9 of 10 checks", rounded down: it never says more than was seen. */
export function checksText({ kind, confidence }) {
  if (!isLookedAt(kind) || !(confidence >= 0)) return '';
  if (confidence > 0.995) return 'Seen in every check.';
  return `Seen in ${Math.floor(confidence * 10 + 0.01)} of 10 checks.`;
}

const NOT_KEPT = {
  student_full: 'as many as one student may have were kept',
  exam_full: 'the room for this exam’s pictures is used up',
  server_full: 'the server’s room for pictures is used up',
  lost: 'the server’s disk did not take it',
};

/** Why there is no picture though one was taken. */
export const notKeptText = ({ picture_state: state }) => (state in NOT_KEPT ? `Its picture was not kept: ${NOT_KEPT[state]}.` : '');

/** "Rule: after 5 s, 80 % of checks, more than 30° from the usual 4° to the left." */
export function ruleText({ kind, thresholds }) {
  if (!thresholds) return '';
  const { window, share } = thresholds;
  const parts = [window > 0 ? `after ${number(window)}\u00a0s` : 'at once'];
  if (isLookedAt(kind)) parts.push(`${Math.round(share * 100)}\u00a0% of checks`);
  const limit = limitText(kind, thresholds);
  if (limit) parts.push(limit);
  return `Rule: ${parts.join(', ')}.`;
}

const LIMITS = { camera_covered: 'black, or no edge sharper than', picture_frozen: 'less change than' };

function limitText(kind, { limit, baseline }) {
  if (limit === undefined || limit === null) return '';
  const { unit, bad_when: when } = rowOf(kind);
  const beyond = LIMITS[kind] ?? { above: 'more than', below: 'less than' }[when] ?? 'limit';
  if (unit === 'degrees') return `${beyond} ${number(limit)}° from ${usualDirection(baseline)}`;
  const usual = baseline === undefined || baseline === null ? '' : ` (usual here: ${number(baseline)})`;
  return `${beyond} ${number(limit)}${unit === 'levels' ? ' of 255' : ''}${usual}`;
}

function usualDirection(yaw) {
  if (yaw === undefined || yaw === null) return 'straight ahead';
  const degrees = Math.round(Math.abs(yaw));
  return degrees === 0 ? 'the usual, straight ahead' : `the usual ${degrees}° to the ${yaw > 0 ? 'right' : 'left'}`;
}

const number = value => String(Math.round(value * 100) / 100);

const lasted = alert => (alert.duration ?? (Date.parse(alert.until) - Date.parse(alert.since)) / 1000) * 1000;

const unbroken = milliseconds => duration(milliseconds).replaceAll(' ', '\u00a0');

/** "Since 10:31:05, for 25 s", or when it is over, "10:31:05, over after 12 s". */
export function timesText(alert) {
  const since = Date.parse(alert.since);
  const again = alert.repeats > 0 ? `, came back ${alert.repeats === 1 ? 'once' : `${alert.repeats} times`}` : '';
  if (alert.state !== 'cleared') return `Since ${timeOfDay(since, true)}, for ${unbroken(serverNow() - since)}${again}`;
  return `${timeOfDay(since, true)}, over${alert.until ? ` after ${unbroken(lasted(alert))}` : ''}${again}`;
}

/** The parts of the one line into which an alert folds that is over. */
export function foldedText(alert) {
  return [timeOfDay(alert.since, true), kindText(alert.kind), alert.until ? duration(lasted(alert)) : 'over'];
}

/** What a teacher allows, shortly: "no alerts", "twice as much". */
export function effectText({ effect, factor }) {
  if (effect === 'mute') return 'no alerts';
  if (factor === 2) return 'twice as much allowed';
  return `${number(factor)} times as much allowed`;
}

export function untilText({ until }) {
  if (!until) return 'for the whole exam';
  return `until ${timeOfDay(until)} (${duration(Date.parse(until) - serverNow())} left)`;
}

/** The accommodations that are in force. */
export const allowed = person => Object.values(person.accommodations ?? {})
  .filter(one => one.effect !== 'none' && (!one.until || Date.parse(one.until) > serverNow()));

/** What the server says, as a sentence of its own. */
export const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;

/** What is said where something was asked that the server did not do. */
export const notDone = (what, { code, detail }) => `${what} ${sentence(detail || code)}`;
