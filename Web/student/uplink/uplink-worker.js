// The student's uplink: socket, encoder and watchdogs in one worker. The page only displays and asks.
//
//   camera -> FrameSource -> [window open?] -> encoder -> header -> socket          (VP8, JPEG)
//   camera -> MediaRecorder on the page -> chunk -> header -> socket                (webm)

import { ReconnectingSocket } from '../../shared/socket.js';
import { nowMicroseconds, uplinkMessage } from '../../shared/wire.js';
import { makeEncoder, supports } from './encoders.js';
import { FrameSource } from './frame-source.js';
import { MEDIA } from './media.js';
import { ABOUT_PICTURES, MediaChoice } from './media-choice.js';
import { PendingHand } from './pending-hand.js';
import { SendWindow } from './send-window.js';

const KEY_FRAME_EVERY = 5000;
const ONCE_MORE = 1000;
const FROM_THE_START = 30000; // after every encoding failed: the problem may have been the server's, and be over
const TOO_LARGE = 1009;
const tell = (message, transfer = []) => postMessage(message, transfer);

const sendWindow = new SendWindow();
const sticky = new Map(); // the newest status, sent again after every reconnect
const hand = new PendingHand(sendWindow, message => socket?.send(message));
let socket;
let choice = null;
let trouble = null;   // {code?, media?}: no encoding works, and why the last one failed
let retry = null;
let welcome = false;  // since the last hello
let met = false;      // welcomed on this connection before
let encoder = null;
let encoderFailures = 0;
let keyWanted = true;
let lastKey = 0;

const frames = new FrameSource({
  want: () => socket?.state === 'open' && encoder !== null && !encoder.busy && sendWindow.admits(socket.backlog),
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
  sendWindow.enters();
  try {
    encoder.encode(frame, key, captured);
  } catch (error) {
    frame.close();
    encoderFailed(error);
  }
}

function transmit({ key, layer = 0, captured, length, write }) {
  if (socket?.state !== 'open') return;
  const { bytes, payload } = uplinkMessage({ key, layer, captured, length, sequence: sendWindow.next() });
  write(payload);
  socket.send(bytes);
}

function stopEncoder() {
  encoder?.close();
  encoder = null;
  tell({ type: 'recorder', run: false });
}

/** A new encoder for the current media: at every connection, at "restart", after a failure. */
function renewEncoder() {
  stopEncoder();
  keyWanted = true;
  sendWindow.forgetEncoding();
  if (choice.current === MEDIA.webm) return tell({ type: 'recorder', run: true });
  try {
    const made = makeEncoder(
      choice.current,
      output => {
        if (encoder !== made) return;
        sendWindow.leaves();
        transmit(output);
      },
      error => { if (encoder === made) encoderFailed(error); });
    encoder = made;
  } catch (error) {
    encoderFailed(error);
  }
}

/** One failure may be an accident; after the second this encoding counts as not working here. */
function encoderFailed(error) {
  console.warn('encoder failed', error);
  encoderFailures += 1;
  if (encoderFailures >= 2) nextMedia();
  else renewEncoder();
}

/** This encoding does not work, according to the server (refusal) or the browser. If no other is left the person is told. */
function nextMedia(refusal = {}) {
  encoderFailures = 0;
  stopEncoder();
  const media = choice.current;
  if (choice.next()) return greet();
  inTrouble({ code: refusal.code, media });
  clearTimeout(retry);
  retry = setTimeout(fromTheStart, FROM_THE_START);
}

function fromTheStart() {
  clearTimeout(retry);
  choice.again();
  greet();
}

function inTrouble(what) {
  trouble = what;
  tell({ type: 'trouble', trouble });
}

/** One refusal may be an accident, and is not shown. */
function refused(error) {
  console.warn('the server refuses pictures:', error.code, error.detail);
  const answersHello = error.code === 'unsupported_media' || error.code === 'pipeline_failed';
  if (!welcome && !answersHello) return; // it refers to something sent before the hello
  if (choice.refused(error.code, performance.now())) return nextMedia(error);
  if (welcome) return;
  clearTimeout(retry);
  retry = setTimeout(greet, ONCE_MORE);
}

function greet() {
  welcome = false;
  if (!socket.sendNow({ type: 'hello', media: choice.current })) return;
  tell({ type: 'media', media: choice.current });
}

function connect(address, token) {
  socket = new ReconnectingSocket(address, token, {
    opened: () => (trouble ? fromTheStart() : greet()),
    // Smaller ones, if another encoding makes them.
    refused: code => { if (code === TOO_LARGE && !choice.next()) choice.again(); },
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
      choice.expected(performance.now());
      return restart();
    case 'hand':
      message = hand.received(message);
      if (!message) return;
      break;
    case 'error':
      if (ABOUT_PICTURES.includes(message.code)) return refused(message);
  }
  tell({ type: 'message', message });
}

function acknowledged(sequence) {
  sendWindow.acknowledged(sequence);
  hand.acknowledged(sequence);
  if (choice.acknowledged(performance.now()) && trouble) inTrouble(null);
  if (choice.current === MEDIA.webm) paceRecorder();
}

function welcomed(window) {
  welcome = true;
  if (!trouble) clearTimeout(retry); // the hello arrived
  choice.expected(performance.now());
  sendWindow.restart(window > 0 ? window : 4);
  if (!met) {
    for (const message of sticky.values()) socket.send(message);
    hand.welcomed();
  }
  met = true;
  renewEncoder();
}

function restart() {
  sendWindow.restart(sendWindow.window);
  renewEncoder();
}

// The recorder cannot drop frames before it encodes: it pauses instead while the window is closed.
let recorderPaused = false;
function paceRecorder() {
  const pause = sendWindow.waiting.length >= sendWindow.window * 2;
  if (pause === recorderPaused || (recorderPaused && sendWindow.waiting.length >= sendWindow.window)) return;
  recorderPaused = pause;
  tell({ type: 'recorder-pace', pause });
}

function chunk({ bytes, first }) {
  frames.cameraDelivered();
  if (choice.current !== MEDIA.webm || socket?.state !== 'open') return;
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
    if (type === MEDIA.webm ? page.recorder : await supports(type)) media.push(type);
  }
  if (media.length === 0) {
    inTrouble({});
    media.push(MEDIA.vp8); // the person can still join, be told, and write
  }
  choice = new MediaChoice(media);
  connect(address, token);
}

setInterval(() => {
  if (socket?.state === 'open' && sendWindow.frozen) socket.renew();
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
    case 'send': return socket?.send(data.message);
    case 'online': return socket?.renew();
    case 'nudge': return socket?.nudge();
    case 'reopen': return socket?.reopen();
  }
};
