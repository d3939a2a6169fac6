// Alerts and exceptions for a student, as sentences.

import { duration, timeOfDay } from '../../shared/dom.js';
import { grantedText, grantTitle } from '../../shared/grants.js';
import { whyNot } from '../../shared/refusal.js';
import { enumerated, number, sentences, t } from '../../shared/text.js';
import { serverNow } from '../connection/clock.js';
import { kindText, rowOf } from './kinds.js';

/** Kinds that are not detected in pictures have no share of checks. */
const isLookedAt = kind => rowOf(kind).source === 'picture';

/** "Seen in 9 of 10 checks", rounded down, so as never to claim more than was seen. */
export function checksText({ kind, confidence }) {
  if (!isLookedAt(kind) || !(confidence >= 0)) return '';
  return confidence > 0.995 ? t('teacher.card.everyCheck') : t('teacher.card.checks', { seen: Math.floor(confidence * 10 + 0.01) });
}

/** Which program a camera belongs to. A newer server may know more of them. */
export const programText = ({ kind, said }) => (rowOf(kind).says?.field !== 'program' || !said ? ''
  : t('teacher.card.program', { program: t(`program.${said}`, { defaultValue: said }) }));

const NOT_KEPT = {
  student_full: 'teacher.card.notKept.student_full',
  exam_full: 'teacher.card.notKept.exam_full',
  server_full: 'teacher.card.notKept.server_full',
  lost: 'teacher.card.notKept.lost',
};

/** Why there is no picture although one was taken. */
export const notKeptText = ({ picture_state: state }) => (state in NOT_KEPT ? t(NOT_KEPT[state]) : '');

/** "Rule: after 5 s, 80 % of checks, more than 30° from the usual 4° to the left." */
export function ruleText({ kind, thresholds }) {
  if (!thresholds) return '';
  const { window, share } = thresholds;
  const conditions = [window > 0 ? t('teacher.rule.after', { seconds: number(window) }) : t('teacher.rule.atOnce')];
  if (isLookedAt(kind)) conditions.push(t('teacher.rule.share', { percent: Math.round(share * 100) }));
  const limit = limitText(kind, thresholds);
  if (limit) conditions.push(limit);
  return t('teacher.rule.text', { conditions: enumerated(conditions) });
}

const LIMITS = { camera_covered: 'teacher.rule.covered', picture_frozen: 'teacher.rule.frozen' };
const BEYOND = { above: 'teacher.rule.above', below: 'teacher.rule.below' };
const LEVELS = { above: 'teacher.rule.aboveLevels', below: 'teacher.rule.belowLevels' }; // of brightness

function limitText(kind, { limit: value, baseline }) {
  if (value === undefined || value === null) return '';
  const limit = number(value);
  const { unit, bad_when: when } = rowOf(kind);
  if (unit === 'degrees') return turnedText(limit, baseline ?? null);
  const key = LIMITS[kind] ?? (unit === 'levels' ? LEVELS : BEYOND)[when] ?? 'teacher.rule.limit';
  const condition = t(key, { limit });
  return baseline === undefined || baseline === null ? condition : t('teacher.rule.usual', { condition, usual: number(baseline) });
}

/** yaw: where the head usually points, in degrees to the right; null if unknown. */
function turnedText(limit, yaw) {
  if (yaw === null) return t('teacher.rule.turned', { limit });
  const usual = Math.round(Math.abs(yaw));
  if (usual === 0) return t('teacher.rule.turnedUsual', { limit });
  return yaw > 0 ? t('teacher.rule.turnedRight', { limit, usual }) : t('teacher.rule.turnedLeft', { limit, usual });
}

const lasted = alert => (alert.duration ?? (Date.parse(alert.until) - Date.parse(alert.since)) / 1000) * 1000;

const unbroken = milliseconds => duration(milliseconds).replaceAll(' ', '\u00a0');

/** "Since 10:31:05, for 25 s", or once it has ended "10:31:05, over after 12 s". */
export function timesText(alert) {
  const since = Date.parse(alert.since);
  const [at, count] = [timeOfDay(since, true), alert.repeats];
  if (alert.state !== 'cleared') {
    const long = unbroken(serverNow() - since);
    return count > 0 ? t('teacher.card.sinceAgain', { at, long, count }) : t('teacher.card.since', { at, long });
  }
  if (!alert.until) return count > 0 ? t('teacher.card.endedAgain', { at, count }) : t('teacher.card.ended', { at });
  const long = unbroken(lasted(alert));
  return count > 0 ? t('teacher.card.lastedAgain', { at, long, count }) : t('teacher.card.lasted', { at, long });
}

/** The parts of the line into which an ended alert folds. */
export function foldedText(alert) {
  return [timeOfDay(alert.since, true), kindText(alert.kind), alert.until ? duration(lasted(alert)) : t('teacher.card.over')];
}

/** What an exception is about. */
export const exceptionText = ({ kind, effect }) => (effect === 'grant' ? grantTitle(kind) : kindText(kind));

/** An exception in short: "no alerts", "twice as much", "15 minutes more". */
export function effectText({ kind, effect, factor, amount }) {
  if (effect === 'grant') return grantedText(kind, amount);
  if (effect === 'mute') return t('teacher.adjust.noAlerts');
  return factor === 2 ? t('teacher.adjust.twiceAllowed') : t('teacher.adjust.timesAllowed', { factor: number(factor) });
}

export function untilText({ effect, until }) {
  if (effect === 'grant') return '';
  if (!until) return t('teacher.adjust.wholeExam');
  return t('teacher.adjust.until', { time: timeOfDay(until), long: duration(Date.parse(until) - serverNow()) });
}

/** The accommodations in force. */
export const allowed = person => Object.values(person.accommodations ?? {})
  .filter(one => one.effect !== 'none' && (!one.until || Date.parse(one.until) > serverNow()));

/** What is shown if the server did not do what was asked. */
export const notDone = (what, error) => sentences(what, whyNot(error));
