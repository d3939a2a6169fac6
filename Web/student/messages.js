// Every sentence a student can meet, in one place: what is the matter, and what to do. Tone: ok, wait, warn, bad.

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

export const CONNECTION = {
  connecting: { tone: 'wait', title: 'Connecting', text: 'One moment, please.' },
  waiting: { tone: 'warn', title: 'The connection is interrupted', text: 'We keep trying and come back by ourselves. Please check your network, and leave this page open. Go on with your exam.' },
};

export const LIVE = { tone: 'ok', title: 'All is well', text: 'You are connected and your teacher can see you. Good luck with your exam.' };

export const UNSUPPORTED = { tone: 'bad', title: 'This browser cannot send a picture', text: 'Please open the link in a current Chrome, Edge, Firefox or Safari. You can still write to your teachers here.' };

/** The hints of the server's checks; the server's own hint is preferred where it sends one. */
const HINTS = {
  face_missing: ['We cannot see your face', 'Please sit so that your whole face is in the picture.'],
  several_faces: ['There is more than one face in the picture', 'Please make sure that you are alone in the picture.'],
  looking_away: ['You are looking away from the screen', 'Please turn back to your exam when you can.'],
  camera_covered: ['The picture is dark', 'Something covers the camera, or the light is off. Please uncover it, or switch a lamp on.'],
  picture_frozen: ['Your picture does not move', 'Press “Try the camera again”. If it goes on, unplug the camera and plug it in again.'],
  video_stopped: ['Your picture does not arrive', 'We keep trying. Please check your network connection.'],
  page_hidden: ['This page is in the background', 'Please come back to it when you can.'],
  camera_off: ['Your camera is off', 'Press “Try the camera again”.'],
};

export function checkSentence({ state, kind, hint, light }) {
  if (state === 'ok') {
    return light === 'dark' ? { tone: 'warn', title: 'It is rather dark', text: 'You can be seen, but more light would help. Please switch a lamp on in front of you.' } : LIVE;
  }
  const [title, text] = HINTS[kind] ?? ['Please look at your picture', 'Your face should be in the middle and well lit.'];
  return {
    tone: state === 'alert' ? 'bad' : 'warn',
    title,
    text: withoutTitle(hint || text, title) + (state === 'alert' ? ' Your teacher has been told.' : ''),
  };
}

/** A hint stands alone elsewhere and may begin with what the title says already. */
const withoutTitle = (hint, title) => hint.startsWith(`${title}. `) ? hint.slice(title.length + 2) : hint;

/** Before joining: each of the checks, and the sentence over all. */
export function previewSentence({ faces, dark, hint, unknown }) {
  if (unknown) return { tone: 'warn', text: 'We could not check your picture just now. If you can see your face well, you may join all the same.' };
  if (faces === 0) return { tone: 'warn', text: hint || (dark ? 'It is too dark to see your face. Please switch a lamp on in front of you.' : 'We cannot see your face. Please sit so that your whole face is in the picture.') };
  if (faces > 1) return { tone: 'warn', text: hint || 'There is more than one face in the picture. Please make sure that you are alone in it.' };
  if (dark) return { tone: 'warn', text: hint || 'It is rather dark. Please switch a lamp on in front of you.' };
  return { tone: 'ok', text: 'Your picture is good. You can join.' };
}

export const END = {
  ended: { title: 'The exam has ended', text: 'Your teacher has ended the exam. Your camera is off now. You may close this page.' },
  gone: { title: 'This exam has ended', text: 'Nobody can join it any more. If you think this is a mistake, please ask your teacher.' },
  replaced: { title: 'The exam is open in another tab', text: 'You have opened the exam a second time, and the newer tab is the one your teacher sees. You can close this tab.', action: 'Use this tab instead' },
  identity: { title: 'Please join once more', text: 'The server does not know this tab any more. Join again with your name; your teacher will see you at once.', action: 'Join again' },
  refused: { title: 'The connection was refused', text: 'The server and this page do not understand each other. Please load the page again; if that does not help, tell your teacher.', action: 'Load the page again' },
};

export function joinProblem(problem) {
  switch (problem.status) {
    case 404: return 'There is no exam with this code. Please look at the code once more.';
    case 410: return 'This exam has ended; nobody can join it any more.';
    case 429: return `Too many tries just now. Please wait ${problem.retryAfter ?? 30} seconds and try again.`;
    default: return problem.message;
  }
}
