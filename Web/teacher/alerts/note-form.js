// A note on an alert, for colleagues and the report. Unfolds in the card; what is typed stays until it is sent.

import { el, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';
import { notDone } from './alert-text.js';

let count = 0;

export class NoteForm {
  /** send(text, refused) -> whether it was sent; refused(error): it was not kept. closed() when the form has folded again. */
  constructor({ send, closed }) {
    Object.assign(this, { send, closed });
    const id = `note-${count += 1}`;
    this.input = el('input', { id, maxlength: '2000', autocomplete: 'off' });
    this.hint = el('p', { class: 'hint', role: 'status' });
    this.element = el('form', { class: 'note-form', hidden: true, onsubmit: event => this.#submit(event), onkeydown: event => this.#key(event) },
      el('label', { for: id }, t('teacher.note.label')),
      el('div', { class: 'row' }, this.input, el('button', { type: 'submit' }, t('teacher.note.save'))), this.hint);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open(text) {
    if (this.element.hidden) this.input.value = text;
    this.element.hidden = false;
    this.hint.dataset.tone = '';
    setText(this.hint, '');
    this.input.focus();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return setText(this.hint, t('teacher.note.empty'));
    if (!this.send(text, error => this.#refused(text, error))) return setText(this.hint, t('teacher.note.notSent'));
    this.#close();
  }

  #key(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault(); // inside a dialog, Escape closes the note and not the dialog
    event.stopPropagation();
    this.#close();
  }

  /** The form unfolds again with the text, unless another note is being written by now. */
  #refused(text, error) {
    if (!this.element.isConnected) return t('teacher.note.notKeptWhat', { note: text });
    if (!this.isOpen) this.input.value = text;
    this.element.hidden = false;
    this.hint.dataset.tone = 'bad';
    setText(this.hint, notDone(t('teacher.note.notKept'), error));
    return this.element.getClientRects().length > 0 ? true : t('teacher.note.notKeptWhat', { note: text });
  }

  #close() {
    this.element.hidden = true;
    this.closed();
  }
}
