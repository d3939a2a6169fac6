// One student on the wall. Changes are written into the existing tile; its position is up to the wall.

import { el, setHidden, setText } from '../../shared/dom.js';
import { whyNoPicture } from '../../shared/refusal.js';
import { t } from '../../shared/text.js';
import { allowed, effectText, exceptionText } from '../alerts/alert-text.js';
import { isHint, shortText, worst } from '../alerts/kinds.js';
import { stateLine, stateTone } from '../connection/roster.js';

export class Tile {
  constructor(person, open) {
    this.number = person.number;
    this.canvas = el('canvas', { width: 320, height: 240, 'aria-hidden': 'true' });
    this.veil = el('span', { class: 'veil', 'aria-hidden': 'true' });
    this.hand = el('span', { class: 'tile-hand' }, t('teacher.tile.hand'));
    this.shed = el('span', { class: 'tile-shed' }, t('teacher.tile.slowed'));
    this.markHidden = el('span', { class: 'visually-hidden' });
    this.mark = el('span', { class: 'tile-mark' }, el('span', { 'aria-hidden': 'true' }, t('teacher.tile.adjusted')), this.markHidden);
    this.name = el('span', { class: 'tile-name' });
    this.dot = el('span', { class: 'dot' });
    this.alert = el('span', { class: 'tile-alert' });
    this.state = el('span', { class: 'tile-state' });
    this.button = el('button', { type: 'button', class: 'tile', data: { alert: 'none', id: person.id }, onclick: () => open(person.id) },
      el('span', { class: 'tile-picture' }, this.canvas, this.veil, this.hand, this.shed, this.mark),
      el('span', { class: 'tile-caption' }, this.name, ' ', el('span', { class: 'tile-line' }, this.dot, this.alert, ' ', this.state)));
    this.item = el('li', { data: { id: person.id, number: person.number } }, this.button);
  }

  update(person, openAlerts) {
    this.person = person;
    const alert = worst(openAlerts.filter(one => !isHint(one) || one.state === 'confirmed'));
    this.#data('alert', alert ? (alert.state === 'acknowledged' ? 'seen' : alert.severity) : 'none');
    this.#data('state', person.state);
    this.#data('paused', String(Boolean(person.paused)));
    this.dot.dataset.tone = stateTone(person);
    setText(this.name, person.name);
    const why = whyNoPicture(person.no_picture_reason ?? {});
    const title = why ? t('teacher.tile.noPicture', { name: person.name, why }) : person.name;
    if (this.button.title !== title) this.button.title = title;
    setText(this.state, stateLine(person));
    setHidden(this.hand, !person.hand);
    setHidden(this.alert, !alert);
    if (alert) setText(this.alert, shortText(alert.kind));
    setHidden(this.veil, person.state === 'live');
    setText(this.veil, person.state === 'left' ? t('teacher.state.left') : person.state === 'no_picture' ? t('teacher.state.noPicture') : '');
    setHidden(this.shed, !person.shed);
    this.#allowed(allowed(person));
  }

  #allowed(entries) {
    setHidden(this.mark, entries.length === 0);
    const text = entries.map(one => t('teacher.tile.allowed', { kind: exceptionText(one), effect: effectText(one) }))
      .reduce((rest, next) => (rest ? t('teacher.tile.allowedNext', { rest, next }) : next), '');
    if (this.mark.title === text) return;
    this.mark.title = text;
    setText(this.markHidden, t('teacher.tile.allowedAll', { what: text }));
  }

  #data(name, value) {
    if (this.button.dataset[name] !== value) this.button.dataset[name] = value;
  }
}
