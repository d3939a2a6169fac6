// The order of the tiles. Ordering by need happens once, on request; positions are stable after that.

import { el } from '../../shared/dom.js';
import { locale, t } from '../../shared/text.js';
import { announce } from '../alerts/announcer.js';
import { isHint, worst } from '../alerts/kinds.js';
import { prefer, preference } from '../panels/preferences.js';

const MODES = [['joined', t('teacher.wall.joined')], ['name', t('teacher.wall.name')], ['need', t('teacher.wall.need')]];
const names = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });

/** Lower comes first: unseen high, unseen medium, acknowledged, no picture, hand up, an unseen hint, all others. */
export function need(person, open) {
  const alert = worst(open);
  if (alert && !isHint(alert)) return alert.state !== 'confirmed' ? 2 : alert.severity === 'high' ? 0 : 1;
  if (person.state === 'no_picture') return 3;
  if (person.hand && person.state !== 'left') return 4;
  return alert?.state === 'confirmed' ? 5 : 6;
}

export class WallOrder {
  /** needOf(person) -> number. chosen() is called when the tiles are to be reordered. */
  constructor(place, { needOf, people, chosen }) {
    Object.assign(this, { needOf, people, chosen });
    this.mode = MODES.some(([mode]) => mode === preference('order')) ? preference('order') : 'joined';
    this.ranks = new Map();
    this.buttons = MODES.map(([mode, text]) => el('button', {
      type: 'button', 'aria-pressed': String(mode === this.mode), data: { mode }, onclick: () => this.choose(mode),
    }, text));
    place.append(...this.buttons);
  }

  choose(mode) {
    this.mode = mode;
    prefer('order', mode);
    for (const button of this.buttons) button.setAttribute('aria-pressed', String(button.dataset.mode === mode));
    this.rank();
    this.chosen();
    announce(t('teacher.wall.ordered', { how: MODES.find(([one]) => one === mode)[1] }));
  }

  /** Who needs a teacher most at this moment; those who join later come last. */
  rank() {
    const needs = new Map(this.people().map(person => [person, this.needOf(person)]));
    const since = person => (person.hand && person.hand_since) || '';
    const sorted = [...needs.keys()].sort((a, b) =>
      needs.get(a) - needs.get(b) || (needs.get(a) === 4 ? since(a).localeCompare(since(b)) : 0) || a.number - b.number);
    this.ranks = new Map(sorted.map((person, index) => [person.id, index]));
  }

  compare(a, b) {
    if (this.mode === 'name') return names.compare(a.name, b.name) || a.number - b.number;
    if (this.mode === 'need' && this.#rankOf(a) !== this.#rankOf(b)) return this.#rankOf(a) - this.#rankOf(b);
    return a.number - b.number;
  }

  #rankOf(person) {
    return this.ranks.get(person.id) ?? Infinity;
  }
}
