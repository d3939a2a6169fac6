// The fallback: MediaRecorder, webm with VP8, in slices of 100 ms. Runs on the page, since browsers have it nowhere
// else. Only the first slice contains the header, so every (re)connection and every restart needs a new recorder.

import { MEDIA } from './media.js';

const SLICE = 100;

export function recorderSupported() {
  return 'MediaRecorder' in window && MediaRecorder.isTypeSupported(MEDIA.webm);
}

export class Recorder {
  /** chunk({bytes, first}) receives the slices in order. */
  constructor({ chunk, failed }) {
    this.chunk = chunk;
    this.failed = failed;
    this.run = 0;
  }

  start(stream) {
    this.stop();
    if (!stream) return;
    const run = this.run;
    let first = true;
    let order = Promise.resolve(); // slices become buffers asynchronously; the queue keeps them in order
    try {
      this.recorder = new MediaRecorder(stream, { mimeType: MEDIA.webm, videoBitsPerSecond: 300000 });
    } catch (error) {
      return this.failed(error);
    }
    this.recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      order = order.then(() => data.arrayBuffer()).then(bytes => {
        if (run !== this.run) return;
        this.chunk({ bytes, first });
        first = false;
      });
    };
    this.recorder.onerror = event => { if (run === this.run) this.failed(event.error); };
    this.recorder.start(SLICE);
  }

  pace(pause) {
    if (pause && this.recorder?.state === 'recording') this.recorder.pause();
    else if (!pause && this.recorder?.state === 'paused') this.recorder.resume();
  }

  stop() {
    this.run += 1;
    if (this.recorder && this.recorder.state !== 'inactive') this.recorder.stop();
    this.recorder = null;
  }
}
