// Messages that the server may refuse. Each has a number; the refusal names it and is returned to the sender.

const KEPT = 100; // what was sent before this many others is done by now, or was lost with a connection

export class Requests {
  constructor() {
    this.sent = new Map(); // number -> refused(error)
    this.last = 0;
  }

  /** The message with its number. refused(error): it was not done, and why; its result is passed on. */
  numbered(message, refused) {
    this.last += 1;
    this.sent.set(this.last, refused);
    this.sent.delete(this.last - KEPT);
    return { ...message, id: this.last };
  }

  /** What the sender made of the error: true if the person was told. Undefined if nobody waits for it. */
  refused(error) {
    const refused = this.sent.get(error.id);
    this.sent.delete(error.id);
    return refused?.(error);
  }
}
