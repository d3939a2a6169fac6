// A pause: why, who paused the exam, and that there is nothing to do.

import { $, el, timeOfDay } from '../../shared/dom.js';
import { sentences, t } from '../../shared/text.js';

const TOLD_FOR = 12000; // milliseconds: how long "The exam goes on now" stays

export class Pause {
  /** changed(): the pause began or ended. */
  constructor(changed) {
    this.changed = changed;
    this.banner = $('pause-banner');
    this.paused = false;
  }

  received({ paused, reason, by, at }) {
    const was = this.paused;
    this.paused = paused;
    if (paused) this.#show(reason, by, at);
    else if (was) this.#goesOn();
    if (was !== paused) this.changed();
  }

  /** A reconnect sends the same pause again: what is already shown is not written again, or it would be announced again. */
  #show(reason, by, at) {
    const who = !by ? '' : at ? t('student.pause.byAt', { name: by, time: timeOfDay(at) }) : t('student.pause.by', { name: by });
    const key = `${reason}|${who}`;
    if (key === this.shown) return;
    this.shown = key;
    clearTimeout(this.timer);
    this.banner.replaceChildren(el('div', { class: 'pause-body' },
      el('p', { class: 'pause-title' }, t('student.pause.title')),
      reason ? el('p', { class: 'pause-reason' }, reason) : null,
      el('p', {}, sentences(who, t('student.pause.calm')))));
  }

  #goesOn() {
    this.shown = null;
    this.banner.replaceChildren(el('div', { class: 'pause-body' }, el('p', { class: 'pause-title' }, t('student.pause.over'))));
    this.timer = setTimeout(() => this.banner.replaceChildren(), TOLD_FOR);
  }
}
