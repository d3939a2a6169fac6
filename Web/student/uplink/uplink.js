// The page's side of the uplink worker: passes it the camera, and receives its messages. No media is processed here if
// the browser can pass the track's frames directly to the worker.

import { Requests } from '../../shared/requests.js';
import { socketAddress } from '../../shared/wire.js';
import { MEDIA } from './media.js';
import { Recorder, recorderSupported } from './recorder.js';

/** Events: connection {state, reason}, camera {state}, message {message}, trouble {trouble: {code?, media?} | null}, media {media}. */
export class Uplink extends EventTarget {
  /** only: a name in MEDIA restricts the page to that media type. */
  constructor(video, only) {
    super();
    this.video = video;
    this.order = MEDIA[only] ? [MEDIA[only]] : Object.values(MEDIA);
    this.requests = new Requests();
    this.worker = new Worker(new URL('./uplink-worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }) => this.#received(data);
    this.worker.onerror = event => { console.error('uplink worker', event.message); this.#emit('trouble', { trouble: {} }); };
    this.recorder = new Recorder({
      chunk: ({ bytes, first }) => this.worker.postMessage({ type: 'chunk', bytes, first }, [bytes]),
      failed: () => this.worker.postMessage({ type: 'recorder-failed' }),
    });
    addEventListener('online', () => this.worker.postMessage({ type: 'online' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.worker.postMessage({ type: 'nudge' });
    });
  }

  start(code, token) {
    this.worker.postMessage({
      type: 'start', address: socketAddress(code), token, order: this.order, page: { recorder: recorderSupported() },
    });
  }

  /** A live camera track, or null. */
  setStream(stream) {
    this.stream = stream;
    const track = stream?.getVideoTracks()[0];
    if (!track) this.worker.postMessage({ type: 'source', kind: null });
    else if ('MediaStreamTrackProcessor' in window) {
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.worker.postMessage({ type: 'source', kind: 'stream', readable }, [readable]);
    } else {
      this.lastTime = -1;
      this.worker.postMessage({ type: 'source', kind: 'ticks' });
    }
    if (this.recording) this.recorder.start(stream);
  }

  /** Sent now and again after every reconnect. */
  tell(message) {
    this.worker.postMessage({ type: 'sticky', message });
  }

  /** True if it was sent. refused(error): the server did not accept it. */
  send(message, refused = null) {
    if (!this.connected) return false;
    this.worker.postMessage({ type: 'send', message: refused ? this.requests.numbered(message, refused) : message });
    return true;
  }

  /** Notifies the sender of the message that the error is about; true if the person has been told. */
  refused(error) {
    return this.requests.refused(error);
  }

  /** The worker keeps it until it has certainly arrived. */
  raiseHand(up) {
    this.worker.postMessage({ type: 'hand', up });
  }

  reopen() {
    this.worker.postMessage({ type: 'reopen' });
  }

  stop() {
    this.recorder.stop();
    this.worker.postMessage({ type: 'stop' });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #received(data) {
    switch (data.type) {
      case 'tick': return this.#frame(data.wanted);
      case 'recorder':
        this.recording = data.run;
        return data.run ? this.recorder.start(this.stream) : this.recorder.stop();
      case 'recorder-pace': return this.recorder.pace(data.pause);
      case 'connection':
        this.connected = data.state === 'open';
        return this.#emit('connection', data);
      default: return this.#emit(data.type, data);
    }
  }

  /** Browsers without a track processor: the worker's timer asks, the page answers with the newest picture. */
  #frame(wanted) {
    const { video } = this;
    if (video.readyState < 2 || video.currentTime === this.lastTime) return;
    this.lastTime = video.currentTime;
    if (!wanted) return this.worker.postMessage({ type: 'frame', frame: null });
    if ('VideoFrame' in window) {
      const frame = new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) });
      return this.worker.postMessage({ type: 'frame', frame }, [frame]);
    }
    createImageBitmap(video).then(frame => this.worker.postMessage({ type: 'frame', frame }, [frame]), () => {});
  }
}
