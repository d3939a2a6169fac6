// The wall of tiles. A tile never changes its place: students sit in the order of their numbers, and an alert changes
// how a tile looks, not where it is.

import { $, el, setHidden, setText } from '/shared/dom.js';
import { shortText, worst } from './alerts.js';
import { stateLine, stateTone } from './roster.js';

const GAP = 10;
const CAPTION = 43; // pixels under the picture
const SMALLEST = 116;
const LARGEST = 340;
const FPS = 5;

export class Wall {
  constructor({ link, roster, alerts, open }) {
    Object.assign(this, { link, roster, alerts, open });
    this.tiles = new Map(); // id -> tile
    this.list = $('wall');
    this.drawable = 'OffscreenCanvas' in window && 'transferControlToOffscreen' in HTMLCanvasElement.prototype;
    if (!this.drawable) {
      $('wall-notice').textContent = 'This browser cannot draw many live pictures at once. Names and alerts are shown; open a student for the live picture, or use a current browser.';
      $('wall-notice').hidden = false;
    }
    this.inView = new Set();
    this.observer = new IntersectionObserver(entries => this.#seen(entries), { rootMargin: '150px' });
    roster.addEventListener('changed', ({ detail }) => this.#changed(detail));
    roster.addEventListener('removed', ({ detail }) => this.#removed(detail));
    alerts.addEventListener('changed', ({ detail }) => {
      const person = roster.get(detail.student);
      if (person) this.#changed(person);
    });
    new ResizeObserver(() => this.#layout()).observe(document.querySelector('.wall-pane'));
    document.addEventListener('visibilitychange', () => this.#watch());
    // Arrow keys walk the wall as it looks; Tab goes from tile to tile as usual.
    this.list.addEventListener('keydown', event => this.#walk(event));
  }

  #changed(person) {
    if (person.role !== 'student') return;
    const tile = this.tiles.get(person.id) ?? this.#add(person);
    const alert = worst(this.alerts.openFor(person.id));
    const tone = alert ? (alert.state === 'acknowledged' ? 'seen' : alert.severity) : 'none';
    if (tile.button.dataset.alert !== tone) tile.button.dataset.alert = tone;
    if (tile.button.dataset.state !== person.state) tile.button.dataset.state = person.state;
    tile.dot.dataset.tone = stateTone(person);
    setText(tile.name, person.name);
    if (tile.button.title !== person.name) tile.button.title = person.name;
    setText(tile.state, stateLine(person));
    setHidden(tile.hand, !person.hand);
    setHidden(tile.alert, !alert);
    if (alert) setText(tile.alert, shortText(alert.kind));
    setHidden(tile.veil, person.state === 'live');
    setText(tile.veil, person.state === 'left' ? 'Left' : person.state === 'no_picture' ? 'No picture' : '');
    setHidden(tile.shed, !person.shed);
    this.#soon();
  }

  #add(person) {
    const canvas = el('canvas', { width: 320, height: 240, 'aria-hidden': 'true' });
    const parts = {
      veil: el('span', { class: 'veil', 'aria-hidden': 'true' }),
      alert: el('span', { class: 'tile-alert' }),
      hand: el('span', { class: 'tile-hand' }, 'Hand up'),
      shed: el('span', { class: 'tile-shed' }, 'Slowed'),
      name: el('span', { class: 'tile-name' }),
      dot: el('span', { class: 'dot' }),
      state: el('span', { class: 'tile-state' }),
    };
    const button = el('button', { type: 'button', class: 'tile', data: { alert: 'none', id: person.id }, onclick: () => this.open(person.id) },
      el('span', { class: 'tile-picture' }, canvas, parts.veil, parts.hand, parts.shed),
      el('span', { class: 'tile-caption' }, parts.name, ' ', el('span', { class: 'tile-line' }, parts.dot, parts.alert, ' ', parts.state)));
    const item = el('li', { data: { number: person.number } }, button);
    const after = [...this.list.children].find(other => Number(other.dataset.number) > person.number);
    this.list.insertBefore(item, after ?? null);
    const tile = { item, button, canvas, number: person.number, ...parts };
    this.tiles.set(person.id, tile);
    if (this.drawable) this.link.canvas(person.number, canvas);
    this.observer.observe(item);
    item.dataset.id = person.id;
    this.inView.add(person.id); // until the observer says otherwise
    return tile;
  }

  #removed(person) {
    const tile = person && this.tiles.get(person.id);
    if (!tile) return;
    this.observer.unobserve(tile.item);
    this.inView.delete(person.id);
    tile.item.remove();
    this.tiles.delete(person.id);
    this.link.removeCanvas(tile.number);
    this.#soon();
  }

  /** Many changes in one go (the first roster) are summed up once. */
  #soon() {
    this.pending ??= setTimeout(() => {
      this.pending = null;
      this.#summary();
      this.#layout();
      this.#watch();
    }, 30);
  }

  #summary() {
    const students = this.roster.students;
    const count = state => students.filter(person => person.state === state).length;
    const hands = students.filter(person => person.hand && person.state !== 'left');
    const parts = hands.length ? [`Hand up: ${hands.map(person => person.name).join(', ')}`] : [];
    parts.push(`${count('live')} of ${students.length} live`);
    if (count('no_picture')) parts.push(`${count('no_picture')} without picture`);
    const left = count('left');
    if (left) parts.push(`${left} ${left === 1 ? 'has' : 'have'} left`);
    setText($('wall-summary'), students.length ? parts.join(' · ') : '');
    setHidden($('wall-empty'), students.length > 0);
    this.link.expectPictures(document.visibilityState === 'visible'
      && students.some(person => person.state === 'live' && this.inView.has(person.id)));
  }

  /** As large as all tiles still fit without scrolling; never smaller than a face can be recognised in. */
  #layout() {
    const count = this.tiles.size;
    const width = this.list.clientWidth;
    if (!count || !width) return;
    const height = innerHeight - this.list.getBoundingClientRect().top - scrollY - 24;
    const most = Math.max(1, Math.floor((width + GAP) / (SMALLEST + GAP)));
    let columns = Math.max(1, Math.ceil((width + GAP) / (LARGEST + GAP)));
    for (; columns < most; columns += 1) {
      const tile = (width + GAP) / columns - GAP;
      if (Math.ceil(count / columns) * (tile * 0.75 + CAPTION + GAP) <= height) break;
    }
    if (this.columns === columns) return;
    this.columns = columns;
    this.list.style.setProperty('--columns', columns);
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target.dataset.id);
      else this.inView.delete(target.dataset.id);
    }
    this.#soon();
  }

  /** Only what is looked at is asked for: nothing in a hidden tab, not what is scrolled away. */
  #watch() {
    const visible = document.visibilityState === 'visible' && this.drawable && this.inView.size > 0;
    const all = this.inView.size === this.tiles.size;
    const wish = this.tiles.size === 0 && document.visibilityState === 'visible' ? { view: 'tile', students: 'all', fps: FPS }
      : visible ? { view: 'tile', students: all ? 'all' : [...this.inView].sort(), fps: FPS }
        : { view: 'off', students: 'all' };
    const text = JSON.stringify(wish);
    if (text === this.wish) return;
    this.wish = text;
    this.link.watch(wish);
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns }[event.key];
    if (!step) return;
    const items = [...this.list.children];
    const next = items[items.indexOf(event.target.closest('li')) + step];
    if (!next) return;
    event.preventDefault();
    next.firstElementChild.focus();
  }
}
