// Who is watching, in one line. It is no live region: to be told aloud of every look would make anybody nervous.

import { $, setText } from '../../shared/dom.js';
import { watchersSentence } from '../student-text.js';

export class Watchers {
  received({ teachers = [], focus = [] }) {
    setText($('watchers'), watchersSentence({ teachers, focus }));
  }

  /** Without a connection nobody knows. */
  unknown() {
    setText($('watchers'), '');
  }
}
