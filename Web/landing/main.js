// The first page: where to go. A browser that opened an address in vain is sent here too, with the problem in the address.

import { $, fieldError, setText } from '../shared/dom.js';
import { problemText } from '../shared/refusal.js';
import { t } from '../shared/text.js';
import { readCode } from '../shared/wire.js';

const { problem = '', retry_after: seconds, maximum } = Object.fromEntries(new URLSearchParams(location.search));
// Anybody can write an address: only a code and numbers are taken from it.
if (/^[a-z_]{1,40}$/.test(problem)) {
  setText($('problem'), problemText({ code: problem, retry_after: Number(seconds) || undefined, maximum: Number(maximum) || undefined }));
}

$('code-form').addEventListener('submit', event => {
  event.preventDefault();
  const code = readCode($('code').value);
  fieldError('code', code ? '' : t('code.invalid'));
  if (code) location.href = `student?code=${code}`;
  else $('code').focus();
});
