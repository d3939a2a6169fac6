// The list of alerts: new ones on top, hints after them, acknowledged ones below, ended ones folded at the end. A card that somebody is
// using keeps its place and size until it is left; a new one never pushes it away.

import { $, setHidden, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';
import { AlertCard, placeOf } from './alert-card.js';
import { isHint } from './kinds.js';

const KEPT_OVER = 150;
const PAGE = 100;
const LEFT_ALONE = 4000; // milliseconds: a pointer that rests for this long is not aimed at what is below it
const FIRST_BELOW = {
  new: ':scope > li', hint: ':scope > :is([data-severity=low], [data-place=seen], [data-place=over])',
  seen: ':scope > :is([data-place=seen], [data-place=over])', over: ':scope > [data-place=over]',
};

export class AlertFeed {
  /** context: as for the cards. */
  constructor({ alerts, roster, context }) {
    Object.assign(this, { alerts, context });
    this.cards = new Map(); // id -> card
    this.ticking = new Set(); // cards whose alert is open
    this.waiting = new Set(); // cards that are not in their final position yet
    this.list = $('alerts');
    this.touched = -Infinity;
    this.keptOver = KEPT_OVER;
    alerts.addEventListener('page', () => this.#later());
    $('alerts-older').addEventListener('click', () => this.#older());
    alerts.addEventListener('changed', ({ detail }) => this.#changed(detail.alert));
    roster.addEventListener('changed', ({ detail }) => this.#renamed(detail));
    this.list.addEventListener('pointerover', event => { if (event.pointerType === 'mouse') this.under = event.target.closest('#alerts > li'); });
    this.list.addEventListener('pointerleave', () => { this.under = null; this.#settle(); });
    for (const type of ['pointermove', 'keydown', 'focusin']) this.list.addEventListener(type, () => { this.touched = performance.now(); }, { passive: true });
    this.list.addEventListener('focusout', () => setTimeout(() => this.#settle()));
    setInterval(() => this.#tick(), 1000);
  }

  /** The card that itself has the keyboard focus. */
  get current() {
    const active = document.activeElement;
    return active?.parentElement === this.list ? this.cards.get(active.dataset.id) : null;
  }

  /** The card in which the keyboard focus is. */
  get around() {
    return this.cards.get(document.activeElement?.closest?.('#alerts > li')?.dataset.id);
  }

  /** Moves the focus to the next or previous card; from elsewhere to where it was last, or the first card. */
  step(by) {
    const from = document.activeElement?.closest?.('#alerts > li') ?? null;
    const last = this.last?.isConnected ? this.last : null;
    const to = from ? (by > 0 ? from.nextElementSibling : from.previousElementSibling) ?? from
      : last?.dataset.state === 'confirmed' ? last : this.list.firstElementChild;
    if (!to) return;
    this.last = to;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'nearest' });
  }

  #changed(alert) {
    let card = this.cards.get(alert.alert_id);
    if (card) card.update(alert);
    else this.cards.set(alert.alert_id, card = new AlertCard(alert, this.context));
    if (alert.state === 'cleared') this.ticking.delete(card);
    else this.ticking.add(card);
    this.#place(card);
    this.#later();
  }

  #later() {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      this.#trim();
      this.#summary();
    }, 30);
  }

  #place(card, moved = false) {
    const place = placeOf(card.alert);
    const isNew = card.place === null;
    if (card.place === place && !moved) return this.waiting.delete(card);
    if (card.place && this.#isOn(card)) return this.waiting.add(card);
    this.waiting.delete(card);
    const hasFocus = card.element.contains(document.activeElement);
    const under = place === 'new' && !moved && this.#recent ? this.under : null;
    card.settle(place);
    if (under && under !== card.element) {
      under.after(card.element);
      this.waiting.add(card);
    } else {
      card.element.remove();
      const below = place === 'new' && isHint(card.alert) ? FIRST_BELOW.hint : FIRST_BELOW[place];
      this.list.insertBefore(card.element, isNew && place === 'over' ? this.#olderThan(card) : this.list.querySelector(below));
    }
    if (hasFocus) card.element.focus({ preventScroll: true });
  }

  /** The card before which an ended alert belongs: it goes after all that began later. */
  #olderThan(card) {
    let next = null;
    for (let item = this.list.lastElementChild; item?.dataset.place === 'over'; item = item.previousElementSibling) {
      if (this.cards.get(item.dataset.id).alert.since >= card.alert.since) break;
      next = item;
    }
    return next;
  }

  /** One more page: first of those already known, then of those that the server has. */
  #older() {
    const known = [...this.alerts.all.values()].filter(alert => !this.cards.has(alert.alert_id));
    this.keptOver = this.cards.size - this.ticking.size + PAGE;
    if (known.length) known.sort((a, b) => (a.since < b.since ? 1 : -1)).slice(0, PAGE).forEach(alert => this.#changed(alert));
    else this.alerts.older();
  }

  get #recent() {
    return performance.now() - this.touched < LEFT_ALONE;
  }

  #isOn(card) {
    if (card.isWritten) return true;
    return this.#recent && (this.under === card.element || card.element.contains(document.activeElement));
  }

  /** Moves cards that had to wait into place. */
  #settle() {
    if (this.under && this.#recent) return;
    for (const card of [...this.waiting]) this.#place(card, true);
  }

  #renamed(person) {
    if (person.role !== 'student') return;
    for (const card of this.cards.values()) {
      if (card.alert.student === person.id && card.name !== person.name) card.update(card.alert);
    }
  }

  #trim() {
    const over = this.list.querySelectorAll(':scope > [data-place=over]');
    for (let index = this.keptOver; index < over.length; index += 1) {
      this.cards.delete(over[index].dataset.id);
      over[index].remove();
    }
    setHidden($('alerts-older'), this.cards.size === this.alerts.all.size && !this.alerts.hasOlder);
    setHidden($('alerts-forgotten'), !this.alerts.forgotten);
  }

  #summary() {
    const { open, unseen } = this.alerts.counts;
    setText($('alerts-summary'), open ? t('teacher.alerts.summary', { unseen, open }) : '');
    setText($('nav-alerts'), String(unseen));
    setHidden($('nav-alerts'), unseen === 0);
    setHidden($('alerts-empty'), this.cards.size > 0);
  }

  #tick() {
    for (const card of this.ticking) card.tick();
    if (this.waiting.size && !this.#recent) this.#settle();
  }
}
