// Notes on their way to the server. One has arrived when its alert comes back with it; until then it is sent again
// after every reconnect and from time to time, and kept over a reload.

const AGAIN_AFTER = 8000;
const APART = 200; // milliseconds: the server accepts ten messages a second

export class OwnNotes extends EventTarget {
  /** waiting: {alert id: text} from before a reload. keep(waiting): stores them. Events: changed {id}. */
  constructor({ uplink, waiting = {}, keep }) {
    super();
    Object.assign(this, { uplink, keep });
    this.waiting = new Map(Object.entries(waiting));
    this.due = new Set(); // sent on this connection and not answered yet; oldest first
    this.refusals = new Map(); // alert id -> error
    this.states = new Map(); // alert id -> saving | waiting | saved | refused
    for (const id of this.waiting.keys()) this.states.set(id, 'waiting');
  }

  save(id, text) {
    this.waiting.set(id, text);
    this.#remember();
    this.#become(id, this.uplink.connected ? 'saving' : 'waiting');
    this.#send(id);
    this.#watch();
  }

  state(id) {
    return this.states.get(id);
  }

  /** An alert as it is now and, if any, before. The server may have tidied the text: any change of it is an answer. */
  told(alert, before) {
    const id = alert.alert_id;
    if (!this.waiting.has(id)) return;
    const note = alert.student_note ?? '';
    const changed = before && note !== (before.student_note ?? '');
    if (!changed && words(note) !== words(this.waiting.get(id))) return;
    this.due.delete(id);
    this.waiting.delete(id);
    this.#remember();
    this.#become(id, 'saved');
  }

  /** Why the server refused it. */
  refusal(id) {
    return this.refusals.get(id);
  }

  /** What was only refused for its rate is sent again later. */
  #refused(id, text, error) {
    if (error.code === 'too_many' || this.waiting.get(id) !== text) return true;
    this.due.delete(id);
    this.waiting.delete(id);
    this.refusals.set(id, error);
    this.#remember();
    this.#become(id, 'refused');
    return true;
  }

  connected() {
    this.due.clear();
    [...this.waiting.keys()].forEach((id, index) => setTimeout(() => {
      if (this.waiting.has(id)) this.#send(id);
    }, index * APART));
    this.#watch();
  }

  /** Also if no answer has come for a long time. */
  disconnected() {
    for (const id of this.waiting.keys()) this.#become(id, 'waiting');
  }

  #send(id) {
    this.due.delete(id);
    this.due.add(id);
    const text = this.waiting.get(id);
    this.uplink.send({ type: 'note', alert_id: id, text }, error => this.#refused(id, text, error));
  }

  #watch() {
    clearTimeout(this.timer);
    if (this.waiting.size === 0) return;
    this.timer = setTimeout(() => {
      this.disconnected();
      this.connected();
    }, AGAIN_AFTER);
  }

  #become(id, state) {
    if (this.states.get(id) === state) return;
    this.states.set(id, state);
    this.dispatchEvent(new CustomEvent('changed', { detail: { id } }));
  }

  #remember() {
    this.keep(Object.fromEntries(this.waiting));
  }
}

/** The server tidies spaces. */
const words = text => text.split(/\s+/).filter(Boolean).join(' ');
