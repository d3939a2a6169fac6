import { $ } from '../shared/dom.js';
import { t } from '../shared/text.js';
import { readCode } from '../shared/wire.js';

$('code-form').addEventListener('submit', event => {
  event.preventDefault();
  const code = readCode($('code').value);
  $('code-error').textContent = code ? '' : t('code.invalid');
  $('code').setAttribute('aria-invalid', String(!code));
  if (code) location.href = `student?code=${code}`;
  else $('code').focus();
});
