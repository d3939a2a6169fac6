// Before the room: create an exam, or join one as a further teacher.

import { createSession, joinAsTeacher } from '../../shared/api.js';
import { $, fieldError, setHidden, setText } from '../../shared/dom.js';
import { remember } from '../../shared/identity.js';
import { t } from '../../shared/text.js';
import { inLine, lineSentence } from '../../shared/waiting-line.js';

/** Resolves with the identity once the server has let this teacher in. invitation: {code, key} or null. */
export function setup(invitation) {
  $('setup').hidden = false;
  if (invitation) {
    setText($('setup-title'), t('teacher.setup.join'));
    setText($('setup-lead'), t('teacher.setup.joinLead'));
    setText($('setup-submit'), t('teacher.setup.joinSubmit'));
    setHidden($('title-field'), true);
  }
  $('name').focus();
  return new Promise(resolve => {
    $('setup-form').onsubmit = async event => {
      event.preventDefault();
      const name = $('name').value.trim();
      fieldError('name', name ? '' : t('teacher.setup.nameMissing'));
      if (!name) return $('name').focus();
      $('setup-submit').disabled = true;
      setText($('setup-error'), '');
      try {
        const identity = invitation ? await join(invitation, name) : await create(name);
        remember('teacher', identity);
        $('setup').hidden = true;
        resolve(identity);
      } catch (problem) {
        refused(problem);
      } finally {
        $('setup-submit').disabled = false;
      }
    };
  });
}

async function create(name) {
  const [title, password] = [$('exam-title').value.trim(), $('password').value || undefined];
  const answer = await inLine(() => createSession(name, title, password), showLine);
  return { ...answer, name };
}

function showLine(problem) {
  setHidden($('setup-waiting'), !problem);
  if (problem) setText($('setup-waiting'), lineSentence(problem, 'passwords'));
}

async function join({ code, key }, name) {
  const answer = await joinAsTeacher(code, name, key);
  return { code, name, title: answer.session?.title ?? '', teacher_key: key, invite: answer.invite, participant_id: answer.participant_id, token: answer.token, public_url: answer.public_url };
}

function refused(problem) {
  if (['password_needed', 'password_wrong'].includes(problem.code)) {
    const again = !$('password-field').hidden;
    setHidden($('password-field'), false);
    setText($('setup-error'), again ? t('error.password_wrong') : t('error.password_needed'));
    $('password').focus();
    return $('password').select();
  }
  setText($('setup-error'), problem.code === 'unknown_session' ? t('error.unknown_session') : problem.message);
}
