// Why the server closed a connection for good, in words.

import { t } from './text.js';

const LONGEST = 160;

/** detail: what came with the end of the connection: somebody's words, or {said, code} of a server that refuses. */
export function reasonOfEnd(detail) {
  if (typeof detail !== 'object' || detail === null) return detail;
  const { said, code } = detail;
  return t('closed.why', { context: said ? undefined : 'silent', said, code }).slice(0, LONGEST);
}
