// The alerts: what is known about each, and the feed. Open ones first and newest on top, cleared ones below, faded.
// An entry is changed in place, so the keyboard focus stays where it was.

import { $, duration, el, setHidden, setText, timeOfDay } from '/shared/dom.js';
import { withToken } from '/shared/wire.js';

export const KINDS = {
  face_missing: 'No face in the picture',
  several_faces: 'More than one face',
  looking_away: 'Looking away',
  camera_covered: 'Camera covered or dark',
  picture_frozen: 'Picture does not move',
  video_stopped: 'No picture arrives',
  page_hidden: 'Left the exam page',
  camera_off: 'Camera off',
};
export const kindText = kind => KINDS[kind] ?? kind.replaceAll('_', ' ');

// On a tile there is room for two or three words.
const SHORT = {
  face_missing: 'No face',
  several_faces: 'Several faces',
  camera_covered: 'Covered or dark',
  picture_frozen: 'Frozen picture',
  video_stopped: 'No picture',
  page_hidden: 'Left the page',
};
export const shortText = kind => SHORT[kind] ?? kindText(kind);

const RANK = { high: 3, medium: 2, low: 1 };
const KEPT_CLEARED = 30;

/** The alert that decides how a tile looks: unseen before acknowledged, then by severity. */
export function worst(alerts) {
  const weight = alert => (alert.state === 'confirmed' ? 10 : 0) + (RANK[alert.severity] ?? 0);
  return alerts.reduce((best, alert) => (!best || weight(alert) > weight(best) ? alert : best), null);
}

export class Alerts extends EventTarget {
  constructor({ roster, link, token, open, announce }) {
    super();
    Object.assign(this, { roster, link, token, open, announce });
    this.all = new Map(); // id -> alert
    this.entries = new Map(); // id -> elements
    this.list = $('alerts');
    this.clockOffset = 0; // the server's clock less ours
    setInterval(() => this.#tick(), 1000);
    roster.addEventListener('changed', ({ detail }) => this.#renamed(detail));
  }

  received(message) {
    const before = this.all.get(message.alert_id);
    const alert = { ...before, ...message };
    this.all.set(alert.alert_id, alert);
    this.#show(alert, before);
    this.#trim();
    this.#summary();
    if (alert.state === 'confirmed' && before?.state !== 'confirmed') {
      this.announce(`Alert: ${this.roster.name(alert.student)}. ${kindText(alert.kind)}.`);
    }
    this.dispatchEvent(new CustomEvent('changed', { detail: alert }));
  }

  openFor(student) {
    return [...this.all.values()].filter(alert => alert.student === student && alert.state !== 'cleared');
  }

  /** Every open alert comes again after a reconnect; what does not is over. */
  reconnected(openIds) {
    for (const alert of this.all.values()) {
      if (alert.state !== 'cleared' && !openIds.has(alert.alert_id)) this.received({ ...alert, state: 'cleared' });
    }
  }

  acknowledge(id) {
    this.link.send({ type: 'acknowledge', alert_id: id });
  }

  pictureAddress(alert) {
    return alert.picture ? withToken(alert.picture, this.token) : null;
  }

  #show(alert, before) {
    const entry = this.entries.get(alert.alert_id) ?? this.#build(alert);
    entry.item.dataset.state = alert.state;
    entry.item.dataset.severity = alert.severity;
    setText(entry.name, this.roster.name(alert.student));
    setText(entry.what, kindText(alert.kind));
    this.#picture(entry, alert);
    this.#times(entry, alert);
    const hadFocus = document.activeElement === entry.button;
    setHidden(entry.button, alert.state !== 'confirmed');
    setText(entry.seen, alert.state === 'acknowledged' ? `Seen by ${this.#who(alert)}` : '');
    setHidden(entry.seen, alert.state !== 'acknowledged');
    if (hadFocus && entry.button.hidden) this.#focusNext();
    const group = state => (state === 'cleared' ? 'over' : 'open');
    if (!before || group(before.state) !== group(alert.state)) this.#place(entry, alert);
  }

  #build(alert) {
    const id = alert.alert_id;
    const picture = el('span', { class: 'alert-picture' });
    const name = el('button', { type: 'button', class: 'link alert-name', onclick: () => this.open(alert.student) });
    const what = el('p', { class: 'alert-what', id: `what-${id}` });
    const times = el('p', { class: 'alert-times' });
    const seen = el('span', { class: 'alert-seen' });
    const button = el('button', { type: 'button', class: 'alert-ack', 'aria-describedby': `what-${id}`, onclick: () => this.acknowledge(id) }, 'Acknowledge');
    const item = el('li', { data: { id } }, picture,
      el('div', { class: 'alert-body' }, what, el('h3', {}, name), times, el('p', { class: 'alert-foot' }, button, seen)));
    const entry = { item, picture, name, what, times, seen, button };
    this.entries.set(id, entry);
    return entry;
  }

  #picture(entry, alert) {
    const address = this.pictureAddress(alert);
    if (!address || entry.address === address) return;
    entry.address = address;
    entry.picture.replaceChildren(el('img', {
      src: address, alt: `${this.roster.name(alert.student)} when it began`, width: 96, height: 72, decoding: 'async',
    }));
  }

  #times(entry, alert) {
    const since = Date.parse(alert.since);
    const text = alert.state === 'cleared' && alert.until
      ? `${timeOfDay(since, true)}, over after ${duration(Date.parse(alert.until) - since)}`
      : alert.state === 'cleared' ? `${timeOfDay(since, true)}, over`
        : `Since ${timeOfDay(since, true)}, for ${duration(Date.now() + this.clockOffset - since)}`;
    setText(entry.times, text);
  }

  #place(entry, alert) {
    const after = alert.state === 'cleared'
      ? [...this.list.children].find(item => item.dataset.state === 'cleared' && item !== entry.item)
      : this.list.firstElementChild;
    this.list.insertBefore(entry.item, after ?? null);
  }

  #who(alert) {
    const by = alert.acknowledged_by;
    return this.roster.get(by)?.name ?? by ?? 'a teacher';
  }

  #focusNext() {
    const next = this.list.querySelector('li[data-state=confirmed] .alert-ack:not([hidden])');
    (next ?? $('alerts-heading')).focus();
  }

  #renamed(person) {
    for (const [id, entry] of this.entries) {
      if (this.all.get(id).student === person.id) setText(entry.name, person.name);
    }
  }

  #trim() {
    const cleared = [...this.list.children].filter(item => item.dataset.state === 'cleared');
    for (const item of cleared.slice(KEPT_CLEARED)) {
      item.remove();
      this.entries.delete(item.dataset.id);
      this.all.delete(item.dataset.id);
    }
  }

  #summary() {
    const open = [...this.all.values()].filter(alert => alert.state !== 'cleared');
    const unseen = open.filter(alert => alert.state === 'confirmed').length;
    setText($('alerts-summary'), open.length ? `${unseen} new, ${open.length} open` : '');
    setText($('nav-alerts'), String(unseen));
    setHidden($('nav-alerts'), unseen === 0);
    setHidden($('alerts-empty'), this.all.size > 0);
    this.unseen = unseen;
  }

  #tick() {
    for (const [id, entry] of this.entries) {
      const alert = this.all.get(id);
      if (alert.state !== 'cleared') this.#times(entry, alert);
    }
  }
}
