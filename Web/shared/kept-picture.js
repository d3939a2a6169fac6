// A stored picture in an <img>, fetched by the page once it is near the viewport: the token goes into a header, so it
// is in no address, and a long list of alerts requests only what can be seen.

import { keptPicture } from './api.js';

const AT_ONCE = 4;
const WAIT = 2000; // milliseconds until the next try if the server is busy or unreachable

const wanted = new Map(); // image -> {path, token, failed}
const queue = [];
let running = 0;

const nearby = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) enter(target);
}, { rootMargin: '300px' });

/** failed() is called if there is no such picture. */
export function showKeptPicture(image, path, token, failed = () => {}) {
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
    if (wanted.get(image) === want) show(image, blob);
  } catch (problem) {
    if ([0, 429, 503].includes(problem.status)) setTimeout(() => again(image, want), Math.max(WAIT, (problem.retryAfter ?? 0) * 1000));
    else if (wanted.get(image) === want) end(image, want.failed);
  } finally {
    running -= 1;
    next();
  }
}

/** As long as the image is still in the page. */
function again(image, want) {
  if (wanted.get(image) !== want) return;
  if (image.isConnected) nearby.observe(image);
  else wanted.delete(image);
}

function show(image, blob) {
  const address = URL.createObjectURL(blob);
  const done = () => URL.revokeObjectURL(address);
  image.addEventListener('load', done, { once: true });
  image.addEventListener('error', done, { once: true });
  image.src = address;
  wanted.delete(image);
}

function end(image, failed) {
  wanted.delete(image);
  failed();
}
