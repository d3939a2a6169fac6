import { $ } from '../shared/dom.js';
import { readCode } from '../shared/wire.js';

$('code-form').addEventListener('submit', event => {
  event.preventDefault();
  const code = readCode($('code').value);
  $('code-error').textContent = code ? '' : 'The code has six digits, like 123 456. Please look at it once more.';
  $('code').setAttribute('aria-invalid', String(!code));
  if (code) location.href = `student?code=${code}`;
  else $('code').focus();
});
