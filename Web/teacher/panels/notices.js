// Problems of the server that every teacher must know, for example that it cannot keep what happens. The exam
// continues. Also requests of this teacher that were not done, if there is no better place for the message.

import { $, el, setHidden } from '../../shared/dom.js';
import { sentences, t } from '../../shared/text.js';
import { sentence } from '../alerts/alert-text.js';

const TITLES = {
  store: t('teacher.notices.store'),
  guessing: t('teacher.notices.guessing'),
  quota: t('teacher.notices.quota'),
  pictures: t('teacher.notices.pictures'),
  load: t('teacher.notices.load'),
};
const REFUSED = t('teacher.notices.refused');
const PASSES_AFTER = 10; // seconds
const SETTLED = 1500; // after the welcome, current problems are sent again

export class Notices {
  constructor() {
    this.standing = new Map(); // code -> detail
    this.passing = new Map(); // code of an error -> {title, detail, timer}
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

  /** what: which request was not done, if known. It disappears by itself. Returns the text shown. */
  refused({ code, detail, retry_after: seconds = 0 }, what = REFUSED) {
    clearTimeout(this.passing.get(code)?.timer);
    const timer = setTimeout(() => { this.passing.delete(code); this.#show(); }, Math.max(PASSES_AFTER, seconds) * 1000);
    this.passing.set(code, { title: what, detail: sentence(detail || code), timer });
    this.#show();
    return sentences(what, sentence(detail || code));
  }

  #set(code, detail) {
    if ((this.standing.get(code) ?? null) === (detail ?? null)) return;
    if (detail) this.standing.set(code, detail);
    else this.standing.delete(code);
    this.#show();
  }

  /** What is already shown stays as it is, or it would be announced again. */
  #show() {
    const lines = new Map(); // text as shown -> [code, title, detail]
    const put = (...line) => lines.set(line.slice(1).join(' '), line);
    for (const [code, detail] of this.standing) put(code, TITLES[code] ?? t('teacher.notices.other'), detail);
    for (const [code, { title, detail }] of this.passing) put(code, title, detail);
    setHidden($('notices'), lines.size === 0);
    for (const line of [...$('notices').children]) if (!lines.delete(line.textContent)) line.remove();
    $('notices').append(...[...lines.values()].map(([code, title, detail]) => el('p', { data: { code } }, el('strong', {}, title), ' ', detail)));
  }
}
