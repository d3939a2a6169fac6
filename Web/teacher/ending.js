// The end: asked for, told, and what stays of the exam, which can be read or erased.

import { download, endSession, eraseData, ticketAddress } from '../shared/api.js';
import { $, el, setHidden, setText, timeOfDay } from '../shared/dom.js';
import { endingOf, hasEnded } from '../shared/endings.js';
import { saveFile } from '../shared/files.js';
import { forget } from '../shared/identity.js';

const ENDED = {
  ended: ['The exam has ended', 'Nobody can join it any more.'],
  ended_teacher: ['The exam has ended', 'Students and teachers have been told, and nobody can join any more.'],
  ended_idle: ['The exam has ended', 'It ended by itself, since nobody was connected to it for a long time. Nobody can join it any more.'],
  replaced: ['The exam is open in another tab', 'The newer tab is the one in use. You can close this one.'],
  identity: ['Please join once more', 'The server does not know this tab any more. Open the link for teachers again.'],
  refused: ['The connection was refused', 'The server closed it several times. The exam goes on; please load the page again.'],
};
const BACK = { replaced: 'Use this tab instead', refused: 'Load the page again' };
const FILES = [['csv', 'All events as a table (CSV)'], ['json', 'All events as JSON']];

export function endDialog({ code, token }) {
  $('open-end').addEventListener('click', () => {
    setText($('end-error'), '');
    $('end-dialog').showModal();
  });
  $('end-confirm').addEventListener('click', () => confirmed($('end-confirm'), $('end-error'), async () => {
    try {
      await endSession(code, token); // the page follows when the server tells everybody
    } catch (problem) {
      if (!hasEnded(endingOf(problem.code))) throw problem;
    }
    $('end-dialog').close();
  }));
}

/** reason: why the connection is closed for good, with what the server says of it. again(): this tab is to be used after all. */
export function leave(identity, reason, detail, again) {
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  $('room').hidden = true;
  $('ended').hidden = false;
  const [title, text] = ENDED[reason] ?? ENDED.ended;
  tell(title, detail ? `${text} The server's reason: ${detail}` : text);
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
  $('open-erase').onclick = () => {
    setText($('erase-error'), '');
    $('erase-dialog').showModal();
  };
  $('erase-confirm').onclick = () => confirmed($('erase-confirm'), $('erase-error'), () => erase(identity));
  if (reason === 'identity') forget('teacher', identity.code);
}

/** What can be read of the exam. No address has the token: it would stay in the browser's history. */
function records({ code, token }) {
  const note = el('p', { class: 'field-error', role: 'alert' });
  const item = (label, action) => {
    const button = el('button', { type: 'button', class: 'link', onclick: () => confirmed(button, note, action) }, label);
    return el('li', {}, button);
  };
  return [
    item('Report of the exam', () => openReport(code, token)),
    ...FILES.map(([format, label]) => item(label, async () =>
      saveFile(await download(code, `events?format=${format}`, token), `exam-${code}-events.${format}`))),
    el('li', {}, note),
  ];
}

/** With the times of where the teacher is; in UTC where the browser does not know. */
function reportPath() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== 'Etc/Unknown' ? `report?time_zone=${encodeURIComponent(zone)}` : 'report';
}

async function openReport(code, token) {
  const tab = open('about:blank', '_blank'); // now: a browser lets nobody open one after the answer
  try {
    const address = await ticketAddress(code, reportPath(), token);
    if (!tab) throw new Error('Your browser did not let this page open the report. Please allow it to open tabs, and try again.');
    tab.opener = null;
    tab.location.replace(address);
  } catch (problem) {
    tab?.close();
    throw problem;
  }
}

async function erase({ code, token }) {
  const receipt = await eraseData(code, token);
  $('erase-dialog').close();
  forget('teacher', code);
  setHidden($('erase-part'), true);
  $('ended-links').replaceChildren();
  const rows = [
    ['When', `${new Date(receipt.at).toLocaleDateString()} ${timeOfDay(receipt.at, true)}`], ['Exam', receipt.session], ['Why', receipt.reason],
    ['Participants', receipt.participants], ['Events', receipt.events], ['Pictures', receipt.pictures],
  ];
  $('receipt').replaceChildren(...rows.filter(([, value]) => value !== undefined && value !== null)
    .map(([what, value]) => el('div', {}, el('dt', {}, what), el('dd', {}, String(value)))));
  setHidden($('receipt'), false);
  tell('All data of this exam are erased', 'Nothing is left of it on the server but this receipt.');
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
