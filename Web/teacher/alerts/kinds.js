// The kinds of alerts and what can be granted: the server's tables, their names, and which alert decides how a student's
// tile looks.

import { alertKinds } from '../../shared/api.js';
import { t } from '../../shared/text.js';

let table = new Map(); // kind -> its row
let grants = new Map(); // the same for what can be granted

const AGAIN_AFTER = 5000; // milliseconds
let again;

/** Asks the server which kinds there are. Until it answers the previous ones stay, and alerts describe themselves as well as they can. */
export async function loadKinds() {
  clearTimeout(again);
  const answer = await alertKinds().catch(() => null);
  if (!answer) return void (again = setTimeout(loadKinds, AGAIN_AFTER));
  table = new Map(answer.kinds.map(row => [row.kind, row]));
  grants = new Map((answer.grants ?? []).map(row => [row.kind, row]));
}

/** The row of a kind; empty if the server has not sent it. */
export const rowOf = kind => table.get(kind) ?? {};

/** All kinds for which exceptions can be made. */
export const kinds = () => [...table.keys()];

/** All that can be granted, as rows; `minimum` and `maximum` are absent from those without an amount. */
export const allGrants = () => [...grants.values()];

/** The row of something that can be granted; undefined for a kind of alert. */
export const grantOf = kind => grants.get(kind);

// For a kind newer than this page the server provides the text.
const told = (kind, what) => rowOf(kind).texts?.[`alert.${kind}.${what}`];
export const kindText = kind => t(`alert.${kind}.title`, { defaultValue: told(kind, 'title') ?? kind.replaceAll('_', ' ') });
// A tile has space for two or three words.
export const shortText = kind => t(`alert.${kind}.short`, { defaultValue: told(kind, 'short') ?? kindText(kind) });

/** Nobody is called for a hint: it makes no sound, and comes after all others that are new; on the wall also after those that were seen. */
export const isHint = alert => alert.severity === 'low';

const weight = alert => (isHint(alert) ? -1 : (alert.state === 'confirmed' ? 10 : 0) + (rowOf(alert.kind).weight ?? 0));

/** The alert that decides how a tile looks: unseen before acknowledged, then by weight; hints last. */
export function worst(alerts) {
  return alerts.reduce((best, alert) => (!best || weight(alert) > weight(best) ? alert : best), null);
}
