// The student's uplink: socket, encoder and watchdogs in one worker. The page only shows and asks.
//
//   camera -> FrameSource -> [window open?] -> encoder -> header -> socket          (VP8, JPEG)
//   camera -> MediaRecorder on the page -> chunk -> header -> socket                (webm)

import { ReconnectingSocket } from '../../shared/socket.js';
import { nowMicroseconds, uplinkMessage } from '../../shared/wire.js';
import { JpegEncoder, supports, Vp8Encoder } from './encoders.js';
import { Flow } from './flow.js';
import { FrameSource } from './frames.js';
import { HandWord } from './hand-word.js';
import { ABOUT_PICTURES, Ways } from './ways.js';

const KEY_FRAME_EVERY = 5000;
const WEBM = 'video/webm;codecs=vp8';
const ONCE_MORE = 1000;
const FROM_THE_START = 30000; // after no way worked: the trouble may have been the server's, and be over
const TOO_LARGE = 1009;
const tell = (message, transfer = []) => postMessage(message, transfer);

const flow = new Flow();
const sticky = new Map(); // the newest status, told again after every reconnect
const hand = new HandWord(flow, message => socket?.send(message));
let socket;
let ways = null;
let trouble = null;   // {code?, detail?}: no way works, and why the last one did not
let retry = null;
let welcome = false;  // since the last hello
let met = false;      // welcomed on this connection before
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

function stopEncoder() {
  encoder?.close();
  encoder = null;
  tell({ type: 'recorder', run: false });
}

/** A fresh encoder for the current media: at every connection, at "restart", after a failure. */
function renewEncoder() {
  stopEncoder();
  keyWanted = true;
  flow.forgetEncoding();
  if (ways.current === WEBM) return tell({ type: 'recorder', run: true });
  const Kind = { 'video/x-vp8': Vp8Encoder, 'image/jpeg': JpegEncoder }[ways.current];
  if (!Kind) return;
  try {
    const made = new Kind(
      output => {
        if (encoder !== made) return;
        flow.leaves();
        transmit(output);
      },
      error => { if (encoder === made) encoderFailed(error); });
    encoder = made;
  } catch (error) {
    encoderFailed(error);
  }
}

/** One failure may be an accident; the second means this way does not work here. */
function encoderFailed(error) {
  console.warn('encoder failed', error);
  encoderFailures += 1;
  if (encoderFailures >= 2) nextMedia();
  else renewEncoder();
}

/** This way does not work, as the server says (refusal) or the browser. Where no other is left the person is told. */
function nextMedia(refusal = {}) {
  encoderFailures = 0;
  stopEncoder();
  if (ways.next()) return greet();
  inTrouble({ code: refusal.code, detail: refusal.detail });
  clearTimeout(retry);
  retry = setTimeout(fromTheStart, FROM_THE_START);
}

function fromTheStart() {
  clearTimeout(retry);
  ways.again();
  greet();
}

function inTrouble(what) {
  trouble = what;
  tell({ type: 'trouble', trouble });
}

/** One refusal may be an accident, and is told to nobody. */
function refused(error) {
  console.warn('the server refuses pictures:', error.code, error.detail);
  const answersHello = error.code === 'unsupported_media' || error.code === 'pipeline_failed';
  if (!welcome && !answersHello) return; // it is about what was sent before the hello
  if (ways.refused(error.code, performance.now())) return nextMedia(error);
  if (welcome) return;
  clearTimeout(retry);
  retry = setTimeout(greet, ONCE_MORE);
}

function greet() {
  welcome = false;
  if (!socket.sendNow({ type: 'hello', media: ways.current })) return;
  tell({ type: 'media', media: ways.current });
}

function connect(address, token) {
  socket = new ReconnectingSocket(address, token, {
    opened: () => (trouble ? fromTheStart() : greet()),
    // Smaller ones, if another way makes them.
    refused: code => { if (code === TOO_LARGE && !ways.next()) ways.again(); },
    state: (state, reason, detail) => {
      if (state !== 'open') {
        hand.lost();
        stopEncoder();
        clearTimeout(retry);
        if (welcome && trouble) inTrouble(null); // now the network is the trouble
        welcome = met = false;
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
    case 'restart':
      ways.expected(performance.now());
      return restart();
    case 'hand':
      message = hand.heard(message);
      if (!message) return;
      break;
    case 'error':
      if (ABOUT_PICTURES.includes(message.code)) return refused(message);
  }
  tell({ type: 'message', message });
}

function acknowledged(sequence) {
  flow.acknowledged(sequence);
  hand.acknowledged(sequence);
  if (ways.acknowledged(performance.now()) && trouble) inTrouble(null);
  if (ways.current === WEBM) paceRecorder();
}

function welcomed(window) {
  welcome = true;
  if (!trouble) clearTimeout(retry); // the hello was heard
  ways.expected(performance.now());
  flow.restart(window > 0 ? window : 4);
  if (!met) {
    for (const message of sticky.values()) socket.send(message);
    hand.welcomed();
  }
  met = true;
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
  if (ways.current !== WEBM || socket?.state !== 'open') return;
  if (first) recorderPaused = false;
  transmit({ key: first, captured: nowMicroseconds(), length: bytes.byteLength, write: room => room.set(new Uint8Array(bytes)) });
  paceRecorder();
}

function source({ kind, readable }) {
  keyWanted = true;
  if (kind && trouble && socket?.state === 'open') fromTheStart(); // perhaps another camera
  if (kind === 'stream') frames.fromStream(readable);
  else if (kind === 'ticks') frames.fromTicks();
  else frames.stop();
}

async function start({ address, token, order, page }) {
  const media = [];
  for (const type of order) {
    if (type === WEBM ? page.recorder : await supports(type)) media.push(type);
  }
  if (media.length === 0) {
    inTrouble({});
    media.push('video/x-vp8'); // the person can still join, be told, and write
  }
  ways = new Ways(media);
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
