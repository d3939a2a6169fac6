// The server's clock, by which all times on the wire are given.

let offset = 0;

/** The server's clock less ours in milliseconds. */
export function setClockOffset(milliseconds) {
  offset = milliseconds;
}

export const serverNow = () => Date.now() + offset;
