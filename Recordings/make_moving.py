#!/usr/bin/env python3
"""Draws a student who never sits still, with the people of the evaluation: NAME.vp8frames and NAME.index.json.

    .venv/bin/python Recordings/make_moving.py [OUT]

Needs the packages of the evaluation (make test installs them) and ffmpeg. The encoder is libvpx with three temporal layers, as
Chromium's. It ends as it begins, after a whole number of cycles of the layers, so that it loops without a jump.
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Eval"))

import numpy as np  # noqa: E402

import close  # noqa: E402
import render  # noqa: E402
import vp8_frames  # noqa: E402
from cast import COLLINS, PLAIN  # noqa: E402
from encode import OPTIONS, frames  # noqa: E402
from scene import FPS, Actor, Scene  # noqa: E402

SECONDS, SETTLES = 12, 1.5
FROM = 10  # seconds into what he does: by then he does all of it
LAYERS = (0, 2, 1, 2)
# Key frames begin a cycle.
LAYERED = [*OPTIONS, "-g", "48", "-ts-parameters", "ts_number_layers=3:ts_target_bitrate=150,210,300:ts_rate_decimator=4,2,1:ts_periodicity=4:"
           "ts_layer_id=0,2,1,2:ts_layering_mode=3"]


def looped(track):
    """SECONDS of a track, in the last of which it comes back to where it began."""
    def value(t):
        share = min(1.0, max(0.0, (t - SECONDS + SETTLES) / SETTLES))
        share *= share * (3 - 2 * share)
        return track(FROM + t) * (1 - share) + track(FROM) * share
    return value


def record(out):
    tracks = close.lively(np.random.default_rng(31), FROM + SECONDS + 5, 240, close.size_of(0.4), leans=(0.25, 0.6))
    actor = Actor(COLLINS, **{name: looped(track) for name, track in tracks.items()}, sway=0)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "moving.ivf"
        drawn = render.pictures(Scene("moving", "moving", SECONDS, "plaster", [actor], PLAIN), folder)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "480x360", "-r", str(FPS), "-i", "-", *LAYERED, path],
            input=b"".join(picture.tobytes() for picture in drawn), check=True)
        index = vp8_frames.write(out, (
            (payload, int(key), LAYERS[number % len(LAYERS)], 1000 / FPS * number)
            for number, (payload, key) in enumerate(frames(path))))
    print(f"{len(index)} frames, {sum(entry['len'] for entry in index)} bytes, {sum(entry['key'] for entry in index)} key frames")


if __name__ == "__main__":
    record(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Recordings/moving_vp8_l1t3_480x360_300_10")
