// The waiting line for those who type a code or password at an address from which many wrong ones came, and those who
// join while very many others do.
// The server draws lots among those who ask, so the page asks again until its turn comes.

import { sentences, t } from './text.js';

const ASKS_AGAIN = ['waiting', 'too_many_tries'];
const SILENT_FOR = 1500; // milliseconds without an answer: the server is holding the request in the line

/** Asks until it is our turn; show(problem | null) is called while we wait, and with nothing when it is over. */
export async function inLine(ask, show, goesOn = () => true) {
  let shown = false;
  const say = problem => {
    shown = true;
    show(problem);
  };
  try {
    for (;;) {
      const silence = setTimeout(() => { if (!shown) say({ waiting: null, interval: null }); }, SILENT_FOR);
      try {
        return await ask();
      } catch (problem) {
        if (!ASKS_AGAIN.includes(problem.code) || !goesOn()) throw problem;
        say(problem);
        await new Promise(resolve => setTimeout(resolve, (problem.retryAfter ?? 1) * 1000 * (0.7 + Math.random() * 0.6)));
        if (!goesOn()) throw problem;
      } finally {
        clearTimeout(silence);
      }
    }
  } finally {
    if (shown) show(null);
  }
}

const SHORT = 90; // seconds; longer times are given in minutes

/** What somebody in the line reads. what: "codes" or "passwords". */
export function lineSentence({ code, waiting, interval }, what) {
  if (code === 'too_many_tries') return t('line.many');
  if (waiting === null) return t('line.silent');
  const seconds = Math.max(2, Math.ceil((waiting + 1) * interval));
  const time = seconds < SHORT ? t('line.seconds', { count: seconds }) : t('line.minutes', { count: Math.ceil(seconds / 60) });
  const others = waiting === 0 ? t('line.alone', { time }) : t('line.others', { count: waiting, time });
  return sentences(t('line.lead', { context: what, interval }), others);
}
