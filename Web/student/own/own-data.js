// "Download what is kept about me": as a file, requested by the page itself, so that the token is in no address.

import { studentData } from '../../shared/api.js';
import { setText } from '../../shared/dom.js';
import { saveFile } from '../../shared/files.js';
import { t } from '../../shared/text.js';
import { ownDataProblem } from '../student-text.js';

export function ownDataButton(button, note, identity) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true'); // not "disabled": that would lose the keyboard focus
    setText(note, t('student.kept.wait'));
    try {
      const { code, participant_id, token } = identity();
      saveFile(await studentData(code, participant_id, token), `exam-${code}-my-data.json`);
      setText(note, t('student.kept.done'));
    } catch (problem) {
      setText(note, ownDataProblem(problem));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}
