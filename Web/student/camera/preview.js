// Before joining: is the picture good? The server looks for faces in a small JPEG every two seconds; brightness is
// judged here as well, so that there is an answer even if the server has none.

import { previewPicture } from '../../shared/api.js';
import { endingOf } from '../../shared/endings.js';

const EVERY = 2000;
const WIDTH = 320;
const DARK_BELOW = 40; // mean luma, 0 to 255

export class Preview {
  /** result({faces, dark} | {failed: why, dark} | {gone: code} | {waiting: Problem}) */
  constructor(video, result) {
    this.video = video;
    this.result = result;
    this.canvas = document.createElement('canvas');
  }

  start(code, invite) {
    if (this.running) return;
    const run = this.running = Symbol('run');
    const next = async () => {
      if (run !== this.running) return;
      const wait = await this.#look(code, invite, run);
      if (run === this.running) this.timer = setTimeout(next, wait);
    };
    this.timer = setTimeout(next, 500); // a camera needs a moment to adjust to the light
  }

  stop() {
    this.running = null;
    clearTimeout(this.timer);
  }

  async #look(code, invite, run) {
    const { video, canvas } = this;
    if (video.readyState < 2 || !video.videoWidth) return 300;
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const dark = meanLuma(context, canvas) < DARK_BELOW;
    const jpeg = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.8));
    let wait = EVERY;
    let outcome;
    try {
      const answer = await previewPicture(code, jpeg, invite);
      outcome = { faces: answer.faces, dark: dark || answer.light === 'dark' };
    } catch (problem) {
      const waits = problem.code === 'waiting';
      if (waits) wait = 1000;
      else if (problem.status === 429) wait = Math.max(EVERY, (problem.retryAfter ?? 2) * 1000);
      outcome = endingOf(problem.code) ? { gone: problem.code }
        : waits ? { waiting: problem } : problem.status === 429 ? null
          : { failed: problem.message, dark };
    }
    if (run === this.running && outcome) this.result(outcome);
    return wait;
  }
}

function meanLuma(context, { width, height }) {
  const { data } = context.getImageData(0, 0, width, height);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i += 4 * 16) { // every sixteenth pixel is enough
    sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
    count += 1;
  }
  return sum / count;
}
