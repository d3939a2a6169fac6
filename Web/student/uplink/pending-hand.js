// The student's last word on the hand, in the worker, until it has surely arrived: only then may a reconnect forget it,
// and only until then may a reconnect say it again. A hand that a teacher has lowered meanwhile stays down.

const SURELY_THERE = 15000; // milliseconds: a dead connection is noticed earlier, with or without pictures

export class PendingHand {
  /** send(message): false when there is no connection. */
  constructor(sendWindow, send) {
    Object.assign(this, { sendWindow, send });
    this.word = null; // true or false; null: nothing to say
    this.fresh = true; // the next word of the server tells how it stands after a reconnect
  }

  say(up) {
    this.word = up;
    this.#send();
  }

  welcomed() {
    this.fresh = true;
    if (this.word !== null) this.#send();
  }

  /** A frame that was sent after the word has arrived, so the word has, too. */
  acknowledged(sequence) {
    if (this.word !== null && this.sent && sequence > this.sentAfter) this.#arrived();
  }

  lost() {
    this.sent = false;
    clearTimeout(this.timer);
  }

  /** What to tell the page of the server's word; null when the page knows better for the moment. */
  heard({ up }) {
    const known = this.fresh;
    this.fresh = false;
    if (known && this.word !== null && this.word !== up) return null;
    this.#arrived();
    return { type: 'hand', up, known };
  }

  #send() {
    this.sentAfter = this.sendWindow.sequence;
    this.sent = this.send({ type: 'hand', up: this.word }) === true;
    clearTimeout(this.timer);
    if (this.sent) this.timer = setTimeout(() => this.#arrived(), SURELY_THERE);
  }

  #arrived() {
    this.word = null;
    clearTimeout(this.timer);
  }
}
