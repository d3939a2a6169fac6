// The student's last change of the hand, in the worker, until it has certainly arrived: only then may a reconnect
// forget it, and only until then may a reconnect send it again. A hand that a teacher has lowered meanwhile stays down.

const SURELY_THERE = 15000; // milliseconds: a dead connection is noticed sooner, with or without pictures

export class PendingHand {
  /** send(message): false if there is no connection. */
  constructor(sendWindow, send) {
    Object.assign(this, { sendWindow, send });
    this.word = null; // true or false; null: nothing to send
    this.fresh = true; // the server's next message gives the state after a reconnect
  }

  say(up) {
    this.word = up;
    this.#send();
  }

  welcomed() {
    this.fresh = true;
    if (this.word !== null) this.#send();
  }

  /** A frame sent after the change has arrived, so the change has, too. */
  acknowledged(sequence) {
    if (this.word !== null && this.sent && sequence > this.sentAfter) this.#arrived();
  }

  lost() {
    this.sent = false;
    clearTimeout(this.timer);
  }

  /** What to pass to the page of the server's message; null if the page knows better at the moment. */
  received({ up }) {
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
