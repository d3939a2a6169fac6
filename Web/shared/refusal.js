// Why the server closed a connection for good, as text.

import { t } from './text.js';

const LONGEST = 160;

/** detail: what came with the end of the connection: text by a person, or {said, code} from a server that refuses. */
export function reasonOfEnd(detail) {
  if (typeof detail !== 'object' || detail === null) return detail;
  const { said, code } = detail;
  return t('closed.why', { context: said ? undefined : 'silent', said, code }).slice(0, LONGEST);
}
