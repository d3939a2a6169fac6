// The page's side of the wall worker: messages in both directions, and the canvases it draws on.

import { Requests } from '../../shared/requests.js';
import { socketAddress } from '../../shared/wire.js';

/** Events: connection {state, reason}, message {message}. */
export class ServerLink extends EventTarget {
  constructor() {
    super();
    this.requests = new Requests();
    this.worker = new Worker(new URL('./wall-worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }) => {
      if (data.type === 'connection') this.connected = data.state === 'open';
      this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
    };
    addEventListener('online', () => this.#post({ type: 'online' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#post({ type: 'nudge' });
    });
  }

  start(code, token) {
    this.#post({ type: 'start', address: socketAddress(code), token });
  }

  /** True if it was sent. refused(error): it was not done; returns true if the person was told, or else what to show. */
  send(message, refused = null) {
    if (!this.connected) return false;
    this.#post({ type: 'send', message: refused ? this.requests.numbered(message, refused) : message });
    return true;
  }

  /** Notifies the sender of the message that the error is about. */
  refused(error) {
    return this.requests.refused(error);
  }

  canvas(number, canvas) {
    const offscreen = canvas.transferControlToOffscreen();
    this.#post({ type: 'canvas', number, canvas: offscreen }, [offscreen]);
  }

  removeCanvas(number) { this.#post({ type: 'remove', number }); }
  watch(watch) { this.#post({ type: 'watch', watch }); }
  expectPictures(pictures) { this.#post({ type: 'expect', pictures }); }
  reopen() { this.#post({ type: 'reopen' }); }
  stop() { this.#post({ type: 'stop' }); }

  #post(message, transfer = []) {
    this.worker.postMessage(message, transfer);
  }
}
