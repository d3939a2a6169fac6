// The student's uplink: socket, encoder and watchdogs in one worker. The page only shows and asks.
//
//   camera -> FrameSource -> [window open?] -> encoder -> header -> socket          (VP8, JPEG)
//   camera -> MediaRecorder on the page -> chunk -> header -> socket                (webm)

import { ReconnectingSocket } from '../shared/socket.js';
import { nowMicroseconds, uplinkMessage } from '../shared/wire.js';
import { JpegEncoder, supports, Vp8Encoder } from './encoders.js';
import { Flow } from './flow.js';
import { FrameSource } from './frames.js';
import { HandWord } from './hand-word.js';

const KEY_FRAME_EVERY = 5000;
const WEBM = 'video/webm;codecs=vp8';
const tell = (message, transfer = []) => postMessage(message, transfer);

const flow = new Flow();
const sticky = new Map(); // the newest status, told again after every reconnect
const hand = new HandWord(flow, message => socket?.send(message));
let socket;
let media = [];       // what is left to try, best first
let encoder = null;
let encoderFailures = 0;
let keyWanted = true;
let lastKey = 0;

const frames = new FrameSource({
  want: () => socket?.state === 'open' && encoder !== null && !encoder.busy && flow.admits(socket.backlog),
  frame: frame => encode(frame),
  camera: state => tell({ type: 'camera', state }),
  tick: wanted => tell({ type: 'tick', wanted }),
});

function encode(frame) {
  const captured = nowMicroseconds();
  const key = keyWanted || performance.now() - lastKey > KEY_FRAME_EVERY;
  if (key) {
    keyWanted = false;
    lastKey = performance.now();
  }
  flow.enters();
  try {
    encoder.encode(frame, key, captured);
  } catch (error) {
    frame.close();
    encoderFailed(error);
  }
}

function transmit({ key, layer = 0, captured, length, write }) {
  if (socket?.state !== 'open') return;
  const { bytes, payload } = uplinkMessage({ key, layer, captured, length, sequence: flow.next() });
  write(payload);
  socket.send(bytes);
}

/** A fresh encoder for the current media: at every connection, at "restart", after a failure. */
function renewEncoder() {
  encoder?.close();
  encoder = null;
  keyWanted = true;
  flow.forgetEncoding();
  if (media[0] === WEBM) return tell({ type: 'recorder', run: true });
  tell({ type: 'recorder', run: false });
  const Kind = { 'video/x-vp8': Vp8Encoder, 'image/jpeg': JpegEncoder }[media[0]];
  if (!Kind) return;
  const made = new Kind(
    output => {
      if (encoder !== made) return;
      flow.leaves();
      transmit(output);
    },
    error => { if (encoder === made) encoderFailed(error); });
  encoder = made;
}

/** One failure may be an accident; the second means this way does not work here. */
function encoderFailed(error) {
  console.warn('encoder failed', error);
  encoderFailures += 1;
  if (encoderFailures >= 2) nextMedia();
  else renewEncoder();
}

function nextMedia() {
  encoderFailures = 0;
  if (media.length <= 1) {
    encoder?.close();
    encoder = null;
    return tell({ type: 'unsupported' });
  }
  media.shift();
  greet();
  renewEncoder();
}

function greet() {
  socket.sendNow({ type: 'hello', media: media[0] });
  tell({ type: 'media', media: media[0] });
}

function connect(address, token) {
  socket = new ReconnectingSocket(address, token, {
    opened: greet,
    state: (state, reason, detail) => {
      if (state !== 'open') {
        hand.lost();
        encoder?.close();
        encoder = null;
        tell({ type: 'recorder', run: false });
      }
      tell({ type: 'connection', state, reason, detail });
    },
    text: received,
  });
  socket.start();
}

function received(message) {
  switch (message.type) {
    case 'ack': return acknowledged(message.seq);
    case 'welcome': return welcomed(message.window);
    case 'keyframe': keyWanted = true; return;
    case 'restart': return restart();
    case 'hand':
      message = hand.heard(message);
      if (!message) return;
      break;
    case 'error':
      if (message.code === 'unsupported_media') return nextMedia();
  }
  tell({ type: 'message', message });
}

function acknowledged(sequence) {
  flow.acknowledged(sequence);
  hand.acknowledged(sequence);
  if (media[0] === WEBM) paceRecorder();
}

function welcomed(window) {
  flow.restart(window > 0 ? window : 4);
  for (const message of sticky.values()) socket.send(message);
  hand.welcomed();
  renewEncoder();
}

function restart() {
  flow.restart(flow.window);
  renewEncoder();
}

// The recorder cannot drop before it encodes: it pauses instead while the window is shut.
let recorderPaused = false;
function paceRecorder() {
  const pause = flow.waiting.length >= flow.window * 2;
  if (pause === recorderPaused || (recorderPaused && flow.waiting.length >= flow.window)) return;
  recorderPaused = pause;
  tell({ type: 'recorder-pace', pause });
}

function chunk({ bytes, first }) {
  frames.alivenessFromElsewhere();
  if (media[0] !== WEBM || socket?.state !== 'open') return;
  if (first) recorderPaused = false;
  transmit({ key: first, captured: nowMicroseconds(), length: bytes.byteLength, write: room => room.set(new Uint8Array(bytes)) });
  paceRecorder();
}

function source({ kind, readable }) {
  keyWanted = true;
  if (kind === 'stream') frames.fromStream(readable);
  else if (kind === 'ticks') frames.fromTicks();
  else frames.stop();
}

async function start({ address, token, order, page }) {
  media = [];
  for (const type of order) {
    if (type === WEBM ? page.recorder : await supports(type)) media.push(type);
  }
  if (media.length === 0) {
    tell({ type: 'unsupported' });
    media = ['video/x-vp8']; // the person can still join, be told, and write
  }
  connect(address, token);
}

setInterval(() => {
  if (socket?.state === 'open' && flow.frozen) socket.renew();
}, 500);

onmessage = ({ data }) => {
  switch (data.type) {
    case 'start': return start(data);
    case 'source': return source(data);
    case 'frame': return frames.offered(data.frame);
    case 'chunk': return chunk(data);
    case 'recorder-failed': return nextMedia();
    case 'sticky':
      sticky.set(data.message.type, data.message);
      return socket?.send(data.message);
    case 'hand': return hand.say(data.up);
    case 'send':
      return tell({ type: 'sent', id: data.id, ok: socket?.send(data.message) === true });
    case 'online': return socket?.renew();
    case 'nudge': return socket?.nudge();
    case 'reopen': return socket?.reopen();
    case 'stop':
      socket?.close('left');
      return frames.stop();
  }
};
