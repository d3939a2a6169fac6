// The page's side of a worker with a socket: messages in both directions. A message that the server may refuse has a number; the
// refusal names it and is returned to the sender.

const KEPT = 100; // what was sent before this many others is done by now, or was lost with a connection

/** Events: connection {state, reason, detail}, message {message}, and what else the worker sends, by its type. */
export class WorkerLink extends EventTarget {
  constructor(address) {
    super();
    this.connected = false;
    this.sent = new Map(); // number -> refused(error)
    this.last = 0;
    this.worker = new Worker(address, { type: 'module' });
    this.worker.onmessage = ({ data }) => this.received(data);
    addEventListener('online', () => this.post({ type: 'online' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.post({ type: 'nudge' });
    });
  }

  /** True if it was sent. refused(error): it was not done; returns true if the person was told, or else what to show. */
  send(message, refused = null) {
    if (!this.connected) return false;
    if (refused) {
      this.last += 1;
      this.sent.set(this.last, refused);
      this.sent.delete(this.last - KEPT);
      message = { ...message, id: this.last };
    }
    this.post({ type: 'send', message });
    return true;
  }

  /** What the sender made of the error; undefined if nobody waits for it. */
  refused(error) {
    const refused = this.sent.get(error.id);
    this.sent.delete(error.id);
    return refused?.(error);
  }

  reopen() {
    this.post({ type: 'reopen' });
  }

  /** From the worker. */
  received(data) {
    if (data.type === 'connection') this.connected = data.state === 'open';
    this.emit(data.type, data);
  }

  post(message, transfer = []) {
    this.worker.postMessage(message, transfer);
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
