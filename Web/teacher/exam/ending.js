// The end: requesting it, being told, and what remains of the exam, which can be read or erased.

import { download, endSession, eraseData, ticketAddress } from '../../shared/api.js';
import { $, el, setHidden, setText, timeOfDay } from '../../shared/dom.js';
import { endingOf, hasEnded } from '../../shared/endings.js';
import { saveFile } from '../../shared/files.js';
import { forget } from '../../shared/identity.js';
import { reasonOfEnd } from '../../shared/refusal.js';
import { locale, sentences, t } from '../../shared/text.js';

const end = key => [t(`${key}.title`), t(`${key}.text`)];
const ENDED = {
  ended: end('teacher.ended.ended'),
  ended_teacher: end('teacher.ended.ended_teacher'),
  ended_idle: end('teacher.ended.ended_idle'),
  replaced: end('teacher.ended.replaced'),
  identity: end('teacher.ended.identity'),
  refused: end('teacher.ended.refused'),
};
const BACK = { replaced: t('teacher.ended.replaced.action'), refused: t('teacher.ended.refused.action') };
const FILES = [['csv', t('teacher.ended.csv')], ['json', t('teacher.ended.json')]];

export function endDialog({ code, token }) {
  confirmDialog('end', async () => {
    try {
      await endSession(code, token); // the page follows when the server notifies everybody
    } catch (problem) {
      if (!hasEnded(endingOf(problem.code))) throw problem;
    }
  });
}

/** A dialog for what cannot be undone: #open-name opens #name-dialog, #name-confirm sends the request, #name-error says why it failed. */
function confirmDialog(name, request, done = () => {}) {
  const [dialog, button, error] = ['dialog', 'confirm', 'error'].map(part => $(`${name}-${part}`));
  $(`open-${name}`).onclick = () => {
    setText(error, '');
    dialog.showModal();
  };
  button.onclick = () => confirmed(button, error, async () => {
    const answer = await request();
    dialog.close();
    done(answer);
  });
}

/** reason: why the connection is closed for good, with the server's explanation. again(): this tab is to be used after all. */
export function leave(identity, reason, detail, again) {
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  $('room').hidden = true;
  $('ended').hidden = false;
  const [title, text] = ENDED[reason] ?? ENDED.ended;
  tell(title, detail ? sentences(text, t('teacher.ended.reason', { why: reasonOfEnd(detail) })) : text);
  $('ended-links').replaceChildren(...(hasEnded(reason) ? records(identity) : []));
  setHidden($('ended-action'), !(reason in BACK));
  setText($('ended-action'), BACK[reason] ?? '');
  $('ended-action').onclick = () => {
    if (reason === 'refused') return location.reload();
    $('ended').hidden = true;
    $('room').hidden = false;
    again();
  };
  setHidden($('erase-part'), !hasEnded(reason));
  confirmDialog('erase', () => eraseData(identity.code, identity.token), receipt => erased(identity, receipt));
  if (reason === 'identity') forget('teacher', identity.code);
}

/** What can be read of the exam. The token is in no address: it would stay in the browser's history. */
function records({ code, token }) {
  const note = el('p', { class: 'field-error', role: 'alert' });
  const item = (label, action) => {
    const button = el('button', { type: 'button', class: 'link', onclick: () => confirmed(button, note, action) }, label);
    return el('li', {}, button);
  };
  return [
    item(t('teacher.ended.report'), () => openReport(code, token)),
    ...FILES.map(([format, label]) => item(label, async () =>
      saveFile(await download(code, `events?format=${format}`, token), `exam-${code}-events.${format}`))),
    item(t('teacher.ended.verdicts'), async () => saveFile(await download(code, 'report?format=verdicts', token), 'exam-verdicts.jsonl')),
    el('li', {}, note),
  ];
}

/** With times in the teacher's time zone; in UTC if the browser does not know it. */
function reportPath() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== 'Etc/Unknown' ? `report?time_zone=${encodeURIComponent(zone)}` : 'report';
}

async function openReport(code, token) {
  const tab = open('about:blank', '_blank'); // now: browsers do not allow opening one after the answer
  try {
    const address = await ticketAddress(code, reportPath(), token);
    if (!tab) throw new Error(t('teacher.ended.noTab'));
    tab.opener = null;
    tab.location.replace(address);
  } catch (problem) {
    tab?.close();
    throw problem;
  }
}

function erased({ code }, receipt) {
  forget('teacher', code);
  setHidden($('erase-part'), true);
  $('ended-links').replaceChildren();
  const at = t('teacher.receipt.at', { date: new Date(receipt.at).toLocaleDateString(locale), time: timeOfDay(receipt.at, true) });
  const rows = [
    [t('teacher.receipt.when'), at], [t('teacher.receipt.exam'), receipt.session], [t('teacher.receipt.why'), t('teacher.receipt.request')],
    [t('teacher.receipt.participants'), receipt.participants], [t('teacher.receipt.events'), receipt.events],
    [t('teacher.receipt.pictures'), receipt.pictures],
  ];
  $('receipt').replaceChildren(...rows.filter(([, value]) => value !== undefined && value !== null)
    .map(([what, value]) => el('div', {}, el('dt', {}, what), el('dd', {}, String(value)))));
  setHidden($('receipt'), false);
  tell(...end('teacher.ended.erased'));
}

function tell(title, text) {
  document.title = title;
  setText($('ended-title'), title);
  setText($('ended-text'), text);
  $('ended-title').focus();
}

async function confirmed(button, error, action) {
  button.disabled = true;
  setText(error, '');
  try {
    await action();
  } catch (problem) {
    setText(error, problem.message);
  } finally {
    button.disabled = false;
  }
}
