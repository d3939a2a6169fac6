// A dialog that asks for a reason before something happens to students, who see it.

import { $, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';

export class ReasonDialog {
  /**
   * name: of its elements, for example "pause" of #pause-dialog. missing: shown if there is no reason.
   * message(reason): what to send. refused: shown if the server did not do it.
   */
  constructor(name, link, { missing, message, refused }) {
    Object.assign(this, { name, link, missing, message, refused });
    this.dialog = $(`${name}-dialog`);
    this.reason = $(`${name}-reason`);
    $(`${name}-form`).addEventListener('submit', event => this.#submit(event));
    $(`${name}-cancel`).addEventListener('click', () => this.close());
  }

  get isOpen() {
    return this.dialog.open;
  }

  open(heading) {
    setText($(`${this.name}-heading`), heading);
    this.#fault('');
    this.reason.value = this.notTaken ?? '';
    this.notTaken = null;
    this.dialog.showModal();
    this.reason.focus();
  }

  close() {
    this.dialog.close();
  }

  #submit(event) {
    event.preventDefault();
    const reason = this.reason.value.trim();
    if (!reason) {
      this.#fault(this.missing, true);
      return this.reason.focus();
    }
    const refused = () => {
      this.notTaken = reason; // so that it need not be typed again
      return this.refused;
    };
    if (this.link.send(this.message(reason), refused)) this.close();
    else this.#fault(t('teacher.noConnection'));
  }

  #fault(text, isReasonMissing = false) {
    setText($(`${this.name}-error`), text);
    this.reason.setAttribute('aria-invalid', String(isReasonMissing));
  }
}
