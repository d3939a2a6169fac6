// Wire contract, version 1: the binary headers and the addresses. Nothing here touches the page, so workers use it too.

const PROTOCOL = 'exam-monitoring.v1';
const VERSION = 1;
const HEADER_BYTES = 16;
const KEY_FRAME = 1;
const LAYER_SHIFT = 1;

/** Microseconds since the Unix epoch, finer than Date.now(). */
export function nowMicroseconds() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/**
 * One upload message: header, then space for `length` bytes of payload that the caller fills in. One allocation per
 * frame: the encoder copies straight after the header.
 */
export function uplinkMessage({ key, layer, sequence, captured, length }) {
  const bytes = new Uint8Array(HEADER_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, (key ? KEY_FRAME : 0) | (layer << LAYER_SHIFT));
  view.setUint32(4, sequence >>> 0);
  view.setBigInt64(8, BigInt(captured));
  return { bytes, payload: bytes.subarray(HEADER_BYTES) };
}

/** A picture for a teacher, or null if the message is not one we understand. */
export function parsePicture(buffer) {
  if (buffer.byteLength <= HEADER_BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) return null;
  return {
    view: view.getUint8(1) === 1 ? 'focus' : 'tile',
    number: view.getUint32(4),
    captured: Number(view.getBigInt64(8)),
    jpeg: new Uint8Array(buffer, HEADER_BYTES),
  };
}

/** The base of the server's pages; behind a proxy this may be a folder of a larger site. Ends in a slash. */
export const ROOT = new URL('../', import.meta.url);

/** The URL of a path as the server names it: "/api/…". */
export const addressOf = path => new URL(`.${path}`, ROOT).href;

export function socketAddress(code) {
  return addressOf(`/api/sessions/${encodeURIComponent(code)}/socket`).replace(/^http/, 'ws');
}

/** The token is passed as a subprotocol: addresses may end up in a log. */
export const socketProtocols = token => [PROTOCOL, `token.${token}`];

/** The six digits from whatever was typed: "123 456", "123-456", a whole link. Null if there are not six. */
export function readCode(text) {
  const link = /[?&]code=(\d{6})\b/.exec(text);
  if (link) return link[1];
  const digits = text.replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}
