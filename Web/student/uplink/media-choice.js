// Which encoding is used for pictures: the best first, then the next one if the server or this browser cannot handle it.

const TOGETHER = 10000; // milliseconds: refusals further apart than this are accidents
const QUIET = 6000; // without a refusal for this long, the pictures are accepted. Otherwise one comes every 3 s
const WEIGHT = { undecodable: 2, unsupported_media: Infinity }; // "undecodable" covers three seconds
const LIMIT = 2;
const LIMIT_WHERE_IT_WORKED = 4;

/** Codes of errors that say why pictures are refused. */
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

  /** Starts again with the best one. */
  again() {
    this.index = 0;
    this.#fresh();
  }

  /** False if there is no other one left. */
  next() {
    if (this.index + 1 >= this.media.length) return false;
    this.index += 1;
    this.#fresh();
    return true;
  }

  /** The server expects pictures from now on: whether it accepts them will show. */
  expected(now) {
    this.quietSince = now;
  }

  /** True if this encoding does not work. */
  refused(code, now) {
    this.expected(now);
    this.refusals = this.refusals.filter(([at]) => now - at < TOGETHER);
    this.refusals.push([now, WEIGHT[code] ?? 1]);
    const weight = this.refusals.reduce((sum, [, one]) => sum + one, 0);
    return weight >= (this.worked ? LIMIT_WHERE_IT_WORKED : LIMIT);
  }

  /** The server has processed a picture. True if it accepts them by now. */
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
