// The server's clock, by which all times on the wire are given. Ours may be wrong, or be set in the middle of an exam.

let offset = performance.timeOrigin;

/** The server said what time it is. */
export function setServerTime(at) {
  offset = Date.parse(at) - performance.now();
}

export const serverNow = () => performance.now() + offset;
