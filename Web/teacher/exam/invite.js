// The code and the two links. Secrets are in the fragment, which reaches no server log.

import { $, setHidden, setText, spaced } from '../../shared/dom.js';
import { t } from '../../shared/text.js';
import { ROOT } from '../../shared/wire.js';

/** public_url: the address people use, if the server is configured with one; it ends in a slash. */
export function inviteDialog({ code, teacher_key: key, invite, public_url: address }) {
  const at = page => new URL(page, address ?? ROOT).href;
  $('invite-code').textContent = spaced(code);
  $('invite-student').value = at(`student?code=${code}${invite ? `#invite=${encodeURIComponent(invite)}` : ''}`);
  $('invite-teacher').value = key ? at(`teacher?code=${code}#key=${encodeURIComponent(key)}`) : '';
  setHidden($('invite-teacher-field'), !key);
  for (const button of document.querySelectorAll('[data-copy]')) {
    const input = $(button.dataset.copy);
    input.addEventListener('focus', () => input.select());
    button.addEventListener('click', () => copy(input));
  }
  const open = () => {
    setText($('invite-note'), '');
    $('invite').showModal();
  };
  $('open-invite').addEventListener('click', open);
  $('empty-invite').addEventListener('click', open);
}

async function copy(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    setText($('invite-note'), t('teacher.invite.copied'));
  } catch {
    input.focus();
    setText($('invite-note'), t('teacher.invite.selected'));
  }
}
