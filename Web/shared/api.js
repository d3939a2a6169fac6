// The HTTP requests of the pages. Every failure is a Problem with a sentence that can be shown.

import { problemText } from './refusal.js';
import { t } from './text.js';
import { addressOf } from './wire.js';

export class Problem extends Error {
  constructor(status, text, { code = null, retryAfter = null, waiting = null, interval = null } = {}) {
    super(text);
    this.status = status; // 0: the server could not be reached
    this.code = code;
    this.retryAfter = retryAfter; // seconds
    this.waiting = waiting; // how many others are waiting at this address
    this.interval = interval; // seconds between two turns
  }
}

const asJSON = response => (response.status === 204 ? null : response.json());
const asBlob = response => response.blob();

async function request(method, path, { body, type, token, timeout = 10000, cache = 'no-store', read = asJSON } = {}) {
  const headers = {};
  if (type) headers['Content-Type'] = type;
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(addressOf(path), { method, headers, body, cache, signal: AbortSignal.timeout(timeout) });
    if (response.ok) return await read(response);
  } catch {
    throw new Problem(0, t('error.unreachable'));
  }
  const document = (await response.json().catch(() => null)) ?? {};
  const retryAfter = Number(response.headers.get('Retry-After')) || null;
  console.warn('the server refuses:', response.status, document.code, document.detail);
  throw new Problem(response.status, problemText({ retry_after: retryAfter ?? undefined, ...document, status: response.status }),
    { code: document.code ?? null, retryAfter, waiting: document.waiting ?? null, interval: document.interval ?? null });
}

/** The kinds of alerts that this server has, with their rules. */
export const alertKinds = () => request('GET', '/api/alert-kinds', { timeout: 5000, cache: 'no-cache' });

const json = (method, path, value, options = {}) =>
  request(method, path, { ...options, body: JSON.stringify(value), type: 'application/json' });
const session = code => `/api/sessions/${encodeURIComponent(code)}`;

export const createSession = (name, title, password) =>
  json('POST', '/api/sessions', title ? { name, title } : { name }, { token: password });

/** invite: the secret of the invite link, or null if the code was typed. */
export const joinAsStudent = (code, name, invite) =>
  json('POST', `${session(code)}/participants`, invite ? { name, role: 'student', invite } : { name, role: 'student' });

export const joinAsTeacher = (code, name, key) =>
  json('POST', `${session(code)}/participants`, { name, role: 'teacher', teacher_key: key });

export const endSession = (code, token) => request('DELETE', session(code), { token });

/** Returns the receipt of what was erased. */
export const eraseData = (code, token) => request('DELETE', `${session(code)}/data`, { token, timeout: 60000 });

/**
 * The address of something in a session, for places where a header cannot be set, such as an <img> or a new tab. It
 * contains a ticket instead of the token: valid once, for this address only, within 30 s.
 */
export async function ticketAddress(code, what, token) {
  const path = `${session(code)}/${what}`;
  const { ticket } = await json('POST', `${session(code)}/tickets`, { path: path.split('?')[0] }, { token });
  return addressOf(`${path}${path.includes('?') ? '&' : '?'}ticket=${ticket}`);
}

/** Something of a session as a file. */
export const download = (code, what, token) =>
  request('GET', `${session(code)}/${what}`, { token, read: asBlob, timeout: 60000 });

export const previewPicture = (code, jpeg, invite) =>
  request('POST', `${session(code)}/preview`, { body: jpeg, type: 'image/jpeg', token: invite, timeout: 8000 });

const student = (code, id) => `${session(code)}/students/${encodeURIComponent(id)}`;

/** The next picture of a student as teachers get it; the server waits up to three seconds for one. */
export const livePicture = (code, id, view, token) =>
  request('GET', `${student(code, id)}/live.jpg?view=${view}`, { token, read: asBlob });

/** A stored picture by the path given in an alert. */
export const keptPicture = (path, token) => request('GET', path, { token, read: asBlob });

/** Everything kept about a student, as a file. The token is in a header, so it is in no browsing history. */
export const studentData = (code, id, token) =>
  request('GET', `${student(code, id)}/data`, { token, read: asBlob, timeout: 60000 });
