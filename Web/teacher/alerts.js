// What is known about the alerts of the exam. How they look is the business of the wall, the feed and the large view.

const SETTLED = 1500; // after the welcome all alerts come again, well within this

/** Events: changed {alert, before, fresh}; settled, when the first connection has told all there was. */
export class Alerts extends EventTarget {
  constructor(link) {
    super();
    this.link = link;
    this.all = new Map(); // id -> alert
    this.open = new Map(); // student -> ids
    this.settled = false;
  }

  received({ type, ...alert }) {
    this.again?.add(alert.alert_id);
    this.#put(alert);
  }

  /** After a reconnect every alert comes again; what is not told as open is over. */
  welcomed() {
    const again = this.again = new Set();
    setTimeout(() => {
      if (this.again !== again) return;
      this.again = null;
      for (const alert of [...this.all.values()]) {
        if (alert.state !== 'cleared' && !again.has(alert.alert_id)) this.#put({ ...alert, state: 'cleared' });
      }
      if (this.settled) return;
      this.settled = true;
      this.dispatchEvent(new Event('settled'));
    }, SETTLED);
  }

  openFor(student) {
    return [...this.open.get(student) ?? []].map(id => this.all.get(id));
  }

  /** All alerts about one student, the oldest first. */
  about(student) {
    return [...this.all.values()].filter(alert => alert.student === student);
  }

  get counts() {
    let open = 0;
    let unseen = 0;
    for (const ids of this.open.values()) {
      for (const id of ids) {
        open += 1;
        if (this.all.get(id).state === 'confirmed') unseen += 1;
      }
    }
    return { open, unseen };
  }

  /** True when it went out. */
  acknowledge(id, note) {
    return this.link.send({ type: 'acknowledge', alert_id: id, ...(note ? { note } : {}) });
  }

  #put(alert) {
    const id = alert.alert_id;
    const before = this.all.get(id);
    this.all.set(id, alert);
    if (!this.open.has(alert.student)) this.open.set(alert.student, new Set());
    if (alert.state === 'cleared') this.open.get(alert.student).delete(id);
    else this.open.get(alert.student).add(id);
    // What stood before this page was opened is shown, but is no news.
    const fresh = this.settled && alert.state === 'confirmed' && before?.state !== 'confirmed';
    this.dispatchEvent(new CustomEvent('changed', { detail: { alert, before, fresh } }));
  }
}
