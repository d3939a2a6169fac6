#!/usr/bin/env python3
"""Records what the student's page uploads, with its own encoder in a real Chromium: NAME.vp8frames and NAME.index.json.

    .venv/bin/python Recordings/record_vp8.py [OUT]

Needs a build and the packages of the page tests (make test installs them). The clip is that of the page tests: face 6 s,
nobody 3 s, face 3 s. The index gives of each frame offset, length, key flag, temporal layer and capture time in ms.
"""
import base64
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Tests/Pages"), str(ROOT / "Tests")]

from playwright.sync_api import sync_playwright  # noqa: E402

import vp8_frames  # noqa: E402
from make_clip import make_clip  # noqa: E402
from support.server import Server  # noqa: E402

SECONDS, RATE, KEY_FRAME_EVERY = 12, 10, 5
PLAN = "face:6 absent:3 face:3"

# In a page of the server's own, so that the encoder is the one students use.
RECORD = """async ({ seconds, rate, keyEvery }) => {
  const { supports, makeEncoder } = await import('/student/uplink/encoders.js');
  if (!await supports('video/x-vp8')) throw new Error('no VP8 here');
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 30 } });
  const reader = new MediaStreamTrackProcessor({ track: stream.getVideoTracks()[0], maxBufferSize: 1 }).readable.getReader();
  const frames = [];
  const encoder = makeEncoder('video/x-vp8', ({ key, layer, captured, length, write }) => {
    const bytes = new Uint8Array(length);
    write(bytes);
    frames.push({ key: key ? 1 : 0, layer, captured, bytes: btoa(String.fromCharCode(...bytes)) });
  }, error => { throw error; });
  const begin = performance.now();
  let wanted = 0, keyAt = -Infinity;
  while (wanted < seconds * rate) {
    const { value: frame } = await reader.read();
    const now = performance.now() - begin;
    if (now < wanted * 1000 / rate || encoder.busy) { frame.close(); continue; }
    const key = now - keyAt >= keyEvery * 1000;
    if (key) keyAt = now;
    encoder.encode(frame, key, now);
    wanted += 1;
  }
  while (encoder.busy) await new Promise(done => setTimeout(done, 20));
  return frames;
}"""


def record(out):
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = pathlib.Path(folder) / "clip.mjpeg"
        make_clip(clip, PLAN)
        server = Server(pathlib.Path(folder) / "data")
        try:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[
                "--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={clip}"])
            page = browser.new_page()
            page.goto(f"{server.url}/student")
            frames = page.evaluate(RECORD, {"seconds": SECONDS, "rate": RATE, "keyEvery": KEY_FRAME_EVERY})
            browser.close()
        finally:
            server.stop()
    index = vp8_frames.write(out, (
        (base64.b64decode(frame["bytes"]), frame["key"], frame["layer"], round(frame["captured"], 1)) for frame in frames))
    print(f"{len(index)} frames, {sum(entry['len'] for entry in index)} bytes, layers {sorted({entry['layer'] for entry in index})}")


if __name__ == "__main__":
    record(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Recordings/vp8_l1t3_480x360_300_10")
