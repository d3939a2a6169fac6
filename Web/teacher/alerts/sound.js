// A short tone for an alert, if a teacher wants one. Two severities, two clearly different calm tones; none for hints.
// Browsers let a page play sounds only after a user gesture.

import { $, setHidden } from '../../shared/dom.js';
import { preference } from '../panels/preferences.js';
import { isHint } from './kinds.js';

const APART = 3000; // milliseconds from one sound to the next
const LENGTH = 0.18; // seconds of a tone
const LOUDNESS = 0.16;
const TONES = { high: [[659, 0], [880, 0.17]], medium: [[392, 0]] }; // hertz, seconds after the first

const toneOf = alert => (alert.severity === 'high' ? 'high' : 'medium');
const isOn = tone => preference(`sound.${tone}`);

export class Sounds {
  constructor(alerts) {
    this.alerts = alerts;
    this.last = -Infinity;
    this.due = [];
    alerts.addEventListener('changed', ({ detail }) => { if (detail.fresh && !isHint(detail.alert)) this.#wanted(detail.alert); });
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => this.prepare(), { capture: true });
    this.#hint();
  }

  /** Call it while the browser handles a gesture. */
  prepare() {
    if (!isOn('high') && !isOn('medium')) return this.#hint();
    this.#context();
    this.#hint();
  }

  test(severity) {
    this.#context();
    this.#play(severity);
    this.#hint();
  }

  #context() {
    this.context ??= new AudioContext();
    if (this.context.state === 'suspended') this.context.resume().then(() => this.#hint(), () => {});
    return this.context;
  }

  /** One sound at a time: alerts too soon after another share one later tone, that of the most severe. */
  #wanted(alert) {
    if (!isOn(toneOf(alert))) return;
    this.due.push(alert.alert_id);
    this.timer ??= setTimeout(() => {
      const due = this.due.map(id => this.alerts.all.get(id));
      this.due = [];
      this.timer = null;
      // Without those that a colleague has acknowledged or that ended meanwhile.
      const tones = new Set(due.filter(one => one?.state === 'confirmed').map(toneOf).filter(isOn));
      if (tones.size) this.#play(tones.has('high') ? 'high' : 'medium');
    }, Math.max(0, this.last + APART - performance.now()));
  }

  #play(severity) {
    if (!this.context) return;
    this.last = performance.now();
    for (const [pitch, after] of TONES[severity]) {
      const begin = this.context.currentTime + 0.02 + after;
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + LENGTH);
      tone.connect(volume).connect(this.context.destination);
      tone.start(begin);
      tone.stop(begin + LENGTH);
    }
  }

  /** Switched on, but not yet allowed by the browser: shown where the alerts are. */
  #hint() {
    setHidden($('sound-hint'), !(isOn('high') || isOn('medium')) || this.context?.state === 'running');
  }
}
