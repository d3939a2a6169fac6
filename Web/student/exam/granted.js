// What teachers have granted this student, as extra time: it stays in sight.

import { $, el } from '../../shared/dom.js';
import { grantedText, grantTitle } from '../../shared/grants.js';
import { compose } from '../../shared/text.js';

export class Granted {
  /** All of it comes at each change and after each reconnect; what is shown already is not written, and so not announced, again. */
  received({ granted }) {
    const key = JSON.stringify(granted);
    if (key === this.shown) return;
    this.shown = key;
    $('granted').replaceChildren(...granted.map(one => el('p', {}, ...compose('student.granted.entry', { what: el('strong') }, {
      title: grantTitle(one.kind), granted: grantedText(one.kind, one.amount), reason: one.reason, by: one.by,
    }))));
  }
}
