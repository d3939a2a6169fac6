// The kinds of alerts: how they are called, and which one decides how a student looks on the wall.

export const KINDS = {
  face_missing: 'No face in the picture',
  several_faces: 'More than one face',
  looking_away: 'Looking away',
  camera_covered: 'Camera covered or dark',
  picture_frozen: 'Picture does not move',
  video_stopped: 'No picture arrives',
  page_hidden: 'Left the exam page',
  camera_off: 'Camera off',
};
export const kindText = kind => KINDS[kind] ?? kind.replaceAll('_', ' ');

// On a tile there is room for two or three words.
const SHORT = {
  face_missing: 'No face',
  several_faces: 'Several faces',
  camera_covered: 'Covered, dark',
  picture_frozen: 'Frozen picture',
  video_stopped: 'No picture',
  page_hidden: 'Left the page',
};
export const shortText = kind => SHORT[kind] ?? kindText(kind);

const RANK = { high: 3, medium: 2, low: 1 };
const weight = alert => (alert.state === 'confirmed' ? 10 : 0) + (RANK[alert.severity] ?? 0);

/** The alert that decides how a tile looks: unseen before acknowledged, then by severity. */
export function worst(alerts) {
  return alerts.reduce((best, alert) => (!best || weight(alert) > weight(best) ? alert : best), null);
}
