// What ends an exam for a page: only the server's own word, by the code of its problem document. A status alone says nothing:
// a captive portal, a firewall or a proxy with a wrong setting answers 401, 403, 404 and 410 too, and passes.

const ENDED = ['ended', 'ended_teacher', 'ended_idle'];
const UNKNOWN_HERE = ['bad_token', 'no_token', 'wrong_role'];

export const hasEnded = reason => ENDED.includes(reason);

/** The reason of the end by the code of the answer; null: the exam goes on, and the page tries again. */
export function endingOf(code) {
  if (code === 'dismissed' || hasEnded(code)) return code;
  if (code === 'unknown_session') return 'ended';
  return UNKNOWN_HERE.includes(code) ? 'identity' : null;
}

/** Whether an answer says that there is nothing (any more) where it was asked for. */
export const isGone = code => endingOf(code) !== null || code === 'unknown_student';
