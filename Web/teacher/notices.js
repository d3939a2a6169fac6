// What every teacher must know about the server itself: that it cannot keep what happens, say. The exam goes on.

import { $, el, setHidden } from '../shared/dom.js';

const TITLES = {
  store: 'The server cannot write down what happens at the moment. The exam goes on.',
  guessing: 'Many wrong exam codes are being typed on this server.',
  too_many: 'That was more than the server takes at once.',
  quota: 'This exam has little or no room left for what is written.',
  load: 'The server has more to do than it can. Alerts may come late.',
};
const SETTLED = 1500; // after the welcome, what still stands is told again

export class Notices {
  constructor() {
    this.standing = new Map(); // code -> detail
  }

  received({ code, detail }) {
    this.again?.add(code);
    this.#set(code, detail);
  }

  welcomed() {
    const again = this.again = new Set();
    setTimeout(() => {
      if (this.again !== again) return;
      this.again = null;
      for (const code of [...this.standing.keys()]) if (!again.has(code)) this.#set(code, null);
    }, SETTLED);
  }

  /** What is over by itself. */
  passing(code, detail, seconds = 1) {
    this.#set(code, detail);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#set(code, null), Math.max(5, seconds) * 1000);
  }

  #set(code, detail) {
    if ((this.standing.get(code) ?? null) === (detail ?? null)) return; // told again, not to be read out again
    if (detail) this.standing.set(code, detail);
    else this.standing.delete(code);
    $('notices').replaceChildren(...[...this.standing].map(([one, text]) =>
      el('p', { data: { code: one } }, el('strong', {}, TITLES[one] ?? 'The server reports a problem.'), ' ', text)));
    setHidden($('notices'), this.standing.size === 0);
  }
}
