// Why the server did not do what it was asked for, or closed a connection for good, as text. The server says it by codes; its
// English is for the console.

import { t } from './text.js';

const PROBLEMS = {
  bad_name: 'error.code.bad_name',
  bad_title: 'error.code.bad_title',
  ended: 'error.ended',
  ended_teacher: 'error.ended',
  ended_idle: 'error.ended',
  full: 'error.code.full',
  too_many_sessions: 'error.code.too_many_sessions',
  busy: 'error.code.busy',
  too_many_requests: 'error.code.busy',
  too_many_streams: 'error.code.busy',
  no_room: 'error.code.no_room',
  stopping: 'error.code.stopping',
  store: 'error.code.store',
  pipeline_failed: 'error.code.pipeline_failed',
  bad_picture: 'error.code.bad_picture',
  no_token: 'error.code.gone',
  bad_token: 'error.code.gone',
  unknown_session: 'error.code.gone',
  bad_origin: 'error.code.bad_origin',
  not_encrypted: 'error.code.not_encrypted',
  too_many_tries: 'error.code.busy',
};

/** For a problem document; seconds: after which to try again. */
export const problemText = (status, { code, maximum }, seconds) =>
  (code in PROBLEMS ? t(PROBLEMS[code], { maximum, seconds })
    : typeof code === 'string' ? t('error.code.other', { code }) : t('error.answered', { status }));

const WHY = {
  empty: 'error.why.empty',
  control_characters: 'error.why.control_characters',
  too_long: 'error.why.too_long',
  unknown_student: 'error.why.unknown_student',
  unknown_alert: 'error.why.unknown_alert',
  combining_marks: 'error.why.combining_marks',
  page_pending: 'error.why.page_pending',
  over: 'error.why.over',
  too_many: 'error.why.too_many',
  quota: 'error.why.quota',
};

/** For an `error` of the socket, a sentence. */
export const whyNot = ({ code, why = code, maximum, retry_after: seconds = 1 }) =>
  (why in WHY ? t(WHY[why], { maximum, seconds }) : t('error.why.other', { code }));

/** detail: what came with the end of the connection: text by a person, {cause} if the server made room for others, or {code}: that of the close. */
export function reasonOfEnd(detail) {
  if (typeof detail !== 'object' || detail === null) return detail;
  return detail.cause ? t('closed.full') : t('closed.code', { code: detail.code });
}
