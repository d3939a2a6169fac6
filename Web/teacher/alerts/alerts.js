// The alerts of the exam. Displaying them is up to the wall, the feed and the large view.

import { t } from '../../shared/text.js';
import { isHint } from './kinds.js';

/** Events: changed {alert, before, fresh}; settled, when the first connection has sent everything. */
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

  /** After a reconnect all open alerts are sent again, and the newest of the others. */
  welcomed() {
    this.again = new Set();
  }

  /** A page of ended alerts is complete; before the first one all open ones were sent. */
  marked({ before, forgotten }) {
    this.before = before;
    this.forgotten = forgotten ?? 0;
    const { again } = this;
    this.again = null;
    if (again) {
      for (const alert of [...this.all.values()]) {
        if (alert.state !== 'cleared' && !again.has(alert.alert_id)) this.#put({ ...alert, state: 'cleared' });
      }
    }
    this.dispatchEvent(new Event('page'));
    if (this.settled) return;
    this.settled = true;
    this.dispatchEvent(new Event('settled'));
  }

  /** Whether the server has older ones than those sent. */
  get hasOlder() {
    return this.before !== undefined;
  }

  /** Requests a page of older ones. True if it was sent. */
  older() {
    return this.hasOlder && this.link.send({ type: 'history', of: 'alerts', before: this.before });
  }

  openFor(student) {
    return [...this.open.get(student) ?? []].map(id => this.all.get(id));
  }

  /** All alerts about one student, the oldest first. */
  about(student) {
    return [...this.all.values()].filter(alert => alert.student === student);
  }

  /** unseen: without hints. */
  get counts() {
    let open = 0;
    let unseen = 0;
    for (const ids of this.open.values()) {
      for (const id of ids) {
        open += 1;
        const alert = this.all.get(id);
        if (alert.state === 'confirmed' && !isHint(alert)) unseen += 1;
      }
    }
    return { open, unseen };
  }

  /** True if it was sent. refused(error): it was not done. */
  acknowledge(id, note, refused = () => t('teacher.alerts.notAcknowledged')) {
    return this.link.send({ type: 'acknowledge', alert_id: id, ...(note ? { note } : {}) }, refused);
  }

  /** verdict: right, wrong or null, which takes it back. As above. */
  judge(id, verdict, refused = () => t('teacher.alerts.notJudged')) {
    return this.link.send({ type: 'verdict', alert_id: id, verdict }, refused);
  }

  #put(alert) {
    const id = alert.alert_id;
    const before = this.all.get(id);
    this.all.set(id, alert);
    if (!this.open.has(alert.student)) this.open.set(alert.student, new Set());
    if (alert.state === 'cleared') this.open.get(alert.student).delete(id);
    else this.open.get(alert.student).add(id);
    // What was open before this page was loaded is shown, but is not news.
    const fresh = this.settled && alert.state === 'confirmed' && before?.state !== 'confirmed';
    this.dispatchEvent(new CustomEvent('changed', { detail: { alert, before, fresh } }));
  }
}
