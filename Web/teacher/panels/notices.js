// Problems of the server that every teacher must know, for example that it cannot keep what happens. The exam
// continues. Also requests of this teacher that were not done, if there is no better place for the message.

import { $, el, setHidden } from '../../shared/dom.js';
import { whyNot } from '../../shared/refusal.js';
import { sentences, t } from '../../shared/text.js';

const TITLES = {
  store: t('teacher.notices.store.title'),
  guessing: t('teacher.notices.guessing.title'),
  quota: t('teacher.notices.quota.title'),
  pictures: t('teacher.notices.pictures.title'),
  load: t('teacher.notices.load.title'),
};
/** By how it stands. */
const STATES = {
  store: {
    failing: t('teacher.notices.store.failing'),
    losing: t('teacher.notices.store.losing'),
    slow: t('teacher.notices.store.slow'),
    pictures: t('teacher.notices.store.pictures'),
  },
  guessing: { waiting: t('teacher.notices.guessing.waiting') },
  quota: { nearly_full: t('teacher.notices.quota.nearly_full'), full: t('teacher.notices.quota.full') },
  pictures: {
    exam_nearly_full: t('teacher.notices.pictures.exam_nearly_full'),
    exam_full: t('teacher.notices.pictures.exam_full'),
    server_nearly_full: t('teacher.notices.pictures.server_nearly_full'),
    server_full: t('teacher.notices.pictures.server_full'),
  },
  load: { late: t('teacher.notices.load.late') },
};
const REFUSED = t('teacher.notices.refused');
const PASSES_AFTER = 10; // seconds
const SETTLED = 1500; // after the welcome, current problems are sent again

export class Notices {
  constructor() {
    this.standing = new Map(); // code -> how it stands
    this.passing = new Map(); // code of an error -> {title, text, timer}
  }

  /** Without a state it is well again. room: whose is meant, the exam's or the server's. */
  received({ code, state, room, detail }) {
    this.again?.add(code);
    if (detail) console.warn('the server reports:', code, detail);
    this.#set(code, room ? `${room}_${state}` : state);
  }

  welcomed() {
    const again = this.again = new Set();
    setTimeout(() => {
      if (this.again !== again) return;
      this.again = null;
      for (const code of [...this.standing.keys()]) if (!again.has(code)) this.#set(code, null);
    }, SETTLED);
  }

  /** what: which request was not done, if known. It disappears by itself. Returns the text shown. */
  refused(error, what = REFUSED) {
    const { code, retry_after: seconds = 0 } = error;
    clearTimeout(this.passing.get(code)?.timer);
    const timer = setTimeout(() => { this.passing.delete(code); this.#show(); }, Math.max(PASSES_AFTER, seconds) * 1000);
    this.passing.set(code, { title: what, text: whyNot(error), timer });
    this.#show();
    return sentences(what, whyNot(error));
  }

  #set(code, state) {
    if ((this.standing.get(code) ?? null) === (state ?? null)) return;
    if (state) this.standing.set(code, state);
    else this.standing.delete(code);
    this.#show();
  }

  /** What is already shown stays as it is, or it would be announced again. */
  #show() {
    const lines = new Map(); // text as shown -> [code, title, text]
    const put = (...line) => lines.set(line.slice(1).join(' '), line);
    for (const [code, state] of this.standing) put(code, TITLES[code] ?? t('teacher.notices.other', { code }), STATES[code]?.[state] ?? '');
    for (const [code, { title, text }] of this.passing) put(code, title, text);
    setHidden($('notices'), lines.size === 0);
    for (const line of [...$('notices').children]) if (!lines.delete(line.textContent)) line.remove();
    $('notices').append(...[...lines.values()].map(([code, title, text]) => el('p', { data: { code } }, el('strong', {}, title), ' ', text)));
  }
}
