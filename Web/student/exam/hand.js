// The raised hand. A teacher may lower it as well, so the server decides.

import { $, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';

export class Hand {
  constructor(uplink) {
    this.button = $('hand');
    this.up = false;
    this.button.addEventListener('click', () => {
      this.#show(!this.up);
      setText($('hand-note'), '');
      uplink.raiseHand(this.up);
    });
  }

  /** known: this is its state after a reconnect; perhaps nobody has looked at it. */
  received({ up, known }) {
    if (this.up && !up) setText($('hand-note'), known ? t('student.live.handDown') : t('student.live.handSeen'));
    this.#show(up);
  }

  #show(up) {
    this.up = up;
    this.button.setAttribute('aria-pressed', String(up));
    setText(this.button, up ? t('student.live.lowerHand') : t('student.live.raiseHand'));
  }
}
