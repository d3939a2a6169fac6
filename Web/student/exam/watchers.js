// Who is watching, in one line. It is not a live region: being told aloud about every look would make anybody nervous.

import { $, setText } from '../../shared/dom.js';
import { watchersSentence } from '../student-text.js';

export class Watchers {
  received({ teachers = [], focus = [] }) {
    setText($('watchers'), watchersSentence({ teachers, focus }));
  }

  /** Without a connection it is unknown. */
  unknown() {
    setText($('watchers'), '');
  }
}
