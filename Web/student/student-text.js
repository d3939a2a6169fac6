// What a student is told: the problem, and what to do. This decides which text to show; the texts are in the catalogue.
// Tone: ok, wait, warn, bad.

import { isGone } from '../shared/endings.js';
import { problemText, whyNoPicture, whyNot } from '../shared/refusal.js';
import { listed, sentences, t } from '../shared/text.js';

const sentence = (tone, key) => ({ tone, title: t(`${key}.title`), text: t(`${key}.text`) });

export const CAMERA = {
  off: sentence('wait', 'student.camera.off'),
  asking: sentence('wait', 'student.camera.asking'),
  stalled: sentence('bad', 'student.camera.stalled'),
  denied: sentence('bad', 'student.camera.denied'),
  missing: sentence('bad', 'student.camera.missing'),
  busy: sentence('bad', 'student.camera.busy'),
  insecure: sentence('bad', 'student.camera.insecure'),
  unplugged: sentence('bad', 'student.camera.unplugged'),
  revoked: sentence('bad', 'student.camera.revoked'),
  failed: sentence('bad', 'student.camera.failed'),
};

const CONNECTION = {
  connecting: sentence('wait', 'student.connection.connecting'),
  server: sentence('warn', 'student.connection.server'),
  refused: sentence('warn', 'student.connection.refused'),
  answered: sentence('warn', 'student.connection.answered'),
  network: sentence('warn', 'student.connection.network'),
};

/** null if there is nothing to say. reason: why we are waiting: server, refused, answered (detail: {status, code}) or network. */
export function connectionSentence(state, reason, detail) {
  if (state === 'open') return null;
  const words = CONNECTION[reason] ?? CONNECTION.connecting;
  return detail ? { ...words, detail: forHelpers(problemText(detail)) } : words;
}

export const LIVE = sentence('ok', 'student.state.live');
const UNSUPPORTED = sentence('bad', 'student.state.unsupported');
const UNUSABLE = sentence('bad', 'student.state.unusable');
const NOT_READY = sentence('warn', 'student.state.notReady');

/** By the code of the error: what is shown once no way of sending pictures is left. */
export const TROUBLES = {
  bad_frame: UNUSABLE,
  bad_stream: UNUSABLE,
  undecodable: UNUSABLE,
  unsupported_media: UNUSABLE,
  pipeline_failed: NOT_READY,
};

/** code: undefined if the browser is at fault. */
export function troubleSentence({ code, media }) {
  if (!code) return UNSUPPORTED;
  const why = whyNoPicture({ code, media });
  return { ...TROUBLES[code] ?? UNUSABLE, detail: why ? forHelpers(why) : '' };
}

const forHelpers = why => t('student.state.forHelpers', { why });

/** The check of the picture fails on the server. */
export const UNCHECKED = { tone: 'warn', title: t('student.state.unchecked.title'), text: t('error.check_failed') };

const notTaken = (error, context) => t('error.not_taken', { context, why: whyNot(error) });

/** By the code of the error: what was refused, why, and what to do. context: "message" or "note" if the person typed one, or undefined. */
export const REFUSALS = {
  bad_chat: notTaken,
  bad_note: notTaken,
  bad_message: notTaken,
  no_hello: notTaken,
  too_many: ({ retry_after: seconds = 1 }, context) => t('error.too_many', { context, seconds }),
  quota: (_, context) => t('error.quota', { context }),
  check_failed: () => UNCHECKED.text,
};

export const refusalText = (error, what) => (REFUSALS[error.code] ?? notTaken)(error, what);

/** The state during a pause. Problems can be fixed meanwhile, without hurry. */
export function pausedSentence(trouble) {
  const words = sentence('wait', 'student.state.paused');
  return trouble === LIVE ? words : { ...words, text: t('student.state.paused.trouble', { title: trouble.title, text: trouble.text }) };
}

/** Kinds that restarting the camera may fix. */
export const MENDED_BY_RESTART = ['picture_frozen', 'camera_off'];

const TOO_DARK = sentence('warn', 'student.state.tooDark');
const TOO_FAR = sentence('warn', 'student.state.tooFar');

/**
 * What the server suspects (shown only to the student) and what it has told the teachers: the problem, and how to fix
 * it. Too dark or too far comes before anything only suspected: it makes the rest doubtful, and is easily fixed.
 */
export function checkSentence({ state, kind, severity, light, distance }) {
  if (state !== 'alert' && light === 'dark') return TOO_DARK;
  if (state !== 'alert' && distance === 'far') return TOO_FAR;
  if (state === 'ok') return LIVE;
  const title = t([`alert.${kind}.student`, 'alert.unknown.student']);
  return state === 'alert'
    ? { tone: severity === 'low' ? 'warn' : 'bad', title, text: sentences(t([`alert.${kind}.advice`, 'alert.unknown.hint']), t('student.state.seenToo')) }
    : { tone: 'warn', title, text: t([`alert.${kind}.hint`, 'alert.unknown.hint']) };
}

/** What happened, as the student would say it. */
export const eventText = kind => t([`alert.${kind}.past`, 'alert.unknown.past']);

/** By the state of a note. */
export const NOTE = {
  saving: t('student.note.saving'),
  saved: t('student.note.saved'),
  waiting: t('student.note.waiting'),
};

export function watchersSentence({ teachers, focus }) {
  const names = shortened(teachers);
  if (teachers.length === 0) return t('student.watchers.none');
  if (focus.length === 0) return t('student.watchers.here', { names, count: teachers.length });
  if (teachers.length === 1) return t('student.watchers.looking', { names });
  if (focus.length === teachers.length) return t('student.watchers.all', { names });
  return t('student.watchers.some', { names, looking: shortened(focus), count: focus.length });
}

/** "Ms Smith", "Ms Smith and Mr Jones", "Ms Smith, Mr Jones, Mrs Brown and 3 others" */
const shortened = names => listed(names.length > 4 ? [...names.slice(0, 3), t('list.others', { count: names.length - 3 })] : names);

export function ownViewProblem({ status, code, message }) {
  if (status === 0 || status === 429) return t('student.view.unreachable'); // the page tries again by itself
  return code === 'no_picture' ? t('student.view.none') : t('student.view.failed', { why: message });
}

/** What was erased and what never existed get the same answer. */
export const ownDataProblem = ({ code, message }) =>
  (isGone(code) ? t('student.kept.gone') : t('student.kept.failed', { why: message }));

/** The name of a program that makes pictures for a camera of its own. */
export const programName = program => t(`program.${program}`);

/** Before joining: what the checks come to. Another camera shows another picture, so that comes first. isChoice: there are several cameras. */
export function previewSentence({ program, isChoice, ...checks }) {
  const seen = seenSentence(checks);
  if (program === 'none') return seen;
  const made = t('student.preview.program', { program: programName(program) });
  return { tone: 'warn', text: sentences(made, isChoice && t('student.preview.chooseCamera'), seen.tone === 'warn' && seen.text) };
}

function seenSentence({ faces, dark, failed }) {
  if (failed) return { tone: 'warn', text: t('student.preview.failed', { why: failed }) };
  if (faces === 0) return { tone: 'warn', text: dark ? t('student.preview.noFaceDark') : t('student.preview.noFace') };
  if (faces > 1) return { tone: 'warn', text: t('student.preview.severalFaces') };
  return dark ? { tone: 'warn', text: t('student.preview.dark') } : { tone: 'ok', text: t('student.preview.good') };
}

const end = key => ({ title: t(`${key}.title`), text: t(`${key}.text`) });
export const END = {
  ended: end('student.end.ended'),
  ended_teacher: end('student.end.ended_teacher'),
  ended_idle: end('student.end.ended_idle'),
  gone: end('student.end.gone'),
  replaced: { ...end('student.end.replaced'), action: t('student.end.replaced.action') },
  dismissed: { ...end('student.end.dismissed'), action: t('student.end.dismissed.action') },
  identity: { ...end('student.end.identity'), action: t('student.end.identity.action') },
  refused: { ...end('student.end.refused'), action: t('student.end.refused.action') },
};

export const joinProblem = ({ code, message }) =>
  (code === 'unknown_session' ? t('error.unknown_session', { context: 'student' }) : message);
