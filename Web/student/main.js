// The student's steps: name -> camera -> live -> end. A reload in between comes back as the same person.

import { joinAsStudent } from '../shared/api.js';
import { $, el, fieldError, setHidden, setText } from '../shared/dom.js';
import { hasEnded } from '../shared/endings.js';
import { forget, recall, remember } from '../shared/identity.js';
import { reasonOfEnd } from '../shared/refusal.js';
import { sentences, t } from '../shared/text.js';
import { inLine, lineSentence } from '../shared/waiting-line.js';
import { readCode } from '../shared/wire.js';
import { Camera } from './camera/camera.js';
import { DeviceChoice } from './camera/device-choice.js';
import { Preview } from './camera/preview.js';
import { ExamPage } from './exam/exam-page.js';
import { ownDataButton } from './own/own-data.js';
import { CAMERA, END, joinProblem, previewSentence, programName } from './student-text.js';
import { Uplink } from './uplink/uplink.js';

const parameters = new URLSearchParams(location.search);
const camera = new Camera();
const video = el('video', { muted: true, playsinline: true, autoplay: true, 'aria-label': t('student.check.own') });
video.muted = true;
const preview = new Preview(video, showPreview);
const deviceChoice = new DeviceChoice(camera, $('device-field'), $('device'), () => !$('step-camera').hidden);
let code = readCode(parameters.get('code') ?? '');
// In the fragment, so that it is in no log. Those who have it do not queue behind those who guess codes.
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

$('name-form').addEventListener('submit', event => {
  event.preventDefault();
  const typed = readCode($('code').value);
  name = $('name').value.trim();
  fieldError('code', typed ? '' : t('code.invalid'));
  fieldError('name', name ? '' : t('student.name.missing'));
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
  setText($('join-error'), '');
  camera.start();
}

function showCamera() {
  if (video.srcObject !== camera.stream) video.srcObject = camera.stream;
  if ($('step-camera').hidden) return;
  const good = camera.state === 'live';
  checkItem('camera', ...cameraItem());
  setText($('join'), good || camera.state === 'asking' ? t('exam.join') : t('student.check.withoutCamera'));
  $('join').classList.toggle('primary', good);
  $('join').disabled = camera.state === 'asking';
  setHidden($('camera-retry'), good || camera.state === 'asking');
  if (good) {
    sentence({ tone: 'wait', text: t('student.check.looking') });
    preview.start(code, invite);
    deviceChoice.show();
  } else {
    preview.stop();
    checkItem('face', 'wait', t('student.check.unchecked'));
    checkItem('light', 'wait', t('student.check.unchecked'));
    sentence({ tone: CAMERA[camera.state].tone, text: CAMERA[camera.state].text });
  }
}

/** The tone and words of the first item. */
function cameraItem() {
  if (camera.state !== 'live') return [CAMERA[camera.state].tone, CAMERA[camera.state].title];
  return camera.program === 'none' ? ['ok', t('student.check.working')] : ['warn', t('student.check.program', { program: programName(camera.program) })];
}

function showPreview(outcome) {
  if (outcome.gone === 'unknown_session') return askName(joinProblem({ code: outcome.gone }));
  if (outcome.gone) return finish('gone');
  if (outcome.waiting) return showLine(outcome.waiting);
  const { faces, dark, failed } = outcome;
  if (failed) checkItem('face', 'wait', t('student.check.failed'));
  else checkItem('face', faces === 1 ? 'ok' : 'warn', faces === 0 ? t('student.check.noFace') : faces === 1 ? t('student.check.oneFace') : t('student.check.faces', { count: faces }));
  checkItem('light', dark ? 'warn' : 'ok', dark ? t('student.check.dark') : t('student.check.bright'));
  sentence(previewSentence({ ...outcome, program: camera.program, isChoice: !$('device-field').hidden }));
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

$('camera-retry').addEventListener('click', () => camera.start());
$('back').addEventListener('click', () => askName());
camera.addEventListener('change', showCamera);

function showLine(problem) {
  if (problem) sentence({ tone: 'wait', text: sentences(lineSentence(problem, 'codes'), t('student.check.byLink')) });
}

$('join').addEventListener('click', async () => {
  $('join').disabled = true;
  setText($('join-error'), '');
  try {
    preview.stop(); // one waiting request is enough
    const answer = await inLine(
      () => joinAsStudent(code, name, invite), showLine, () => !$('step-camera').hidden);
    if ($('step-camera').hidden) return;
    const identity = { code, name, participant_id: answer.participant_id, token: answer.token, title: answer.session?.title ?? '', device: camera.deviceId };
    remember('student', identity);
    goLive(identity);
  } catch (problem) {
    if (problem.code === 'unknown_session') askName(joinProblem(problem));
    else if (hasEnded(problem.code)) finish('gone');
    else if (!$('step-camera').hidden) {
      setText($('join-error'), joinProblem(problem));
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
  if (camera.state === 'off') camera.start(identity.device);
  uplink = new Uplink(video, parameters.get('media'));
  new ExamPage({
    camera, uplink, identity, ended: finish,
    keep: what => remember('student', Object.assign(me, what)),
  });
  uplink.start(identity.code, identity.token);
  $('exam-title').focus();
}

// --- end

ownDataButton($('own-data'), $('own-data-note'), () => me);
ownDataButton($('end-data'), $('end-data-note'), () => me);

/** detail: why, if known. */
function finish(reason, detail = null) {
  const end = END[reason] ?? END.ended;
  preview.stop();
  camera.stop();
  uplink?.setStream(null);
  if (reason === 'identity') forget('student', code);
  showStep('end');
  setText($('end-title'), end.title);
  setText($('end-text'), end.text);
  setText($('end-reason'), detail ? t('student.end.reason', { why: reasonOfEnd(detail) }) : '');
  setHidden($('end-action'), !end.action);
  if (end.action) setText($('end-action'), end.action);
  $('end-action').onclick = () => {
    if (reason === 'dismissed') forget('student', code); // until then a reload shows the reason again
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
  $('end-notes').replaceChildren(el('p', {}, t('student.note.lost')), ...notes.map(note => el('blockquote', {}, note)));
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
