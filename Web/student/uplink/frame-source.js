// Where frames come from, in the worker: a track processor's stream (Chromium), or one frame per tick that the page
// makes on request (Firefox, Safari: a worker's timer is not throttled in a hidden tab, a page's is). Frames arrive at
// our rate; surplus ones are closed unused. A lack of frames is reported: a stalled camera fires no event.

const INTERVAL = 100; // milliseconds: ten pictures a second
const STALLED_AFTER = 2500;

export class FrameSource {
  /** want(): is a frame useful right now? frame(frame): takes ownership. camera('live'|'stalled'). tick(): ask the page. */
  constructor({ want, frame, camera, tick }) {
    Object.assign(this, { want, deliver: frame, camera, tick });
    this.generation = 0;
    this.alive = null;
    setInterval(() => this.#watch(), 500);
  }

  fromStream(readable) {
    this.stop();
    this.#begin();
    this.#read(readable.getReader(), this.generation);
  }

  fromTicks() {
    this.stop();
    this.#begin();
    this.ticker = setInterval(() => this.tick(this.want()), INTERVAL);
  }

  /** The page's answer to a tick. Without a frame: the camera has delivered a new picture, but nobody wanted it. */
  offered(frame) {
    this.cameraDelivered();
    if (!frame) return;
    if (this.ticker && this.want()) this.deliver(frame);
    else frame.close();
  }

  /** The camera has delivered a picture, to this or to the recorder. */
  cameraDelivered() {
    if (this.alive === null) return;
    this.lastFrame = performance.now();
    if (!this.alive) {
      this.alive = true;
      this.camera('live');
    }
  }

  stop() {
    this.generation += 1;
    clearInterval(this.ticker);
    this.ticker = null;
    this.reader?.cancel().catch(() => {});
    this.reader = null;
    this.alive = null;
  }

  #begin() {
    this.lastFrame = performance.now();
    this.alive = true;
  }

  #watch() {
    if (this.alive !== true || performance.now() - this.lastFrame < STALLED_AFTER) return;
    this.alive = false;
    this.camera('stalled');
  }

  async #read(reader, generation) {
    this.reader = reader;
    let due = performance.now();
    for (;;) {
      const { value: frame, done } = await reader.read().catch(() => ({ done: true }));
      if (done) return;
      if (generation !== this.generation) return frame.close();
      this.cameraDelivered();
      const now = performance.now();
      // A quarter of an interval early counts as on time: cameras are not exact, and a miss costs a whole camera frame.
      if (now < due - INTERVAL / 4 || !this.want()) {
        frame.close();
        continue;
      }
      due = Math.max(due + INTERVAL, now);
      this.deliver(frame);
    }
  }
}
