// A WebSocket that reconnects by itself. Lives in the workers, where timers are not throttled in a hidden tab.
//
//   connecting -> open -> waiting -> connecting …      and from any of them -> closed (for good, with a reason)
//
// "open" means the server has welcomed us, not that TCP is up: a frozen server accepts connections too.

import { endingOf } from './endings.js';
import { addressOf, socketProtocols } from './wire.js';

const FIRST_DELAY = 250;
const LONGEST_DELAY = 5000;
const MANY_FAILURES = 5; // from this many on the delay is the longest
const CONNECT_LIMIT = 6000;
const DEFAULT_SILENCE = 15000;
const DEADLY_SILENCE = 8000; // when pictures should arrive several times a second
const ENDED = 1000;
const REPLACED = 4001;
const DISMISSED = 4002;
// What was sent was not accepted, so reconnecting may end the same way: a proxy's accident, or a bug of this page.
const REFUSED = [1002, 1003, 1007, 1008, 1009];
const SERVERS_DOING = [1001, 1011, 1012, 1013]; // it is stopping, broken or overloaded
const CROWDED = 1013;
const TRIES = 3;
const WELL_AFTER = 30000;
const BUSY = [429, 502, 503, 504]; // the server, or a proxy waiting for it
const UPGRADE_REQUIRED = 426; // an ordinary request would have been accepted

const endedBecause = reason => (['teacher', 'idle'].includes(reason) ? `ended_${reason}` : 'ended');

/** A person's words, or what the server did for a cause of its own. */
const whyDismissed = (cause, reason) => (cause ? { cause } : reason);

export class ReconnectingSocket {
  /**
   * handlers: opened(socket) may send a greeting; text(message) and binary(buffer) receive; refused(code) gets a close code
   * that says what was sent is not accepted; state(name, reason, detail) follows the diagram. Reasons for "waiting": server
   * (it closed or answers for reasons of its own), refused, answered (unexpectedly, perhaps by something in between; detail:
   * {status, code}), or null if the network is to be suspected. Reasons for "closed": ended (it is not known how), ended_teacher,
   * ended_idle, replaced, dismissed (detail: a person's reason, or {cause}), identity, refused (detail: {code}: the close code).
   */
  constructor(address, token, handlers) {
    this.address = address;
    this.token = token;
    this.handlers = handlers;
    this.state = 'idle';
    this.failures = 0;
    this.refusals = 0; // in a row, without a good connection in between
    this.cause = null; // why we wait
    this.seen = null; // {reason, detail}: the answer when asked why there is no connection
    this.lastReceived = 0;
    this.silence = DEFAULT_SILENCE;
    this.generation = 0;
    self.addEventListener('online', () => this.renew());
    setInterval(() => this.#watch(), 1000);
  }

  start() {
    if (this.state !== 'idle') return;
    this.#connect();
  }

  /** Sends when welcomed; false means it was not sent. */
  send(message) {
    if (this.state !== 'open') return false;
    return this.sendNow(message);
  }

  /** Sends as soon as the connection is up: for the greeting. */
  sendNow(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(ArrayBuffer.isView(message) ? message : JSON.stringify(message));
    return true;
  }

  get backlog() {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** The network came back, or the server was found to be dead: reconnects at once. */
  renew() {
    if (this.state === 'closed' || this.state === 'idle') return;
    this.failures = 0;
    this.#connect();
  }

  /** A hint that waiting longer is pointless (the page became visible). */
  nudge() {
    if (this.state === 'waiting') this.renew();
  }

  /** For good. */
  close(reason, detail = null) {
    if (this.state === 'closed') return;
    this.#drop();
    this.#become('closed', reason, detail);
  }

  /** After "replaced": the person wants this tab after all. */
  reopen() {
    if (this.state !== 'closed') return;
    this.failures = 0;
    this.#connect();
  }

  #become(state, reason = null, detail = null) {
    this.state = state;
    this.handlers.state(state, reason, detail);
  }

  #drop() {
    this.generation += 1;
    clearTimeout(this.retryTimer);
    clearTimeout(this.connectTimer);
    try { this.socket?.close(1000); } catch { /* was never open */ }
    this.socket = null;
  }

  #connect() {
    this.#drop();
    const generation = this.generation;
    const current = handler => event => { if (generation === this.generation) handler(event); };
    const socket = new WebSocket(this.address, socketProtocols(this.token));
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.#become('connecting');
    this.connectTimer = setTimeout(current(() => this.#lost()), CONNECT_LIMIT);
    socket.onopen = current(() => this.handlers.opened(this));
    socket.onmessage = current(event => this.#receive(event.data));
    socket.onclose = current(event => this.#closed(event));
  }

  #receive(data) {
    this.lastReceived = performance.now();
    if (typeof data !== 'string') return this.handlers.binary?.(data);
    let message;
    try { message = JSON.parse(data); } catch { return; }
    if (message.type === 'welcome') {
      clearTimeout(this.connectTimer);
      this.failures = 0;
      this.silence = message.heartbeat > 0 ? message.heartbeat * 3000 : DEFAULT_SILENCE;
      this.cause = this.seen = null;
      if (this.state !== 'open') {
        this.openedAt = performance.now();
        this.#become('open');
      }
    }
    this.handlers.text(message);
    if (message.type === 'ended') this.close(endedBecause(message.reason));
    if (message.type === 'dismissed') this.close('dismissed', whyDismissed(message.cause, message.reason));
  }

  #closed(event) {
    if (event.code === REPLACED) return this.close('replaced');
    if (event.code === DISMISSED) return this.close('dismissed');
    // If the end could not be delivered any more, it has to be asked for.
    if (event.code === ENDED) return this.#lost({ ask: true });
    if (REFUSED.includes(event.code)) return this.#refused(event);
    if (SERVERS_DOING.includes(event.code)) this.cause = 'server';
    if (event.code === CROWDED) this.failures = MANY_FAILURES;
    this.#lost();
  }

  #refused({ code, reason }) {
    if (this.state === 'open' && performance.now() - this.openedAt > WELL_AFTER) this.refusals = 0;
    this.refusals += 1;
    if (this.refusals >= TRIES) {
      console.warn('the server closed the connection:', code, reason);
      return this.close('refused', { code });
    }
    this.handlers.refused?.(code);
    this.cause = 'refused';
    this.failures = Math.max(this.failures, this.refusals);
    this.#lost();
  }

  #lost({ ask = this.state !== 'open' } = {}) {
    this.#drop();
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures);
    this.failures += 1;
    this.#wait();
    this.retryTimer = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
    if (ask) this.#askWhy();
  }

  #wait() {
    this.#become('waiting', this.seen?.reason ?? this.cause, this.seen?.detail);
  }

  /** A browser hides the status of a refused upgrade; an ordinary request to the same address reveals it. */
  async #askWhy() {
    const generation = this.generation;
    const { status, code, detail, cause } = await this.#ask(this.address.replace(/^ws/, 'http'), { Authorization: `Bearer ${this.token}` });
    if (generation !== this.generation) return;
    const end = endingOf(code);
    if (end) return this.close(end, end === 'dismissed' ? whyDismissed(cause, detail) : null);
    this.seen = [0, UPGRADE_REQUIRED].includes(status) ? null
      : BUSY.includes(status) ? { reason: 'server' } : { reason: 'answered', detail: { status, code } };
    this.#wait();
  }

  /** The status, and what a problem document says. */
  async #ask(address, headers = {}) {
    try {
      const response = await fetch(address, { headers, cache: 'no-store', signal: AbortSignal.timeout(4000) });
      const { code, detail, cause } = response.ok ? {} : (await response.json().catch(() => null)) ?? {};
      response.body?.cancel().catch(() => {});
      return { status: response.status, code, detail, cause };
    } catch {
      return { status: 0 };
    }
  }

  /** A dead server sends no close frame. Silence only raises the question; a request answers it. */
  async #watch() {
    const deadly = this.handlers.silenceIsDeath?.() === true;
    const limit = deadly ? Math.min(DEADLY_SILENCE, this.silence) : this.silence;
    if (this.state !== 'open' || this.asking || performance.now() - this.lastReceived < limit) return;
    const generation = this.generation;
    if (!deadly) {
      this.asking = true;
      const { status } = await this.#ask(addressOf('/healthz'));
      this.asking = false;
      if (status === 200) this.lastReceived = performance.now();
      if (status === 200 || generation !== this.generation) return;
    }
    this.renew();
  }
}
