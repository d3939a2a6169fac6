// Who is in the room, as sent by the server.

import { t } from '../../shared/text.js';
import { serverNow } from './clock.js';

const SOON = 30; // milliseconds

/** Events: changed {person}, removed {person}; changes, soon after these, once for many. */
export class Roster extends EventTarget {
  constructor() {
    super();
    this.people = new Map();
    this.gone = new Map(); // those who were removed: their alerts and messages keep their names
    /** The pause of everybody, including those who join later. */
    this.paused = null;
  }

  received(message) {
    if (message.type === 'roster') {
      const present = new Set(message.participants.map(person => person.id));
      for (const id of [...this.people.keys()]) if (!present.has(id)) this.#remove(id);
      for (const person of message.dismissed ?? []) this.gone.set(person.id, person);
      this.paused = message.paused ?? null;
      message.participants.forEach(person => this.#put(person));
      this.#tellSoon();
    } else if (message.participant.dismissed) {
      this.gone.set(message.participant.id, message.participant);
      this.#remove(message.participant.id);
    } else {
      this.#put(message.participant);
    }
  }

  get(id) {
    return this.people.get(id);
  }

  name(id) {
    return (this.people.get(id) ?? this.gone.get(id))?.name ?? t('teacher.somebody');
  }

  get students() {
    return [...this.people.values()].filter(person => person.role === 'student').sort((a, b) => a.number - b.number);
  }

  /** What is missing from the message no longer applies: no pause lasts for ever. */
  #put(person) {
    this.people.set(person.id, person);
    this.#expire(person);
    this.#tell('changed', person);
  }

  /** Temporary exceptions end by the clock. */
  #expire(person) {
    const ends = Object.values(person.accommodations ?? {}).map(one => Date.parse(one.until) - serverNow()).filter(left => left > 0);
    if (!ends.length) return;
    setTimeout(() => {
      if (this.people.get(person.id) !== person) return;
      this.#expire(person);
      this.#tell('changed', person);
    }, Math.min(...ends) + 100);
  }

  #remove(id) {
    const person = this.people.get(id);
    if (!person) return;
    this.people.delete(id);
    this.#tell('removed', person);
  }

  #tell(what, person) {
    this.dispatchEvent(new CustomEvent(what, { detail: person }));
    this.#tellSoon();
  }

  #tellSoon() {
    this.pending ??= setTimeout(() => {
      this.pending = null;
      this.dispatchEvent(new Event('changes'));
    }, SOON);
  }
}

/** One line under the name. */
export function stateLine(person) {
  if (person.state === 'left') return t('teacher.state.left');
  if (person.paused) return t('teacher.state.paused');
  if (person.camera === 'denied') return t('teacher.state.denied');
  if (person.camera === 'ended') return t('teacher.state.off');
  if (person.camera === 'stalled') return t('teacher.state.stalled');
  if (person.state === 'no_picture') return t('teacher.state.noPicture');
  if (person.page === 'hidden') return t('teacher.state.background');
  return t('teacher.state.live');
}

/** The dot beside it: ok, warn, off or pause. */
export function stateTone(person) {
  if (person.state === 'left') return 'off';
  if (person.paused) return 'pause';
  if (person.state !== 'live' || (person.camera && person.camera !== 'live')) return 'warn';
  return 'ok';
}
