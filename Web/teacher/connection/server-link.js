// The page's side of the wall worker, and the canvases it draws on.

import { socketAddress } from '../../shared/wire.js';
import { WorkerLink } from '../../shared/worker-link.js';

export class ServerLink extends WorkerLink {
  constructor() {
    super(new URL('./wall-worker.js', import.meta.url));
  }

  start(code, token) {
    this.post({ type: 'start', address: socketAddress(code), token });
  }

  canvas(number, canvas) {
    const offscreen = canvas.transferControlToOffscreen();
    this.post({ type: 'canvas', number, canvas: offscreen }, [offscreen]);
  }

  removeCanvas(number) { this.post({ type: 'remove', number }); }
  watch(watch) { this.post({ type: 'watch', watch }); }
  expectPictures(pictures) { this.post({ type: 'expect', pictures }); }
}
