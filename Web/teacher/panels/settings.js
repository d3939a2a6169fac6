// The dialog for sounds and keys. "?" opens it at the keys.

import { $ } from '../../shared/dom.js';
import { prefer, preference } from './preferences.js';

export function settingsDialog(sounds) {
  const dialog = $('settings');
  for (const box of dialog.querySelectorAll('[data-preference]')) {
    box.checked = preference(box.dataset.preference);
    box.addEventListener('change', () => {
      prefer(box.dataset.preference, box.checked);
      sounds.prepare();
    });
  }
  for (const button of dialog.querySelectorAll('[data-test]')) {
    button.addEventListener('click', () => sounds.test(button.dataset.test));
  }
  $('open-settings').addEventListener('click', () => dialog.showModal());
  return {
    help() {
      dialog.showModal();
      $('keys-heading').focus();
    },
  };
}
