// Frame in, encoded bytes out. Both encoders have the same interface:
//   busy            true: offer nothing now, the frame would only wait
//   encode(frame, key, captured)   takes ownership of the frame and closes it
//   close()
// and report through emit({key, layer?, captured, length, write(bytes)}) and failed(error).

import { MEDIA } from './media.js';

/** The codecs that the browser encodes, by the media type of their frames. */
const CODECS = { [MEDIA.vp8]: 'vp8' };

const BITRATE = 300000;
const FRAMERATE = 10;
const WIDTH = 480; // libvpx starts two threads from 640x480 up: stay below
const HEIGHT = 360;

/** Scales the frame to the area of 480x360, keeping its aspect ratio (a phone may be held upright), with even sides. */
function encodeSize(frame) {
  const [width, height] = [frame.displayWidth ?? frame.width, frame.displayHeight ?? frame.height];
  const scale = Math.min(1, Math.sqrt((WIDTH * HEIGHT) / (width * height)));
  const even = side => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

// With temporal layers the server need not decode every picture: no frame of a lower layer refers to one of a higher.
// Not every browser supports them; without them all frames are of layer 0.
const LAYERS = { scalabilityMode: 'L1T3' };
const layers = {}; // by codec

function config(codec, { width, height }) {
  return { codec, width, height, bitrate: BITRATE, framerate: FRAMERATE, latencyMode: 'realtime', ...layers[codec] };
}

async function supportsCodec(codec) {
  if (!('VideoEncoder' in self && 'VideoFrame' in self)) return false;
  const plain = { width: WIDTH, height: HEIGHT };
  const ask = async more => (await VideoEncoder.isConfigSupported({ ...config(codec, plain), ...more }).catch(() => null)) ?? {};
  const answer = await ask(LAYERS);
  // A browser that does not know the setting says yes, and omits it from the resulting configuration.
  if (answer.supported && answer.config?.scalabilityMode) layers[codec] = LAYERS;
  return answer.supported === true || (await ask({})).supported === true;
}

export async function supports(media) {
  try {
    if (CODECS[media]) return await supportsCodec(CODECS[media]);
    if (media === MEDIA.jpeg) {
      const canvas = new OffscreenCanvas(16, 16);
      canvas.getContext('2d').fillRect(0, 0, 16, 16);
      return (await canvas.convertToBlob({ type: 'image/jpeg' })).type === 'image/jpeg';
    }
  } catch { /* not here */ }
  return false;
}

/** null for a media type that is encoded elsewhere. */
export function makeEncoder(media, emit, failed) {
  if (CODECS[media]) return new CodecEncoder(CODECS[media], emit, failed);
  return media === MEDIA.jpeg ? new JpegEncoder(emit, failed) : null;
}

class CodecEncoder {
  constructor(codec, emit, failed) {
    Object.assign(this, { codec, emit });
    this.captured = new Map(); // frame timestamp -> capture time
    this.encoder = new VideoEncoder({ output: (chunk, metadata) => this.#output(chunk, metadata), error: failed });
  }

  get busy() {
    return this.encoder.encodeQueueSize > 0;
  }

  encode(frame, key, captured) {
    const { width, height } = encodeSize(frame);
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.encoder.configure(config(this.codec, this));
      key = true;
    }
    this.captured.set(frame.timestamp, captured);
    this.encoder.encode(frame, { keyFrame: key });
    frame.close();
  }

  close() {
    if (this.encoder.state !== 'closed') this.encoder.close();
  }

  #output(chunk, metadata) {
    const captured = this.captured.get(chunk.timestamp);
    this.captured.delete(chunk.timestamp);
    if (this.captured.size > 30) this.captured.clear(); // frames that the encoder dropped
    this.emit({
      key: chunk.type === 'key', layer: metadata?.svc?.temporalLayerId ?? 0,
      captured, length: chunk.byteLength, write: bytes => chunk.copyTo(bytes),
    });
  }
}

class JpegEncoder {
  constructor(emit, failed) {
    this.emit = emit;
    this.failed = failed;
    this.busy = false;
    this.canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    this.context = this.canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  }

  async encode(frame, _key, captured) {
    this.busy = true;
    try {
      const { width, height } = encodeSize(frame);
      if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
      this.context.drawImage(frame, 0, 0, width, height);
      frame.close();
      const blob = await this.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.7 });
      const jpeg = new Uint8Array(await blob.arrayBuffer());
      if (!this.closed) this.emit({ key: true, captured, length: jpeg.length, write: bytes => bytes.set(jpeg) });
    } catch (error) {
      frame.close();
      if (!this.closed) this.failed(error);
    } finally {
      this.busy = false;
    }
  }

  close() {
    this.closed = true;
  }
}
