// What the teachers see: exactly the picture they get, fetched every two seconds while it is visible.

import { livePicture } from '../../shared/api.js';
import { $, setHidden, setText } from '../../shared/dom.js';
import { ownViewProblem } from '../student-text.js';

const EVERY = 2000;

export class OwnView {
  constructor(identity) {
    this.identity = identity;
    this.button = $('own-view-toggle');
    this.image = $('own-view-picture');
    this.shown = false;
    this.button.addEventListener('click', () => this.show(!this.shown));
    document.addEventListener('visibilitychange', () => this.#run());
  }

  show(shown) {
    this.shown = shown;
    this.button.setAttribute('aria-pressed', String(shown));
    setHidden($('own-view'), !shown);
    if (!shown) this.#picture(null);
    this.#run();
  }

  #run() {
    clearTimeout(this.timer);
    const run = this.running = this.shown && document.visibilityState === 'visible' ? Symbol('run') : null;
    if (run) this.#next(run);
  }

  async #next(run) {
    let wait = EVERY;
    try {
      const { code, participant_id, token } = this.identity;
      const blob = await livePicture(code, participant_id, 'tile', token);
      if (run !== this.running) return;
      this.#picture(blob);
      setText($('own-view-note'), '');
    } catch (problem) {
      if (run !== this.running) return;
      wait = Math.max(EVERY, (problem.retryAfter ?? 0) * 1000);
      this.#picture(null);
      setText($('own-view-note'), ownViewProblem(problem));
    }
    this.timer = setTimeout(() => this.#next(run), wait);
  }

  #picture(blob) {
    const before = this.address;
    this.address = blob && URL.createObjectURL(blob);
    if (blob) this.image.src = this.address;
    else this.image.removeAttribute('src');
    setHidden(this.image, !blob);
    if (before) URL.revokeObjectURL(before);
  }
}
