// Every sentence a student can meet, in one place: what is the matter, and what to do. Tone: ok, wait, warn, bad.

import { hasEnded, isGone } from '../shared/endings.js';

export const CAMERA = {
  off: { tone: 'wait', title: 'Camera off', text: 'The camera has not been started yet.' },
  asking: { tone: 'wait', title: 'Waiting for the camera', text: 'Your browser may ask whether this page can use the camera. Please choose “Allow”.' },
  stalled: { tone: 'bad', title: 'Your camera has stopped sending', text: 'The picture stands still. Close other programs that use the camera, or unplug it and plug it in again. If that does not help, press “Try the camera again”.' },
  denied: { tone: 'bad', title: 'The camera is not allowed', text: 'Click the camera or lock sign next to the address of this page, choose “Allow” for the camera, and press “Try the camera again”.' },
  missing: { tone: 'bad', title: 'No camera was found', text: 'Plug a camera in, or open the shutter or switch it on. This page goes on by itself as soon as it is there.' },
  busy: { tone: 'bad', title: 'The camera is in use elsewhere', text: 'Another program holds the camera, perhaps a video call. Close that program, then press “Try the camera again”.' },
  insecure: { tone: 'bad', title: 'The camera cannot be used on this address', text: 'Browsers give the camera only to secure pages. Please open the link exactly as your teacher sent it; it begins with https.' },
  unplugged: { tone: 'bad', title: 'Your camera has gone', text: 'It was unplugged or switched off. Plug it in again; this page goes on by itself. Nothing else is lost.' },
  revoked: { tone: 'bad', title: 'The camera permission was taken back', text: 'Click the camera or lock sign next to the address of this page, allow the camera again, and press “Try the camera again”.' },
  failed: { tone: 'bad', title: 'The camera could not be started', text: 'Press “Try the camera again”. If it goes on, restart the browser and open the link once more; your place is kept.' },
};

const CONNECTION = {
  connecting: { tone: 'wait', title: 'Connecting', text: 'One moment, please.' },
  server: { tone: 'warn', title: 'The server is busy or starts again', text: 'This is not your fault. We come back by ourselves; please leave this page open and go on with your exam.' },
  refused: { tone: 'warn', title: 'The server closed the connection', text: 'We try again by ourselves; please leave this page open and go on with your exam.' },
  answered: { tone: 'warn', title: 'The exam cannot be reached just now', text: 'This is not your fault: something in the network, or the server, answers otherwise than it should. We keep trying and come back by ourselves. Please leave this page open and go on with your exam. If you had to log in to your network, please do that in another tab.' },
  network: { tone: 'warn', title: 'The connection is interrupted', text: 'We keep trying and come back by ourselves. Please check your network, and leave this page open. Go on with your exam.' },
};

/** null when there is nothing to say. reason: why we have waited: server, refused, answered (detail: what) or network. */
export function connectionSentence(state, reason, detail) {
  if (state === 'open') return null;
  const sentence = CONNECTION[reason] ?? CONNECTION.connecting;
  return detail ? { ...sentence, detail: forHelpers(`the answer was ${detail}`) } : sentence;
}

export const LIVE = { tone: 'ok', title: 'All is well', text: 'You are connected and your teacher can see you. Good luck with your exam.' };

const UNSUPPORTED = { tone: 'bad', title: 'This browser cannot send a picture', text: 'Please open the link in a current Chrome, Edge, Firefox or Safari. You can still write to your teachers here.' };

const UNUSABLE = { tone: 'bad', title: 'Your pictures cannot be used', text: 'The exam cannot read what your camera sends; every way was tried. Press “Try the camera again”. If that does not help, open the link in another browser and tell your teachers.' };
const NOT_READY = { tone: 'warn', title: 'The server cannot take your pictures', text: 'This is not your fault. We try again every half minute; please leave this page open and go on with your exam. If it stays, tell your teachers.' };

/** By the code of the error: what is said once no way to send pictures is left. */
export const TROUBLES = {
  bad_frame: UNUSABLE,
  bad_stream: UNUSABLE,
  undecodable: UNUSABLE,
  unsupported_media: UNUSABLE,
  pipeline_failed: NOT_READY,
};

/** code: undefined where the browser is at fault. */
export function troubleSentence({ code, detail }) {
  if (!code) return UNSUPPORTED;
  return { ...TROUBLES[code] ?? UNUSABLE, detail: forHelpers(detail || code) };
}

const LONGEST_DETAIL = 120;
const forHelpers = text => `For whoever helps you: ${inShort(text)}`;
const inShort = text => (text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text);

/** The check of the picture fails on the server. */
export const UNCHECKED = { tone: 'warn', title: 'Your picture is not checked just now', text: 'The server has a problem; it is not your fault. Your teachers see you as before. Go on with your exam.' };

const IN_THE_BOX = 'Your text is in the box again';
const STAYS = 'Your text stays here';
const kept = what => (what === 'note' ? STAYS : IN_THE_BOX);
const wrong = ({ detail }, what) => (what
  ? `Not ${what === 'note' ? 'saved' : 'sent'}: ${inShort(detail)}. ${kept(what)}; please change it and try again.`
  : `Something that this page sent was not taken: ${inShort(detail)}. If it happens again, please load the page again; you stay in the exam.`);

/** By the code of the error: what was not taken, why, and what to do. what: "message" or "note" that the person has typed, or undefined. */
export const REFUSALS = {
  bad_chat: wrong,
  bad_note: wrong,
  bad_message: wrong,
  no_hello: wrong,
  too_many: ({ retry_after: seconds = 1 }, what) => (what
    ? `Not sent: that was too much at once. ${kept(what)}; please send it again in ${seconds} s.`
    : 'That was much at once. What you did last reaches your teachers a little later; nothing is lost.'),
  quota: (_, what) => `Not ${what === 'note' ? 'saved' : 'sent'}: this exam has no room left for what is written. ${kept(what)}. Please tell your teachers in another way; your exam goes on.`,
  check_failed: () => UNCHECKED.text,
};

export function refusalText(error, what) {
  const text = REFUSALS[error.code];
  return text ? text(error, what) : `${wrong(error, what)} (${error.code})`;
}

const PAUSED = { tone: 'wait', title: 'Paused', text: 'The exam stands still, and nothing is noted about you meanwhile. Your teachers can still see your picture.' };

/** The state while the exam stands still. What is wrong may be mended meanwhile, without any hurry. */
export function pausedSentence(trouble) {
  return trouble !== LIVE ? { ...PAUSED, text: `There is no hurry, but before the exam goes on: ${decapitalised(trouble.title)}. ${trouble.text}` } : PAUSED;
}

const decapitalised = text => text[0].toLowerCase() + text.slice(1);

const SEEN_TOO = 'Your teacher sees this too; you can add a note below.';

/** What the server suspects (said to the student alone) and what it has told the teachers: the matter, and how to mend it. */
const CHECKS = {
  face_missing: {
    title: 'We cannot see your face',
    suspected: 'Please sit so that your whole face is in the picture.',
    alert: 'Please sit so that your whole face is in the picture.',
  },
  several_faces: {
    title: 'There is more than one face in the picture',
    suspected: 'Please make sure that you are alone in the picture; a poster behind you may count, too.',
    alert: 'Please make sure that you are alone in the picture. If somebody came in by chance, just go on.',
  },
  looking_away: {
    title: 'You seem to look to the side',
    suspected: 'A short look is fine. Please turn back to your exam when you can.',
    alert: 'Please turn back to your exam when you can.',
  },
  camera_covered: {
    title: 'Your picture is dark or empty',
    suspected: 'Something may be in front of the camera. Please uncover it, or switch a lamp on.',
    alert: 'Please look whether something is in front of the camera or its shutter is shut, or switch a lamp on.',
  },
  picture_frozen: {
    title: 'Your picture does not move',
    suspected: 'This happens with cameras. Please press “Try the camera again”.',
    alert: 'Please press “Try the camera again”; if that does not help, unplug the camera and plug it in again.',
  },
  video_stopped: {
    title: 'Your picture does not arrive',
    suspected: 'We keep trying. Please check your network connection.',
    alert: 'We keep trying. Please check your network connection, and go on with your exam.',
  },
  page_hidden: {
    title: 'This page is in the background',
    suspected: 'Please come back to it when you can.',
    alert: 'Please come back to it and keep it in front.',
  },
  camera_off: {
    title: 'Your camera is off',
    suspected: 'Please press “Try the camera again”.',
    alert: 'Please press “Try the camera again”.',
  },
};

/** Kinds that a new start of the camera may mend. */
export const MENDED_BY_RESTART = ['picture_frozen', 'camera_off'];

const TOO_DARK = { tone: 'warn', title: 'It is rather dark', text: 'You can be seen, but more light would help. Please switch a lamp on in front of you.' };
const TOO_FAR = { tone: 'warn', title: 'You are far from the camera', text: 'Please come a little closer, so that your face can be seen well.' };

/** Dark or far comes before anything that is only suspected: it makes the rest doubtful, and is easily mended. */
export function checkSentence({ state, kind, hint, light, distance }) {
  if (state !== 'alert' && light === 'dark') return TOO_DARK;
  if (state !== 'alert' && distance === 'far') return TOO_FAR;
  if (state === 'ok') return LIVE;
  const words = CHECKS[kind] ?? unknownCheck(hint);
  return state === 'alert'
    ? { tone: 'bad', title: words.title, text: `${words.alert} ${SEEN_TOO}` }
    : { tone: 'warn', title: words.title, text: words.suspected };
}

/** A kind that this page does not know yet: the server's own hint says what to do. */
function unknownCheck(hint) {
  const text = hint || 'Your face should be in the middle and well lit.';
  return { title: 'Please look at your picture', suspected: text, alert: text };
}

/** What has happened, as the student would say it. */
const EVENTS = {
  face_missing: 'We could not see your face',
  several_faces: 'We saw more than one face',
  looking_away: 'You seemed to look to the side',
  camera_covered: 'Your picture was dark or empty',
  picture_frozen: 'Your picture did not move',
  video_stopped: 'Your picture did not arrive',
  page_hidden: 'The exam page was in the background',
  camera_off: 'Your camera was off',
};
export const eventText = kind => EVENTS[kind] ?? 'Something was noticed in your picture';

export const NOTE = {
  empty: 'A note needs a few words.',
  saving: 'Saving…',
  saved: 'Saved. Your teacher can read it.',
  waiting: 'Not saved yet. Your text stays here and is sent by itself as soon as it can be.',
  lost: 'A note of yours was not saved before the exam ended. If it matters, please give it to your teacher another way:',
};

export const HAND = {
  seen: 'Your teacher has seen your hand.',
  down: 'Your hand is down now. If you still have a question, just raise it again.',
};

export const PAUSE = {
  title: 'The exam is paused',
  calm: 'You need not do anything; the page will tell you when it goes on.',
  over: 'The exam goes on now.',
};

export function watchersSentence({ teachers, focus }) {
  if (teachers.length === 0) return 'No teacher is here at the moment.';
  const are = names => (names.length === 1 ? 'is' : 'are');
  const here = `${listed(teachers)} ${are(teachers)} here`;
  if (focus.length === 0) return `${here}.`;
  if (teachers.length === 1) return `${here} and is looking at your picture now.`;
  return `${here}; ${focus.length === teachers.length ? 'all' : listed(focus)} ${focus.length === teachers.length ? 'are' : are(focus)} looking at your picture now.`;
}

/** "Ms Smith", "Ms Smith and Mr Jones", "Ms Smith, Mr Jones and 3 others" */
function listed(names) {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export function ownViewProblem(problem) {
  switch (problem.status) {
    case 0: return 'The picture cannot be fetched just now. We keep trying.';
    case 503: return 'No picture of you reaches your teachers at the moment.';
    case 429: return 'The server is busy just now. We keep trying.';
    default: return `The picture cannot be shown: ${problem.message}`;
  }
}

export function ownDataProblem(problem) {
  // What was erased and what never was are told alike.
  if (isGone(problem.code)) return 'The server keeps nothing for this tab any more. If that seems wrong, ask your teacher.';
  switch (problem.status) {
    case 0: return 'The server could not be reached, so nothing was downloaded. Please check your network connection and try again.';
    case 429: return `The server is busy just now. Please try again in ${problem.retryAfter ?? 30} seconds.`;
    default: return `The download did not work: ${problem.message}`;
  }
}

/** Before joining: each of the checks, and the sentence over all. */
export function previewSentence({ faces, dark, hint, unknown, refused }) {
  if (refused) return { tone: 'warn', text: `${refused}. If you can see your face well, you may join all the same.` };
  if (unknown) return { tone: 'warn', text: 'We could not check your picture just now. If you can see your face well, you may join all the same.' };
  if (faces === 0) return { tone: 'warn', text: hint || (dark ? 'It is too dark to see your face. Please switch a lamp on in front of you.' : 'We cannot see your face. Please sit so that your whole face is in the picture.') };
  if (faces > 1) return { tone: 'warn', text: hint || 'There is more than one face in the picture. Please make sure that you are alone in it.' };
  if (dark) return { tone: 'warn', text: hint || 'It is rather dark. Please switch a lamp on in front of you.' };
  return { tone: 'ok', text: 'Your picture is good. You can join.' };
}

export const END = {
  ended: { title: 'The exam has ended', text: 'Your camera is off now. You may close this page.' },
  ended_teacher: { title: 'The exam has ended', text: 'Your teacher has ended the exam. Your camera is off now. You may close this page.' },
  ended_idle: { title: 'The exam has ended', text: 'It ended by itself, since nobody was connected to it for a long time. Your camera is off. If you think this is a mistake, please ask your teacher.' },
  gone: { title: 'This exam has ended', text: 'Nobody can join it any more. If you think this is a mistake, please ask your teacher.' },
  replaced: { title: 'The exam is open in another tab', text: 'You have opened the exam a second time, and the newer tab is the one your teacher sees. You can close this tab.', action: 'Use this tab instead' },
  dismissed: { title: 'You were removed from the exam', text: 'Your camera is off now. If you think this is a mistake, please talk to your teacher. With the code of the exam you can join again; your teacher then sees you as somebody new.', action: 'Join again' },
  identity: { title: 'Please join once more', text: 'The server does not know this tab any more. Join again with your name; your teacher will see you at once.', action: 'Join again' },
  refused: { title: 'The connection was refused', text: 'The server closed it several times. Please load the page again; if that does not help, tell your teacher.', action: 'Load the page again' },
};

export function joinProblem(problem) {
  if (problem.code === 'unknown_session') return 'There is no exam with this code. Please look at the code once more.';
  if (hasEnded(problem.code)) return 'This exam has ended; nobody can join it any more.';
  return problem.status === 429
    ? `Too many tries just now. Please wait ${problem.retryAfter ?? 30} seconds and try again.` : problem.message;
}
