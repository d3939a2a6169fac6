// The page's side of the uplink worker: passes it the camera, and receives its messages. No media is processed here if
// the browser can pass the track's frames directly to the worker.

import { socketAddress } from '../../shared/wire.js';
import { WorkerLink } from '../../shared/worker-link.js';
import { MEDIA } from './media.js';
import { Recorder, recorderSupported } from './recorder.js';

/** Further events: camera {state}, trouble {trouble: {code?, media?} | null}, media {media}. */
export class Uplink extends WorkerLink {
  /** only: a name in MEDIA restricts the page to that media type. */
  constructor(video, only) {
    super(new URL('./uplink-worker.js', import.meta.url));
    this.video = video;
    this.order = MEDIA[only] ? [MEDIA[only]] : Object.values(MEDIA);
    this.worker.onerror = event => { console.error('uplink worker', event.message); this.emit('trouble', { trouble: {} }); };
    this.recorder = new Recorder({
      chunk: ({ bytes, first }) => this.post({ type: 'chunk', bytes, first }, [bytes]),
      failed: () => this.post({ type: 'recorder-failed' }),
    });
  }

  start(code, token) {
    this.post({
      type: 'start', address: socketAddress(code), token, order: this.order, page: { recorder: recorderSupported() },
    });
  }

  /** A live camera track, or null. */
  setStream(stream) {
    this.stream = stream;
    const track = stream?.getVideoTracks()[0];
    if (!track) this.post({ type: 'source', kind: null });
    else if ('MediaStreamTrackProcessor' in window) {
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.post({ type: 'source', kind: 'stream', readable }, [readable]);
    } else {
      this.lastTime = -1;
      this.post({ type: 'source', kind: 'ticks' });
    }
    if (this.recording) this.recorder.start(stream);
  }

  /** Sent now and again after every reconnect. */
  tell(message) {
    this.post({ type: 'sticky', message });
  }

  /** The worker keeps it until it has certainly arrived. */
  raiseHand(up) {
    this.post({ type: 'hand', up });
  }

  received(data) {
    switch (data.type) {
      case 'tick': return this.#frame(data.wanted);
      case 'recorder':
        this.recording = data.run;
        return data.run ? this.recorder.start(this.stream) : this.recorder.stop();
      case 'recorder-pace': return this.recorder.pace(data.pause);
      default: return super.received(data);
    }
  }

  /** Browsers without a track processor: the worker's timer asks, the page answers with the newest picture. */
  #frame(wanted) {
    const { video } = this;
    if (video.readyState < 2 || video.currentTime === this.lastTime) return;
    this.lastTime = video.currentTime;
    if (!wanted) return this.post({ type: 'frame', frame: null });
    if ('VideoFrame' in window) {
      const frame = new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) });
      return this.post({ type: 'frame', frame }, [frame]);
    }
    createImageBitmap(video).then(frame => this.post({ type: 'frame', frame }, [frame]), () => {});
  }
}
