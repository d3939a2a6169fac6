// Which way pictures are sent: the best first, and the next one when the server or this browser cannot do with it.

const TOGETHER = 10000; // milliseconds: refusals that lie further apart are accidents
const QUIET = 6000; // without a refusal for so long: the pictures are taken. While they are not, one comes every 3 s
const WEIGHT = { undecodable: 2, unsupported_media: Infinity }; // "undecodable" tells of three seconds
const LIMIT = 2;
const LIMIT_WHERE_IT_WORKED = 4;

/** Codes of errors that say why pictures are not taken. */
export const ABOUT_PICTURES = ['bad_frame', 'bad_stream', 'undecodable', 'unsupported_media', 'pipeline_failed'];

export class MediaChoice {
  /** media: what this browser can send, best first. */
  constructor(media) {
    this.media = media;
    this.again();
  }

  get current() {
    return this.media[this.index];
  }

  /** From the best one on. */
  again() {
    this.index = 0;
    this.#fresh();
  }

  /** False when there is no other one left. */
  next() {
    if (this.index + 1 >= this.media.length) return false;
    this.index += 1;
    this.#fresh();
    return true;
  }

  /** The server waits for pictures, anew: whether it takes them will show. */
  expected(now) {
    this.quietSince = now;
  }

  /** True when this way is of no use. */
  refused(code, now) {
    this.expected(now);
    this.refusals = this.refusals.filter(([at]) => now - at < TOGETHER);
    this.refusals.push([now, WEIGHT[code] ?? 1]);
    const weight = this.refusals.reduce((sum, [, one]) => sum + one, 0);
    return weight >= (this.worked ? LIMIT_WHERE_IT_WORKED : LIMIT);
  }

  /** The server has dealt with a picture. True when it takes them by now. */
  acknowledged(now) {
    if (now - this.quietSince > QUIET) this.worked = true;
    return this.worked && now - this.quietSince > QUIET;
  }

  #fresh() {
    this.refusals = []; // [when, weight]
    this.worked = false;
    this.quietSince = Infinity;
  }
}
