// The teacher's one socket and all tiles, in a worker: pictures go from the wire to the canvas without the page. Only
// the newest picture per student waits; each is acknowledged once it is drawn or superseded, and this credit tells the
// server how fast this teacher is.

import { ReconnectingSocket } from '../../shared/socket.js';
import { parsePicture } from '../../shared/wire.js';

const ACK_DELAY = 20;
const tiles = new Map(); // number -> Tile
let socket;
let watch = { type: 'watch', view: 'tile', students: 'all', fps: 5 };
let credit = 8;
let handled = 0;
let connection = 0; // pictures of an earlier connection give no credit in this one
let ackTimer = null;
let picturesExpected = false;

const tell = message => postMessage(message);

async function decode(jpeg) {
  if ('ImageDecoder' in self) {
    const decoder = new ImageDecoder({ data: jpeg, type: 'image/jpeg' });
    try {
      return (await decoder.decode()).image;
    } finally {
      decoder.close();
    }
  }
  return createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
}

class Tile {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.waiting = null;
    this.drawing = false;
  }

  offer(jpeg) {
    if (this.waiting) done(this.waiting.connection); // superseded, never shown
    this.waiting = { jpeg, connection };
    if (!this.drawing) this.#draw();
  }

  drop() {
    if (this.waiting) done(this.waiting.connection);
    this.waiting = null;
  }

  async #draw() {
    this.drawing = true;
    while (this.waiting) {
      const { jpeg, connection: from } = this.waiting;
      this.waiting = null;
      try {
        const image = await decode(jpeg);
        const width = image.displayWidth ?? image.width;
        const height = image.displayHeight ?? image.height;
        if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
        this.context.drawImage(image, 0, 0);
        image.close();
      } catch { /* one broken picture; the next one comes */ }
      done(from);
    }
    this.drawing = false;
  }
}

/** One picture was handled. Acknowledged in small batches, at the latest when a quarter of the credit is used. */
function done(from) {
  if (from !== connection) return;
  handled += 1;
  if (handled >= Math.max(1, credit >> 2)) acknowledge();
  else ackTimer ??= setTimeout(acknowledge, ACK_DELAY);
}

function acknowledge() {
  clearTimeout(ackTimer);
  ackTimer = null;
  if (handled > 0) socket.send({ type: 'ack', frames: handled });
  handled = 0;
}

function picture(buffer) {
  const parsed = parsePicture(buffer);
  const tile = parsed?.view === 'tile' ? tiles.get(parsed.number) : null;
  if (tile) tile.offer(parsed.jpeg);
  else done(connection);
}

function connect({ address, token }) {
  socket = new ReconnectingSocket(address, token, {
    opened: () => {},
    state: (state, reason, detail) => {
      if (state !== 'open') handled = 0; // the credit of the old connection is void
      tell({ type: 'connection', state, reason, detail });
    },
    text: message => {
      if (message.type === 'welcome') {
        credit = message.credit > 0 ? message.credit : 8;
        handled = 0;
        connection += 1;
        for (const tile of tiles.values()) tile.waiting = null;
        socket.send(watch);
      }
      tell({ type: 'message', message });
    },
    binary: picture,
    silenceIsDeath: () => picturesExpected,
  });
  socket.start();
}

onmessage = ({ data }) => {
  switch (data.type) {
    case 'start': return connect(data);
    case 'canvas': return tiles.set(data.number, new Tile(data.canvas));
    case 'remove':
      tiles.get(data.number)?.drop();
      return tiles.delete(data.number);
    case 'watch':
      watch = { type: 'watch', ...data.watch };
      return socket?.send(watch);
    case 'expect':
      picturesExpected = data.pictures;
      return;
    case 'send': return socket?.send(data.message);
    case 'online': return socket?.renew();
    case 'nudge': return socket?.nudge();
    case 'reopen': return socket?.reopen();
  }
};
