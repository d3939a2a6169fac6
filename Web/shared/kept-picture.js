// A stored picture in an <img>, fetched by the page once it is near the viewport: the token goes into a header, so it
// is in no address, and a long list of alerts requests only what can be seen.

import { keptPicture } from './api.js';
import { t } from './text.js';

const AT_ONCE = 4;
const WAIT = 2000; // milliseconds until the next try if the server is busy or unreachable

const wanted = new WeakMap(); // image -> {path, token, failed}
const queue = [];
let running = 0;

const nearby = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) enter(target);
}, { rootMargin: '300px' });

/** failed(why) is called if it cannot be shown. */
export function showKeptPicture(image, path, token, failed) {
  wanted.set(image, { path, token, failed });
  nearby.observe(image);
}

function enter(image) {
  nearby.unobserve(image);
  queue.push(image);
  next();
}

async function next() {
  if (running >= AT_ONCE || queue.length === 0) return;
  const image = queue.shift();
  const want = wanted.get(image);
  running += 1;
  try {
    const blob = await keptPicture(want.path, want.token);
    if (wanted.get(image) === want) show(image, blob, want.failed);
  } catch (problem) {
    if ([0, 429, 503].includes(problem.status) && problem.code !== 'store') setTimeout(() => again(image, want), Math.max(WAIT, (problem.retryAfter ?? 0) * 1000));
    else if (wanted.get(image) === want) want.failed(problem.message);
  } finally {
    running -= 1;
    next();
  }
}

/** As long as the image is still in the page. */
function again(image, want) {
  if (wanted.get(image) === want && image.isConnected) nearby.observe(image);
}

function show(image, blob, failed) {
  const address = URL.createObjectURL(blob);
  const done = () => URL.revokeObjectURL(address);
  image.addEventListener('load', done, { once: true });
  image.addEventListener('error', () => {
    done();
    failed(t('error.pictureUnreadable'));
  }, { once: true });
  image.src = address;
}
