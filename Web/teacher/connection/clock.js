// The server's clock, used for all times on the wire. Ours may be wrong, or be set in the middle of an exam.

let offset = performance.timeOrigin;

/** The server sent its time. */
export function setServerTime(at) {
  offset = Date.parse(at) - performance.now();
}

export const serverNow = () => performance.now() + offset;
