// How much may be in flight: the server's window of unacknowledged frames, and the watchdog over it. A frame counts
// from the moment it enters the encoder, so frames are dropped before they cost anything.

const FROZEN_AFTER = 6000;
const BACKLOG_LIMIT = 256 * 1024;
const SWALLOWED_AFTER = 1000; // an encoder may drop a frame silently

export class SendWindow {
  constructor() {
    this.sequence = 0; // continues over reconnects and restarts
    this.restart(0);
  }

  /** A new connection: nothing is in flight. */
  restart(window) {
    this.window = window;
    this.waiting = []; // [sequence, sent at], oldest first
    this.forgetEncoding();
  }

  forgetEncoding() {
    this.encoding = 0;
    this.lastEncoded = 0;
  }

  enters() {
    this.encoding += 1;
    this.lastEncoded = performance.now();
  }

  leaves() {
    this.encoding = Math.max(0, this.encoding - 1);
  }

  admits(backlog) {
    if (this.encoding > 0 && performance.now() - this.lastEncoded > SWALLOWED_AFTER) this.encoding = 0;
    return this.waiting.length + this.encoding < this.window && backlog < BACKLOG_LIMIT;
  }

  next() {
    this.sequence = (this.sequence + 1) >>> 0;
    this.waiting.push([this.sequence, performance.now()]);
    return this.sequence;
  }

  acknowledged(sequence) {
    while (this.waiting.length && this.waiting[0][0] <= sequence) this.waiting.shift();
  }

  /** Frames were sent and nothing came back for six seconds: the server is frozen, whatever TCP says. */
  get frozen() {
    return this.waiting.length > 0 && performance.now() - this.waiting[0][1] > FROZEN_AFTER;
  }
}
