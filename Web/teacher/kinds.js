// The kinds of alerts: the server's table of them, how they are called, and which one decides how a student looks on the wall.

import { alertKinds } from '../shared/api.js';

let table = new Map(); // kind -> its row

/** Asks the server which kinds there are. Without an answer what was known before stays, and alerts say of themselves what they can. */
export async function loadKinds() {
  const answer = await alertKinds().catch(() => null);
  if (answer) table = new Map(answer.kinds.map(row => [row.kind, row]));
}

/** The row of a kind; empty where the server has not told of it. */
export const rowOf = kind => table.get(kind) ?? {};

/** All that can be allowed to a student. */
export const kinds = () => [...table.keys()];

const KINDS = {
  face_missing: 'No face in the picture',
  several_faces: 'More than one face',
  looking_away: 'Looking away',
  camera_covered: 'Camera covered or dark',
  picture_frozen: 'Picture does not move',
  video_stopped: 'No picture arrives',
  page_hidden: 'Left the exam page',
  camera_off: 'Camera off',
};
// Of a kind that is newer than this page the server has words.
const told = (kind, what) => rowOf(kind).texts?.[`alert.${kind}.${what}`];
export const kindText = kind => KINDS[kind] ?? told(kind, 'title') ?? kind.replaceAll('_', ' ');

// On a tile there is room for two or three words.
const SHORT = {
  face_missing: 'No face',
  several_faces: 'Several faces',
  camera_covered: 'Covered, dark',
  picture_frozen: 'Frozen picture',
  video_stopped: 'No picture',
  page_hidden: 'Left the page',
};
export const shortText = kind => SHORT[kind] ?? told(kind, 'short') ?? kindText(kind);

const weight = alert => (alert.state === 'confirmed' ? 10 : 0) + (rowOf(alert.kind).weight ?? 0);

/** The alert that decides how a tile looks: unseen before acknowledged, then by weight. */
export function worst(alerts) {
  return alerts.reduce((best, alert) => (!best || weight(alert) > weight(best) ? alert : best), null);
}
