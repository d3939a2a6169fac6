// The camera, and its state in one word:
//   off | asking | live | stalled | denied | missing | busy | insecure | unplugged | revoked | failed
// It recovers by itself when a camera is plugged in or the permission is granted again.

import { programOf } from './camera-programs.js';

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 10, max: 30 } };
const COMES_BACK_WITH_DEVICE = ['missing', 'unplugged', 'busy', 'failed'];
const COMES_BACK_WITH_PERMISSION = ['denied', 'revoked'];

/** The state as reported to the server, which knows four. "off" and "asking" are temporary and not reported. */
export const WIRE_STATE = {
  live: 'live', stalled: 'stalled', denied: 'denied', revoked: 'denied', insecure: 'denied',
  missing: 'ended', busy: 'ended', unplugged: 'ended', failed: 'ended',
};

export class Camera extends EventTarget {
  constructor() {
    super();
    this.state = 'off';
    this.stream = null;
    this.deviceId = null;
    navigator.mediaDevices?.addEventListener('devicechange', () => {
      this.dispatchEvent(new Event('devices'));
      if (COMES_BACK_WITH_DEVICE.includes(this.state)) this.start();
    });
    this.#watchPermission();
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** The program that makes the picture, as the server calls it; "none" if it is none that we know. The label itself stays here. */
  get program() {
    return programOf(this.track?.label ?? '');
  }

  async start(deviceId = this.deviceId) {
    if (!navigator.mediaDevices?.getUserMedia) return this.#become('insecure');
    this.deviceId = deviceId;
    this.#release();
    const attempt = this.attempt = Symbol('attempt');
    this.#become('asking');
    try {
      const video = deviceId ? { ...WANTED, deviceId: { ideal: deviceId } } : { ...WANTED, facingMode: 'user' };
      const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      if (attempt !== this.attempt) return stream.getTracks().forEach(track => track.stop());
      this.stream = stream;
      this.#follow(this.track);
      this.#become('live');
    } catch (error) {
      if (attempt === this.attempt) this.#become(reasonOf(error));
    }
  }

  /** From the frame watchdog: frames stopped coming, or come again. */
  reported(state) {
    if (state === 'stalled' && this.state === 'live') this.#become('stalled');
    if (state === 'live' && this.state === 'stalled') this.#become('live');
  }

  stop() {
    this.attempt = null;
    this.#release();
    this.#become('off');
  }

  async devices() {
    const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? [];
    return all.filter(device => device.kind === 'videoinput' && device.deviceId);
  }

  #follow(track) {
    track.addEventListener('ended', async () => {
      if (track !== this.track) return;
      const permission = await permissionState();
      if (track !== this.track) return;
      this.#release();
      this.#become(permission === 'denied' || permission === 'prompt' ? 'revoked' : 'unplugged');
    });
  }

  #release() {
    const stream = this.stream;
    this.stream = null;
    stream?.getTracks().forEach(track => track.stop());
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }

  async #watchPermission() {
    try {
      this.permission = await navigator.permissions.query({ name: 'camera' });
      this.permission.addEventListener('change', () => {
        if (this.permission.state === 'granted' && COMES_BACK_WITH_PERMISSION.includes(this.state)) this.start();
      });
    } catch { /* this browser does not tell; "Try the camera again" remains */ }
  }
}

async function permissionState() {
  try {
    return (await navigator.permissions.query({ name: 'camera' })).state;
  } catch {
    return 'unknown';
  }
}

function reasonOf(error) {
  switch (error.name) {
    case 'NotAllowedError': case 'SecurityError': return 'denied';
    case 'NotFoundError': case 'OverconstrainedError': return 'missing';
    case 'NotReadableError': case 'AbortError': return 'busy';
    default: return 'failed';
  }
}
