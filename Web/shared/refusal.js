// Why the server did not do what it was asked for, does not use pictures, or closed a connection for good, as text. The server
// says it by codes; its English is for the console.

import { t } from './text.js';

const PROBLEMS = {
  bad_name: 'error.code.bad_name',
  bad_title: 'error.code.bad_title',
  ended: 'error.ended',
  ended_teacher: 'error.ended',
  ended_idle: 'error.ended',
  bad_request: 'error.code.bad_request',
  bad_ticket: 'error.code.bad_ticket',
  bad_host: 'error.code.bad_host',
  not_found: 'error.code.not_found',
  method_not_allowed: 'error.code.not_found',
  upgrade_required: 'error.code.not_found',
  wrong_role: 'error.code.wrong_role',
  wrong_key: 'error.code.wrong_key',
  unknown_student: 'error.why.unknown_student',
  no_picture: 'error.code.no_picture',
  picture_missing: 'error.code.picture_missing',
  full: 'error.code.full',
  too_many_sessions: 'error.code.too_many_sessions',
  busy: 'error.code.busy',
  answer_pending: 'error.code.answer_pending',
  too_many_requests: 'error.code.too_many_requests',
  too_many_streams: 'error.code.too_many_streams',
  too_many_tries: 'error.code.too_many_tries',
  no_room: 'error.code.no_room',
  stopping: 'error.code.stopping',
  store: 'error.code.store',
  pipeline_failed: 'error.code.pipeline_failed',
  bad_picture: 'error.code.bad_picture',
  no_token: 'error.code.no_token',
  bad_token: 'error.code.gone',
  unknown_session: 'error.code.gone',
  bad_origin: 'error.code.bad_origin',
  not_encrypted: 'error.code.not_encrypted',
};

/** For a problem document, or what is known of one. */
export const problemText = ({ status, code, maximum, retry_after: seconds = 5 }) =>
  (Object.hasOwn(PROBLEMS, code) ? t(PROBLEMS[code], { maximum, seconds })
    : typeof code === 'string' ? t('error.code.other', { code: code.slice(0, 80) }) : t('error.answered', { status }));

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

const NO_PICTURE = {
  bad_frame: 'noPicture.badFrame',
  bad_stream: 'noPicture.badStream',
  undecodable: 'noPicture.undecodable',
  unsupported_media: 'noPicture.unsupported',
  pipeline_failed: 'noPicture.pipeline',
  decoder_stuck: 'noPicture.stuck',
  no_picture_made: 'noPicture.none',
};

/** Why the server has no picture of a student, as half a sentence; null if it does not know. */
export const whyNoPicture = ({ code, media, codec }) =>
  (code in NO_PICTURE ? t(NO_PICTURE[code], { media, codec, context: codec ? 'codec' : undefined }) : null);

/** By the code of a close frame, if what a page sent was not accepted. */
const CLOSED = { 1008: 'closed.policy', 1009: 'closed.tooLarge' };

/** detail: what came with the end of the connection: text by a person, {cause} if the server made room for others, or {code}: that of the close. */
export function reasonOfEnd(detail) {
  if (typeof detail !== 'object' || detail === null) return detail;
  return detail.cause ? t('closed.full') : t(CLOSED[detail.code] ?? 'closed.garbled');
}
