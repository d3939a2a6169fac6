// The wall of tiles. An alert changes how a tile looks, not where it is; tiles move only when a teacher asks for it.

import { $, setHidden, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';
import { need, WallOrder } from './wall-order.js';
import { Tile } from './wall-tile.js';

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
      $('wall-notice').textContent = t('teacher.wall.notDrawable');
      $('wall-notice').hidden = false;
    }
    this.order = new WallOrder($('wall-order'), {
      needOf: person => need(person, alerts.openFor(person.id)), people: () => roster.students, chosen: () => this.#arrange(),
    });
    this.inView = new Set();
    this.observer = new IntersectionObserver(entries => this.#seen(entries), { rootMargin: '150px' });
    roster.addEventListener('changed', ({ detail }) => this.#changed(detail));
    roster.addEventListener('removed', ({ detail }) => this.#removed(detail));
    alerts.addEventListener('changed', ({ detail }) => {
      const person = roster.get(detail.alert.student);
      if (person) this.#changed(person);
    });
    alerts.addEventListener('settled', () => {
      this.order.rank();
      this.#arrangeLater();
    });
    new ResizeObserver(() => this.#layout()).observe(document.querySelector('.wall-pane'));
    document.addEventListener('visibilitychange', () => this.#watch());
    // Arrow keys move over the wall as displayed; Tab goes from tile to tile as usual.
    this.list.addEventListener('keydown', event => this.#walk(event));
    for (const type of ['pointerleave', 'focusout']) this.list.addEventListener(type, () => setTimeout(() => { if (this.unsettled) this.#arrangeLater(); }));
  }

  #changed(person) {
    if (person.role !== 'student') return;
    const tile = this.tiles.get(person.id) ?? this.#add(person);
    tile.update(person, this.alerts.openFor(person.id));
    this.#soon();
  }

  #add(person) {
    const tile = new Tile(person, this.open);
    tile.person = person;
    this.tiles.set(person.id, tile);
    this.list.append(tile.item);
    const before = tile.item.previousElementSibling;
    if (before && this.order.compare(this.roster.get(before.dataset.id), person) > 0) this.unsettled = true;
    if (this.drawable) this.link.canvas(person.number, tile.canvas);
    this.observer.observe(tile.item);
    this.inView.add(person.id); // until the observer says otherwise
    return tile;
  }

  /** Puts every tile in its place; the keyboard focus stays. */
  #arrange() {
    this.unsettled = false;
    const sorted = [...this.tiles.values()].sort((a, b) => this.order.compare(a.person, b.person));
    if (sorted.every((tile, index) => this.list.children[index] === tile.item)) return;
    const focused = document.activeElement;
    this.list.append(...sorted.map(tile => tile.item));
    if (this.list.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** The same, but not while somebody is using the wall. */
  #arrangeLater() {
    this.unsettled = this.list.matches(':hover') || this.list.contains(document.activeElement);
    if (!this.unsettled) this.#arrange();
  }

  #removed(person) {
    const tile = this.tiles.get(person.id);
    if (!tile) return;
    this.observer.unobserve(tile.item);
    this.inView.delete(person.id);
    tile.item.remove();
    this.tiles.delete(person.id);
    this.link.removeCanvas(tile.number);
    this.#soon();
  }

  /** Many changes at once (the first roster) are handled together. */
  #soon() {
    this.pending ??= setTimeout(() => {
      this.pending = null;
      if (this.unsettled) this.#arrangeLater();
      this.#summary();
      this.#layout();
      this.#watch();
    }, 30);
  }

  #summary() {
    const students = this.roster.students;
    const count = state => students.filter(person => person.state === state).length;
    const hands = students.filter(person => person.hand && person.state !== 'left').length;
    const parts = hands ? [t('teacher.wall.hands', { count: hands })] : [];
    parts.push(t('teacher.wall.live', { live: count('live'), all: students.length }));
    if (count('no_picture')) parts.push(t('teacher.wall.noPicture', { number: count('no_picture') }));
    const left = count('left');
    if (left) parts.push(t('teacher.wall.left', { count: left }));
    setText($('wall-summary'), students.length ? parts.reduce((rest, next) => t('teacher.wall.part', { rest, next })) : '');
    setHidden($('wall-empty'), students.length > 0);
    setHidden($('wall-order'), students.length < 2);
    this.list.dataset.need = String(this.alerts.counts.unseen > 0);
    this.link.expectPictures(document.visibilityState === 'visible'
      && students.some(person => person.state === 'live' && this.inView.has(person.id)));
  }

  /** As large as all tiles fit without scrolling; never too small to recognise a face. */
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

  /** Requests only what is visible: nothing in a hidden tab, not what is scrolled away. */
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
