// Raised hands, longest waiting first. A hand goes down when the student lowers it or a teacher says "Done".

import { $, duration, el, setHidden, setText } from '../../shared/dom.js';
import { compose, t } from '../../shared/text.js';
import { serverNow } from '../connection/clock.js';

export class Hands {
  constructor({ roster, link, open, reply, announce }) {
    Object.assign(this, { roster, link, open, reply });
    this.items = new Map(); // id -> {item, waited, since}
    this.list = $('hands');
    roster.addEventListener('changed', ({ detail }) => {
      const up = detail.role === 'student' && detail.hand && detail.state !== 'left';
      if (up && !this.items.has(detail.id)) {
        this.#add(detail);
        announce(t('teacher.hands.raised', { name: detail.name }));
      } else if (!up) {
        this.#remove(detail.id);
      }
    });
    roster.addEventListener('removed', ({ detail }) => this.#remove(detail.id));
    setInterval(() => this.#tick(), 1000);
  }

  #add(person) {
    const { id, name } = person;
    const since = person.hand_since ? Date.parse(person.hand_since) : serverNow();
    const waited = el('span', { class: 'hand-waited' });
    const whose = () => el('span', { class: 'visually-hidden' });
    const lower = () => this.link.send({ type: 'lower_hand', student: id }, () => t('teacher.hands.stillUp', { name }));
    const item = el('li', { data: { id, since } },
      el('span', { class: 'hand-who' }, el('button', { type: 'button', class: 'link', onclick: () => this.open(id) }, name), ' ', waited),
      el('button', { type: 'button', class: 'small', onclick: () => this.reply(id) }, ...compose('teacher.hands.reply', { whose: whose() }, { name })),
      el('button', { type: 'button', class: 'small', onclick: lower }, ...compose('teacher.hands.done', { whose: whose() }, { name })));
    this.items.set(id, { item, waited, since });
    const after = [...this.list.children].find(other => Number(other.dataset.since) > since);
    this.list.insertBefore(item, after ?? null);
    this.#tick();
    this.#count();
  }

  #remove(id) {
    const entry = this.items.get(id);
    if (!entry) return;
    const hadFocus = entry.item.contains(document.activeElement);
    const next = entry.item.nextElementSibling ?? entry.item.previousElementSibling;
    entry.item.remove();
    this.items.delete(id);
    this.#count();
    if (hadFocus) (next?.lastElementChild ?? $('alerts-heading')).focus();
  }

  #count() {
    const count = this.items.size;
    setHidden($('hands-part'), count === 0);
    setText($('hands-count'), String(count));
    setText($('nav-hands-count'), String(count));
    setHidden($('nav-hands'), count === 0);
  }

  #tick() {
    for (const { waited, since } of this.items.values()) setText(waited, t('teacher.hands.waiting', { long: duration(serverNow() - since) }));
  }
}
