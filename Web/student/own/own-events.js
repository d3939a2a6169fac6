// What was noticed about me: every alert as teachers see it, worded for me, with its picture and my own note. Newest
// first; entries are changed in place, so neither the keyboard focus nor a half-written note is lost.

import { $, duration, el, setHidden, setText, timeOfDay } from '../../shared/dom.js';
import { showKeptPicture } from '../../shared/kept-picture.js';
import { t } from '../../shared/text.js';
import { eventText, NOTE, refusalText } from '../student-text.js';

const LONGEST_NOTE = 2000;

export class OwnEvents {
  /** older(before): requests the alerts before that one. */
  constructor({ notes, token, older }) {
    Object.assign(this, { notes, token });
    this.before = undefined; // where the next page of older ones begins; undefined: there are none
    $('own-events-older').addEventListener('click', () => older(this.before));
    this.alerts = new Map(); // id -> alert
    this.entries = new Map(); // id -> elements
    notes.addEventListener('changed', ({ detail }) => this.#noteState(detail.id));
  }

  received(alert) {
    const id = alert.alert_id;
    const before = this.alerts.get(id);
    this.alerts.set(id, alert);
    const entry = this.entries.get(id) ?? this.#build(alert);
    entry.item.dataset.state = alert.state;
    setText(entry.times, timesText(alert));
    setText(entry.seen, seenText(alert));
    this.#picture(entry, alert);
    this.notes.told(alert, before);
    if (!this.notes.waiting.has(id)) this.#note(entry, alert.student_note ?? '');
    this.#summary();
  }

  /** A page of older ones is complete. */
  marked({ before }) {
    this.before = before;
    setHidden($('own-events-older'), before === undefined);
    this.#summary();
  }

  #build(alert) {
    const id = alert.alert_id;
    const what = el('h3', { id: `event-${id}` }, eventText(alert.kind));
    const times = el('p', { class: 'event-times' });
    const seen = el('p', { class: 'event-seen' });
    const picture = el('div', { class: 'event-picture' }, t('student.noticed.noPicture'));
    const text = el('textarea', { id: `note-${id}`, rows: 2, maxlength: LONGEST_NOTE, 'aria-describedby': `event-${id}` });
    const state = el('p', { class: 'note-state', role: 'status' });
    const form = el('form', { class: 'note', onsubmit: event => this.#save(event, id) },
      el('label', { for: `note-${id}` }, t('student.noticed.note')), text,
      el('div', { class: 'note-foot' }, el('button', { type: 'submit', 'aria-describedby': `event-${id}` }, t('student.noticed.save')), state));
    const item = el('li', { data: { id } }, picture, el('div', {}, what, times, seen), form);
    const entry = { item, times, seen, picture, text, state, told: '' };
    text.addEventListener('input', () => { if (!this.notes.waiting.has(id)) setText(state, ''); });
    this.entries.set(id, entry);
    if (this.notes.waiting.has(id)) entry.text.value = entry.told = this.notes.waiting.get(id); // from before a reload
    this.#place(entry, alert);
    this.#noteState(id);
    return entry;
  }

  #place(entry, alert) {
    const older = [...$('own-events-list').children].find(item => this.alerts.get(item.dataset.id).since < alert.since);
    $('own-events-list').insertBefore(entry.item, older ?? null);
  }

  #picture(entry, alert) {
    if (!alert.picture || entry.address === alert.picture) return;
    entry.address = alert.picture;
    const image = el('img', {
      alt: t('student.noticed.picture', { time: timeOfDay(alert.since) }),
      width: 320, height: 240, decoding: 'async',
    });
    entry.picture.replaceChildren(image);
    showKeptPicture(image, alert.picture, this.token, why => entry.picture.replaceChildren(why));
  }

  /** What was typed since it was last saved stays. */
  #note(entry, note) {
    if (entry.text.value.trim() === entry.told && entry.text.value !== note) entry.text.value = note;
    entry.told = note.trim();
  }

  #save(event, id) {
    event.preventDefault();
    const { text, state, told } = this.entries.get(id);
    const written = text.value.trim();
    if (!written) {
      setText(state, t('student.note.empty'));
      return text.focus();
    }
    if (written === told && !this.notes.waiting.has(id)) return setText(state, NOTE.saved);
    this.entries.get(id).told = written;
    this.notes.save(id, written);
  }

  #noteState(id) {
    const entry = this.entries.get(id);
    if (!entry) return;
    const state = this.notes.state(id);
    if (state === 'refused') entry.told = (this.alerts.get(id).student_note ?? '').trim();
    setText(entry.state, state === 'refused' ? refusalText(this.notes.refusal(id), 'note') : NOTE[state] ?? '');
  }

  #summary() {
    setText($('own-events-count'), `${this.alerts.size}${this.before === undefined ? '' : '+'}`);
    setHidden($('own-events-none'), this.alerts.size > 0);
    setHidden($('own-events-help'), this.alerts.size === 0);
  }
}

function timesText({ since, until, duration: seconds, state, repeats: count }) {
  const at = timeOfDay(since, true);
  if (state !== 'cleared' && !until) return count > 0 ? t('student.noticed.stillAgain', { at, count }) : t('student.noticed.still', { at });
  const lasted = seconds > 0 ? seconds * 1000 : Date.parse(until) - Date.parse(since);
  if (!Number.isFinite(lasted)) return count > 0 ? t('student.noticed.overAgain', { at, count }) : t('student.noticed.over', { at });
  const long = duration(lasted);
  return count > 0 ? t('student.noticed.lastedAgain', { at, long, count }) : t('student.noticed.lasted', { at, long });
}

function seenText({ acknowledged_by: name, note }) {
  if (!name) return '';
  return note ? t('student.noticed.seenNote', { name, note }) : t('student.noticed.seen', { name });
}
