// The teacher's page: setup -> room -> ended. The room is joined up here; each part lives in its own file.

import { clockOffset, endSession } from '/shared/api.js';
import { $, el, setHidden, setText, spaced } from '/shared/dom.js';
import { forget, recall } from '/shared/identity.js';
import { readCode, reportAddress } from '/shared/wire.js';
import { Alerts } from './alerts.js';
import { Chat } from './chat.js';
import { Focus } from './focus.js';
import { inviteDialog } from './invite.js';
import { Link } from './link.js';
import { Roster } from './roster.js';
import { setup } from './setup.js';
import { Wall } from './wall.js';

const CONNECTION = {
  connecting: { tone: 'wait', text: 'Connecting' },
  open: { tone: 'ok', text: 'Connected' },
  waiting: { tone: 'bad', text: 'No connection, trying again' },
};
const ENDED = {
  ended: ['The exam has ended', 'Students and teachers have been told, and nobody can join any more.'],
  replaced: ['The exam is open in another tab', 'The newer tab is the one in use. You can close this one.'],
  identity: ['Please join once more', 'The server does not know this tab any more. Open the link for teachers again.'],
  refused: ['The connection was refused', 'The server and this page do not understand each other. Please load the page again.'],
};

const room = $('room');

async function begin() {
  const code = readCode(new URLSearchParams(location.search).get('code') ?? '');
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  const known = code ? recall('teacher', code) : null;
  const identity = known ?? await setup(code && key ? { code, key } : null);
  history.replaceState(null, '', `/teacher?code=${identity.code}`);
  enter(identity);
}

function enter(identity) {
  room.hidden = false;
  setText($('room-title'), identity.title || 'Exam');
  setText($('room-code'), spaced(identity.code));
  setText($('empty-code'), spaced(identity.code));
  const link = new Link();
  const roster = new Roster();
  let focus;
  const open = student => focus.open(student);
  const alerts = new Alerts({ roster, link, token: identity.token, open, announce });
  clockOffset().then(offset => { alerts.clockOffset = offset; });
  new Wall({ link, roster, alerts, open });
  const chat = new Chat({ link, roster, me: identity.participant_id, isShown: chatShown });
  focus = new Focus({ code: identity.code, token: identity.token, roster, alerts, chat, link });
  inviteDialog(identity);
  views(chat);
  endDialog(identity);
  announceHands(roster);

  let title = identity.title || 'Exam';
  const showTitle = () => { document.title = `${alerts.unseen ? `(${alerts.unseen}) ` : ''}${title} – teacher`; };
  alerts.addEventListener('changed', showTitle);
  showTitle();

  link.addEventListener('message', ({ detail: { message } }) => {
    switch (message.type) {
      case 'welcome': return settleAlerts(alerts);
      case 'roster': case 'participant': return roster.received(message);
      case 'alert':
        reopened?.add(message.alert_id);
        return alerts.received(message);
      case 'chat': return chat.received(message);
      case 'error': return console.warn('server:', message.code, message.detail);
    }
  });
  link.addEventListener('connection', ({ detail: { state, reason } }) => {
    if (state === 'closed') return leave(identity, link, focus, reason);
    if (state === 'open') room.hidden = false;
    $('connection').dataset.tone = CONNECTION[state].tone;
    setText($('connection'), CONNECTION[state].text);
    room.dataset.connection = state;
  });
  link.start(identity.code, identity.token);
  $('room-title').focus();
}

// After a reconnect the open alerts come again, shortly after the welcome; those that do not are over.
let reopened = null;
function settleAlerts(alerts) {
  const ids = reopened = new Set();
  setTimeout(() => {
    if (reopened !== ids) return;
    reopened = null;
    alerts.reconnected(ids);
  }, 1500);
}

/** One polite sentence at a time; what comes together is read together. */
let announcements = [];
function announce(text) {
  announcements.push(text);
  if (announcements.length > 1) return;
  setTimeout(() => {
    const all = announcements;
    announcements = [];
    $('announcer').textContent = all.length > 3 ? `${all.slice(0, 3).join(' ')} And ${all.length - 3} more.` : all.join(' ');
  }, 600);
}

function announceHands(roster) {
  const up = new Set();
  roster.addEventListener('changed', ({ detail }) => {
    if (detail.hand && !up.has(detail.id)) announce(`${detail.name} raised a hand.`);
    if (detail.hand) up.add(detail.id);
    else up.delete(detail.id);
  });
}

// --- narrow screens show one pane at a time

const narrow = matchMedia('(max-width: 900px)');
const chatShown = () => document.visibilityState === 'visible' && (!narrow.matches || room.dataset.view === 'chat');

function views(chat) {
  const buttons = [...document.querySelectorAll('.views button')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      room.dataset.view = button.dataset.view;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      if (button.dataset.view === 'chat') chat.read();
    });
  }
}

// --- the end

function endDialog({ code, token }) {
  $('open-end').addEventListener('click', () => {
    setText($('end-error'), '');
    $('end-dialog').showModal();
  });
  $('end-confirm').addEventListener('click', async () => {
    $('end-confirm').disabled = true;
    try {
      await endSession(code, token); // the page follows when the server tells everybody
      $('end-dialog').close();
    } catch (problem) {
      if (problem.status === 404 || problem.status === 410) return $('end-dialog').close();
      setText($('end-error'), problem.message);
    } finally {
      $('end-confirm').disabled = false;
    }
  });
}

function leave({ code, token }, link, focus, reason) {
  focus.close();
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  room.hidden = true;
  $('ended').hidden = false;
  const [title, text] = ENDED[reason] ?? ENDED.ended;
  setText($('ended-title'), title);
  setText($('ended-text'), text);
  document.title = title;
  const links = reason === 'ended' ? [['report', 'Report of the exam'], ['events?format=csv', 'All events as a table (CSV)'], ['events?format=json', 'All events as JSON']] : [];
  $('ended-links').replaceChildren(...links.map(([what, label]) =>
    el('li', {}, el('a', { href: reportAddress(code, what, token), target: '_blank', rel: 'noopener noreferrer' }, label))));
  setHidden($('ended-action'), reason !== 'replaced');
  setText($('ended-action'), 'Use this tab instead');
  $('ended-action').onclick = () => {
    $('ended').hidden = true;
    room.hidden = false;
    link.reopen();
  };
  if (reason === 'identity') forget('teacher', code);
  $('ended-title').focus();
}

begin();
