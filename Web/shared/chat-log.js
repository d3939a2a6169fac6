// A list of chat messages: ordered by number, without duplicates (a reconnect sends the newest again), scrolled to the
// end. It shows the newest; older ones are requested a page at a time.

import { el, setHidden, timeOfDay } from './dom.js';
import { t } from './text.js';

const SHOWN = 300;
const PAGE = 100;

export class ChatLog {
  /**
   * line(message) -> {who, mine, extra?}: the heading this page gives a message; null hides it.
   * older(number): requests the messages before that one, returns whether that was sent; without it no older ones are shown.
   */
  constructor(list, line, older = null) {
    this.list = list;
    list.dataset.empty = t('chat.empty');
    this.line = line;
    this.shown = []; // {number, key, node}, the oldest first
    this.seen = new Set();
    this.limit = SHOWN;
    if (older) this.#build(older);
  }

  /** True when the message is new here. */
  add(message) {
    const key = `${message.number}|${message.at}|${message.from}`;
    if (this.seen.has(key)) return false;
    const head = this.line(message);
    if (!head) return false;
    this.seen.add(key);
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
    // History is there to be read, not to be announced all at once.
    if (message.history) this.#silently(() => this.#insert(message, key, head));
    else this.#insert(message, key, head);
    if ((atEnd && this.fromEnd === undefined) || head.mine && !message.history) this.list.scrollTop = this.list.scrollHeight;
    return true;
  }

  /** A page of older messages is complete. */
  marked({ before, forgotten }) {
    this.hasOlder = before !== undefined;
    this.#showButton();
    if (this.note) this.note.textContent = forgotten ? t('chat.forgotten') : '';
    if (this.fromEnd === undefined) return;
    this.list.scrollTop = this.list.scrollHeight - this.fromEnd; // what is being read stays in place
    this.fromEnd = undefined;
  }

  clear() {
    this.seen.clear();
    this.shown = [];
    this.limit = SHOWN;
    this.list.replaceChildren();
  }

  #build(older) {
    this.button = el('button', {
      type: 'button', hidden: true, onclick: () => {
        if (!this.shown.length || !older(this.shown[0].number)) return;
        this.limit = this.shown.length + PAGE;
        this.fromEnd = this.list.scrollHeight - this.list.scrollTop;
      },
    }, t('chat.earlier'));
    this.note = el('span', { class: 'hint' });
    const line = el('p', { class: 'log-older' }, this.note, this.button);
    const head = this.list.previousElementSibling;
    if (head?.matches('.pane-head')) head.append(line);
    else this.list.before(line);
  }

  #showButton() {
    if (this.button) setHidden(this.button, !this.hasOlder);
  }

  #insert(message, key, head) {
    const node = el('div', { class: head.mine ? 'message mine' : 'message' },
      el('p', { class: 'log-head' }, el('strong', {}, head.who), ' ',
        el('time', { datetime: message.at }, timeOfDay(message.at)), head.extra ?? null),
      el('p', { class: 'log-text' }, message.text));
    let place = this.shown.length;
    while (place > 0 && this.shown[place - 1].number > message.number) place -= 1;
    this.list.insertBefore(node, this.shown[place]?.node ?? null);
    this.shown.splice(place, 0, { number: message.number, key, node });
    while (this.shown.length > this.limit) {
      const gone = this.shown.shift();
      gone.node.remove();
      this.seen.delete(gone.key);
      this.hasOlder = true;
      this.#showButton();
    }
  }

  #silently(change) {
    this.list.setAttribute('aria-live', 'off');
    change();
    clearTimeout(this.loud);
    this.loud = setTimeout(() => this.list.removeAttribute('aria-live'), 500);
  }
}

/**
 * A form that sends one line; the text stays in the box until it is sent. send(text, putBack) returns whether it was;
 * putBack(why): it was refused. Anything typed since then stays after it.
 */
export function chatForm(form, input, note, send) {
  let back = ''; // text put back into the box since it was last sent
  const say = text => {
    note.textContent = text;
    note.dataset.tone = text ? 'bad' : '';
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    const putBack = why => {
      const typed = input.value.startsWith(back) ? input.value.slice(back.length).trim() : input.value;
      back = back && input.value.startsWith(back) ? `${back} ${text}` : text;
      input.value = typed ? `${back} ${typed}` : back;
      say(why);
      note.scrollIntoView({ block: 'nearest' });
      return true;
    };
    back = '';
    if (send(text, putBack)) {
      input.value = '';
      say('');
    } else {
      say(t('chat.notSent'));
    }
    input.focus();
  });
}
