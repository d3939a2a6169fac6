// The teacher's page: setup -> room -> ended. This file connects the parts of the room; each has a file of its own.

import { $, setText, spaced } from '../shared/dom.js';
import { recall } from '../shared/identity.js';
import { problemText } from '../shared/refusal.js';
import { t } from '../shared/text.js';
import { readCode } from '../shared/wire.js';
import { AlertFeed } from './alerts/alert-feed.js';
import { alertKeys } from './alerts/alert-keys.js';
import { Alerts } from './alerts/alerts.js';
import { announce, announceAlerts } from './alerts/announcer.js';
import { loadKinds } from './alerts/kinds.js';
import { Sounds } from './alerts/sound.js';
import { setServerTime } from './connection/clock.js';
import { Roster } from './connection/roster.js';
import { ServerLink } from './connection/server-link.js';
import { Dismiss } from './exam/dismiss.js';
import { endDialog, leave } from './exam/ending.js';
import { inviteDialog } from './exam/invite.js';
import { Pause } from './exam/pause.js';
import { setup } from './exam/setup.js';
import { Focus } from './focus/focus.js';
import { Chat } from './panels/chat.js';
import { Hands } from './panels/hands.js';
import { Notices } from './panels/notices.js';
import { show } from './panels/panes.js';
import { settingsDialog } from './panels/settings.js';
import { Wall } from './wall/wall.js';

const CONNECTION = {
  connecting: { tone: 'wait', text: t('teacher.connection.connecting') },
  open: { tone: 'ok', text: t('teacher.connection.open') },
  waiting: { tone: 'bad', text: t('teacher.connection.waiting') },
};

const WAITING = {
  server: t('teacher.connection.server'),
  refused: t('teacher.connection.refused'),
  answered: t('teacher.connection.answered'),
};

const room = $('room');

async function begin() {
  const code = readCode(new URLSearchParams(location.search).get('code') ?? '');
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  const known = code ? recall('teacher', code) : null;
  const [identity] = await Promise.all([known ?? setup(code && key ? { code, key } : null), loadKinds()]);
  history.replaceState(null, '', `?code=${identity.code}`);
  enter(identity);
}

function enter(identity) {
  const { code, token, participant_id: me } = identity;
  const title = identity.title || t('exam.untitled');
  room.hidden = false;
  setText($('room-title'), title);
  setText($('room-code'), spaced(code));
  setText($('empty-code'), spaced(code));

  const link = new ServerLink();
  const roster = new Roster();
  const alerts = new Alerts(link);
  const notices = new Notices();
  const open = student => focus.open(student);
  new Wall({ link, roster, alerts, open });
  const chat = new Chat({ link, roster, me });
  const pause = new Pause({ roster, link });
  const dismiss = new Dismiss({ roster, link, announce });
  const focus = new Focus({ code, token, roster, alerts, chat, link, pause, dismiss });
  const feed = new AlertFeed({
    alerts, roster,
    context: {
      roster, me, token, open, acknowledge: (...alert) => alerts.acknowledge(...alert), judge: (...alert) => alerts.judge(...alert),
      adjust: (student, kind) => focus.open(student, kind),
    },
  });
  new Hands({ roster, link, open, reply: student => chat.address(student), announce });
  const settings = settingsDialog(new Sounds(alerts));
  alertKeys({ feed, show, open, help: settings.help });
  announceAlerts(alerts, roster);
  inviteDialog(identity);
  endDialog(identity);
  const showTitle = () => {
    const { unseen } = alerts.counts;
    document.title = unseen ? t('teacher.titleUnseen', { unseen, exam: title }) : t('teacher.title', { exam: title });
  };
  alerts.addEventListener('changed', showTitle);
  showTitle();

  link.addEventListener('message', ({ detail: { message } }) => {
    switch (message.type) {
      case 'heartbeat': return setServerTime(message.at);
      case 'welcome':
        setServerTime(message.at);
        alerts.welcomed();
        loadKinds(); // the server may be a different one than before
        return notices.welcomed();
      case 'roster': case 'participant': return roster.received(message);
      case 'alert': return alerts.received(message);
      case 'chat': return chat.received(message);
      case 'history': return message.of === 'chat' ? chat.log.marked(message) : alerts.marked(message);
      case 'notice': return notices.received(message);
      case 'error': {
        console.warn('the server refuses:', message.code, message.detail);
        const told = link.refused(message);
        if (told !== true) focus.refused(notices.refused(message, told));
        return;
      }
    }
  });
  link.addEventListener('connection', ({ detail: { state, reason, detail } }) => {
    if (state === 'closed') return leave(identity, reason, detail, () => link.reopen());
    if (state === 'open') room.hidden = false;
    $('connection').dataset.tone = CONNECTION[state].tone;
    setText($('connection'), state === 'waiting' ? WAITING[reason] ?? CONNECTION.waiting.text : CONNECTION[state].text);
    $('connection').title = state === 'waiting' && detail ? problemText(detail) : '';
    room.dataset.connection = state;
  });
  link.start(code, token);
  $('room-title').focus();
}

begin();
