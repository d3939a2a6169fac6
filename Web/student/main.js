// The student's way: name -> camera -> live -> end. A reload in the middle comes back as the same person.

import { joinAsStudent } from '../shared/api.js';
import { $, el, setHidden, setText } from '../shared/dom.js';
import { hasEnded } from '../shared/endings.js';
import { forget, recall, remember } from '../shared/identity.js';
import { inLine, lineSentence } from '../shared/line.js';
import { readCode } from '../shared/wire.js';
import { Camera } from './camera.js';
import { Live } from './live.js';
import { CAMERA, END, joinProblem, NOTE, previewSentence } from './messages.js';
import { ownDataButton } from './own-data.js';
import { Preview } from './preview.js';
import { Uplink } from './uplink.js';

const parameters = new URLSearchParams(location.search);
const camera = new Camera();
const video = el('video', { muted: true, playsinline: true, autoplay: true, 'aria-label': 'Your own picture' });
video.muted = true;
const preview = new Preview(video, showPreview);
let code = readCode(parameters.get('code') ?? '');
// In the fragment, so that it is in no log. Whoever has it does not wait behind those who guess codes.
const invite = new URLSearchParams(location.hash.slice(1)).get('invite');
let name = '';
let me = null; // the identity, once joined
let uplink = null;

function showStep(step) {
  for (const section of ['step-name', 'step-camera', 'step-live', 'step-end']) setHidden($(section), section !== `step-${step}`);
}

// --- name

function askName(codeError = '') {
  showStep('name');
  preview.stop();
  camera.stop();
  setHidden($('code-field'), code !== null && !codeError);
  if (code) $('code').value = code;
  $('name').value = name;
  fieldError('code', codeError);
  (code && !codeError ? $('name') : $('code')).focus();
}

function fieldError(field, text) {
  $(`${field}-error`).textContent = text;
  if (text) $(field).setAttribute('aria-invalid', 'true');
  else $(field).removeAttribute('aria-invalid');
}

$('name-form').addEventListener('submit', event => {
  event.preventDefault();
  const typed = readCode($('code').value);
  name = $('name').value.trim();
  fieldError('code', typed ? '' : 'The code has six digits, like 123 456. Please look at it once more.');
  fieldError('name', name ? '' : 'Please enter your name.');
  if (!typed) return $('code').focus();
  if (!name) return $('name').focus();
  code = typed;
  history.replaceState(null, '', `?${withCode()}${location.hash}`);
  checkCamera();
});

function withCode() {
  parameters.set('code', code);
  return parameters.toString();
}

// --- camera

function checkCamera() {
  showStep('camera');
  $('preview-place').append(video);
  $('camera-heading').focus();
  fieldErrorless('join-error');
  camera.start();
}

const fieldErrorless = id => { $(id).textContent = ''; };

function showCamera() {
  if (video.srcObject !== camera.stream) video.srcObject = camera.stream;
  if ($('step-camera').hidden) return;
  const good = camera.state === 'live';
  checkItem('camera', good ? 'ok' : CAMERA[camera.state].tone, good ? 'Working' : CAMERA[camera.state].title);
  setText($('join'), good || camera.state === 'asking' ? 'Join the exam' : 'Join without a camera');
  $('join').classList.toggle('primary', good);
  $('join').disabled = camera.state === 'asking';
  setHidden($('camera-retry'), good || camera.state === 'asking');
  if (good) {
    sentence({ tone: 'wait', text: 'Looking at your picture…' });
    preview.start(code, invite);
    showDevices();
  } else {
    preview.stop();
    checkItem('face', 'wait', 'Not checked yet');
    checkItem('light', 'wait', 'Not checked yet');
    sentence({ tone: CAMERA[camera.state].tone, text: CAMERA[camera.state].text });
  }
}

function showPreview(outcome) {
  if (outcome.gone === 'unknown_session') return askName(joinProblem({ code: outcome.gone }));
  if (outcome.gone) return finish('gone');
  if (outcome.waiting) return showLine(outcome.waiting);
  const { faces, dark, unknown, refused } = outcome;
  if (unknown || refused) checkItem('face', 'wait', 'Could not be checked');
  else checkItem('face', faces === 1 ? 'ok' : 'warn', faces === 0 ? 'Not found' : faces === 1 ? 'One face, well visible' : `${faces} faces`);
  checkItem('light', dark ? 'warn' : 'ok', dark ? 'Too dark' : 'Bright enough');
  sentence(previewSentence(outcome));
}

function checkItem(which, state, text) {
  const item = document.querySelector(`[data-check="${which}"]`);
  item.dataset.state = state;
  setText(item.querySelector('span'), text);
}

function sentence({ tone, text }) {
  $('preview-sentence').dataset.tone = tone;
  setText($('preview-sentence'), text);
}

async function showDevices() {
  const devices = await camera.devices();
  setHidden($('device-field'), devices.length < 2);
  if (devices.length < 2) return;
  const current = camera.track?.getSettings().deviceId;
  $('device').replaceChildren(...devices.map((device, index) =>
    el('option', { value: device.deviceId, selected: device.deviceId === current }, device.label || `Camera ${index + 1}`)));
}

$('device').addEventListener('change', () => camera.start($('device').value));
$('camera-retry').addEventListener('click', () => camera.start());
$('back').addEventListener('click', () => askName());
camera.addEventListener('change', showCamera);
camera.addEventListener('devices', () => { if (camera.state === 'live') showDevices(); });

const BY_LINK = 'If your teacher has sent you a link, open that: it lets you in at once.';

function showLine(problem) {
  if (problem) sentence({ tone: 'wait', text: `${lineSentence(problem, 'codes')} ${BY_LINK}` });
}

$('join').addEventListener('click', async () => {
  $('join').disabled = true;
  fieldErrorless('join-error');
  try {
    preview.stop(); // one request in the line is enough
    const answer = await inLine(
      () => joinAsStudent(code, name, invite), showLine, () => !$('step-camera').hidden);
    if ($('step-camera').hidden) return;
    const identity = { code, name, participant_id: answer.participant_id, token: answer.token, title: answer.session?.title ?? '' };
    remember('student', identity);
    goLive(identity);
  } catch (problem) {
    if (problem.code === 'unknown_session') askName(joinProblem(problem));
    else if (hasEnded(problem.code)) finish('gone');
    else if (!$('step-camera').hidden) {
      $('join-error').textContent = joinProblem(problem);
      showCamera();
    }
  } finally {
    $('join').disabled = false;
  }
});

// --- live

function goLive(identity) {
  me = identity;
  preview.stop();
  showStep('live');
  $('live-place').append(video);
  if (camera.state === 'off') camera.start();
  uplink = new Uplink(video, parameters.get('media'));
  new Live({
    camera, uplink, identity, ended: finish,
    keep: notes => { me.notes = notes; remember('student', me); },
  });
  uplink.start(identity.code, identity.token);
  $('exam-title').focus();
}

// --- end

ownDataButton($('own-data'), $('own-data-note'), () => me);
ownDataButton($('end-data'), $('end-data-note'), () => me);

/** detail: why, in somebody's words. */
function finish(reason, detail = null) {
  const end = END[reason] ?? END.ended;
  preview.stop();
  camera.stop();
  uplink?.setStream(null);
  if (reason === 'identity') forget('student', code);
  showStep('end');
  setText($('end-title'), end.title);
  setText($('end-text'), end.text);
  setText($('end-reason'), detail ? `The reason: ${detail}` : '');
  setHidden($('end-action'), !end.action);
  if (end.action) setText($('end-action'), end.action);
  $('end-action').onclick = () => {
    if (reason === 'dismissed') forget('student', code); // until then a reload tells once more why
    if (reason !== 'replaced') return location.reload();
    showStep('live');
    camera.start();
    uplink.reopen();
  };
  const isOver = hasEnded(reason) || reason === 'dismissed';
  setHidden($('end-rights'), !(me && isOver));
  showLostNotes(isOver ? Object.values(me?.notes ?? {}).filter(Boolean) : []);
  document.title = end.title;
  $('end-title').focus();
}

function showLostNotes(notes) {
  setHidden($('end-notes'), notes.length === 0);
  $('end-notes').replaceChildren(el('p', {}, NOTE.lost), ...notes.map(note => el('blockquote', {}, note)));
}

// --- begin

const known = recall('student', code);
if (known) {
  code = known.code;
  name = known.name;
  history.replaceState(null, '', `?${withCode()}${location.hash}`);
  goLive(known);
} else {
  askName();
}
