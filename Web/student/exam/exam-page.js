// The page while the exam is running: one sentence on the state, and the parts that have a file of their own.

import { ChatLog, chatForm } from '../../shared/chat-log.js';
import { $, setHidden, setText } from '../../shared/dom.js';
import { t } from '../../shared/text.js';
import { WIRE_STATE } from '../camera/camera.js';
import { DeviceChoice } from '../camera/device-choice.js';
import { OwnEvents } from '../own/own-events.js';
import { OwnNotes } from '../own/own-notes.js';
import { OwnView } from '../own/own-view.js';
import { CAMERA, checkSentence, connectionSentence, LIVE, MENDED_BY_RESTART, pausedSentence, refusalText, troubleSentence, UNCHECKED } from '../student-text.js';
import { Granted } from './granted.js';
import { Hand } from './hand.js';
import { Pause } from './pause.js';
import { Watchers } from './watchers.js';

const TOGETHER = 10000; // milliseconds: failures of the check further apart than this are accidents
const TOLD_FOR = 10000;

export class ExamPage {
  /** keep({notes}): stores notes that have not arrived yet, keep({device}) which camera was chosen. */
  constructor({ camera, uplink, identity, keep, ended }) {
    Object.assign(this, { camera, uplink, identity, ended });
    this.connection = 'connecting';
    this.connectionReason = null;
    this.connectionDetail = null; // the answer, if there was one
    this.trouble = null; // why no way of sending pictures works
    this.check = null;
    this.unchecked = false;
    this.device = new DeviceChoice(camera, $('live-device-field'), $('live-device'), () => camera.program !== 'none');
    $('live-device').addEventListener('change', () => keep({ device: camera.deviceId }));
    this.chat = new ChatLog($('chat-log'), message => message.from === identity.participant_id
      ? { who: t('chat.you'), mine: true } : { who: message.name, mine: false }, before => uplink.send({ type: 'history', of: 'chat', before }));
    chatForm($('chat-form'), $('chat-text'), $('chat-note'), (text, putBack) => uplink.send({ type: 'chat', text }, error => putBack(refusalText(error, 'message'))));
    $('exam-title').textContent = identity.title || t('exam.untitled');
    $('who').textContent = t('student.live.who', { name: identity.name });
    $('live-place').dataset.covered = t('student.live.hidden');
    $('self-toggle').addEventListener('click', () => this.#toggleSelf());
    $('live-retry').addEventListener('click', () => camera.start());
    camera.addEventListener('change', () => this.#cameraChanged());
    document.addEventListener('visibilitychange', () => this.#tellStatus());
    // Leaving the page also makes it "hidden"; that is a reload or the end, not a look elsewhere.
    addEventListener('pagehide', () => { this.leaving = true; });
    addEventListener('pageshow', () => { this.leaving = false; });
    addEventListener('beforeunload', event => { if (!this.over) event.preventDefault(); });
    uplink.addEventListener('connection', ({ detail }) => this.#connectionChanged(detail));
    uplink.addEventListener('message', ({ detail }) => this.#received(detail.message));
    uplink.addEventListener('camera', ({ detail }) => camera.reported(detail.state));
    uplink.addEventListener('trouble', ({ detail }) => { this.trouble = detail.trouble; this.#show(); });
    this.hand = new Hand(uplink);
    this.pause = new Pause(() => { this.check = null; this.#show(); });
    this.granted = new Granted();
    this.watchers = new Watchers();
    this.view = new OwnView(identity);
    this.notes = new OwnNotes({ uplink, waiting: identity.notes, keep: notes => keep({ notes }) });
    this.events = new OwnEvents({ notes: this.notes, token: identity.token, older: before => uplink.send({ type: 'history', of: 'alerts', before }) });
    this.#cameraChanged();
  }

  #connectionChanged({ state, reason, detail }) {
    this.connection = state;
    if (state !== 'connecting') {
      this.connectionReason = state === 'waiting' ? reason ?? 'network' : null;
      this.connectionDetail = state === 'waiting' ? detail : null;
    }
    if (state === 'closed') {
      this.over = true;
      this.view.show(false);
      return this.ended(reason, detail);
    }
    this.over = false;
    if (state === 'open') this.notes.connected();
    else {
      this.check = null;
      this.watchers.unknown();
      this.notes.disconnected();
    }
    this.#show();
  }

  #cameraChanged() {
    const { camera, uplink } = this;
    if (camera.stream !== this.stream) {
      this.stream = camera.stream;
      uplink.setStream(camera.stream);
    }
    this.check = null;
    this.device.show();
    this.#tellStatus();
    this.#show();
  }

  /** A reload or a change of cameras must not look like a camera that is off: in transitional states the last report stands. */
  #tellStatus() {
    const word = WIRE_STATE[this.camera.state];
    if (word) Object.assign(this, { cameraWord: word, program: this.camera.program });
    if (!this.cameraWord || this.leaving) return;
    this.uplink.tell({
      type: 'status',
      page: document.visibilityState === 'visible' ? 'visible' : 'hidden',
      camera: this.cameraWord,
      program: this.program,
    });
  }

  #received(message) {
    switch (message.type) {
      case 'check':
        this.check = message;
        return this.#show();
      case 'chat':
        this.chat.add(message);
        return;
      case 'alert': return this.events.received(message);
      case 'history': return message.of === 'chat' ? this.chat.marked(message) : this.events.marked(message);
      case 'watchers': return this.watchers.received(message);
      case 'granted': return this.granted.received(message);
      case 'pause': return this.pause.received(message);
      case 'hand': return this.hand.received(message);
      case 'error': return this.#refused(message);
    }
  }

  /** Refusals of pictures are handled by the uplink; refusals of typed text are shown where it was typed. */
  #refused(error) {
    console.warn('the server refuses:', error.code, error.detail);
    if (this.uplink.refused(error) === true) return;
    if (error.code === 'check_failed') return this.#checkFailed();
    setText($('refusal-note'), refusalText(error));
    clearTimeout(this.refusalTimer);
    this.refusalTimer = setTimeout(() => setText($('refusal-note'), ''), Math.max(TOLD_FOR, (error.retry_after ?? 0) * 1000));
  }

  /** It is the server's failure and nobody here can do anything, so it is shown only if it persists. */
  #checkFailed() {
    this.unchecked = performance.now() - (this.lastCheckFailed ?? -Infinity) < TOGETHER;
    this.lastCheckFailed = performance.now();
    clearTimeout(this.checkTimer);
    this.checkTimer = setTimeout(() => { this.unchecked = false; this.#show(); }, TOGETHER);
    this.#show();
  }

  /** Only the first problem is shown; a nervous reader gets one sentence, not five. */
  #show() {
    const { camera } = this;
    const connection = this.trouble ? null : connectionSentence(this.connection, this.connectionReason, this.connectionDetail);
    let sentence = LIVE;
    if (camera.state !== 'live') sentence = CAMERA[camera.state];
    else if (this.trouble) sentence = troubleSentence(this.trouble);
    if (this.pause.paused) sentence = pausedSentence(sentence);
    if (connection) sentence = connection;
    else if (sentence === LIVE && this.check) sentence = checkSentence(this.check);
    if (sentence === LIVE && this.unchecked) sentence = UNCHECKED;
    $('state').dataset.tone = sentence.tone;
    setText($('state-title'), sentence.title);
    setText($('state-text'), sentence.text);
    setText($('state-detail'), sentence.detail ?? '');
    const mendable = camera.state === 'live' ? this.trouble !== null || sentence !== LIVE && this.#mendedByRestart() : !['asking', 'off', 'insecure'].includes(camera.state);
    setHidden($('live-retry'), !mendable);
    const exam = this.identity.title || t('exam.untitled');
    document.title = sentence.tone === 'ok' ? exam : t('student.live.title', { state: sentence.title, exam });
  }

  /** The browser considers the camera fine, but the server does not. */
  #mendedByRestart() {
    return this.check !== null && this.check.state !== 'ok' && MENDED_BY_RESTART.includes(this.check.kind);
  }

  #toggleSelf() {
    const hide = $('self-toggle').getAttribute('aria-pressed') !== 'true';
    $('self-toggle').setAttribute('aria-pressed', String(hide));
    setText($('self-toggle'), hide ? t('student.live.show') : t('student.live.hide'));
    $('live-place').classList.toggle('covered', hide);
  }
}
