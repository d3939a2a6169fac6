// A list of chat messages: in order of arrival, no message twice (a reconnect brings the history again), pinned to the end.

import { el, timeOfDay } from './dom.js';

const LONGEST = 300;

export class ChatLog {
  /** line(message) -> {who, mine, extra?}: how this page words the head of a message; null leaves it out. */
  constructor(list, line) {
    this.list = list;
    this.line = line;
    this.seen = new Set();
  }

  /** True when the message is new here. */
  add(message) {
    const key = `${message.at}|${message.from}|${message.text}`;
    if (this.seen.has(key)) return false;
    const head = this.line(message);
    if (!head) return false;
    this.seen.add(key);
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
    // History is there to be read, not to be read out all at once.
    if (message.history) this.#silently(() => this.#append(message, head));
    else this.#append(message, head);
    if (atEnd || head.mine) this.list.scrollTop = this.list.scrollHeight;
    return true;
  }

  clear() {
    this.seen.clear();
    this.list.replaceChildren();
  }

  #append(message, head) {
    this.list.append(el('div', { class: head.mine ? 'message mine' : 'message' },
      el('p', { class: 'log-head' }, el('strong', {}, head.who), ' ',
        el('time', { datetime: message.at }, timeOfDay(message.at)), head.extra ?? null),
      el('p', { class: 'log-text' }, message.text)));
    while (this.list.children.length > LONGEST) this.list.firstElementChild.remove();
  }

  #silently(change) {
    this.list.setAttribute('aria-live', 'off');
    change();
    clearTimeout(this.loud);
    this.loud = setTimeout(() => this.list.removeAttribute('aria-live'), 500);
  }
}

/** A form that sends one line; the text stays in the box until it is on its way. */
export function chatForm(form, input, note, send) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    if (send(text)) {
      input.value = '';
      note.textContent = '';
    } else {
      note.textContent = 'Not sent: there is no connection just now. Your text stays here; please send it again in a moment.';
    }
    input.focus();
  });
}
