// What ends an exam for a page: only the server's own statement, by the code of its problem document. A status alone
// means nothing: a captive portal, a firewall or a misconfigured proxy answers 401, 403, 404 and 410 too, temporarily.

const ENDED = ['ended', 'ended_teacher', 'ended_idle'];
const UNKNOWN_HERE = ['bad_token', 'no_token', 'wrong_role'];

export const hasEnded = reason => ENDED.includes(reason);

/** The reason of the end by the code of the answer; null: the exam continues, and the page retries. */
export function endingOf(code) {
  if (code === 'dismissed' || hasEnded(code)) return code;
  if (code === 'unknown_session') return 'ended';
  return UNKNOWN_HERE.includes(code) ? 'identity' : null;
}

/** Whether an answer says that what was requested does not exist (any more). */
export const isGone = code => endingOf(code) !== null || code === 'unknown_student';
