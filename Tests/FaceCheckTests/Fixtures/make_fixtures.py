#!/usr/bin/env python3
"""Makes the pictures of the face check tests: 320x240, raw I420 (115,200 bytes each), written beside this script.

    pip install numpy 'opencv-python-headless<5' scikit-image
    python3 make_fixtures.py

Sources, both inside scikit-image: `astronaut` (NASA, public domain) and `coffee` (CC0), blurred, as the room.
Every picture carries camera-like noise from a fixed seed, so the same versions make the same bytes.
"""

import pathlib

import cv2
import numpy as np
from skimage import data

WIDTH, HEIGHT = 640, 480  # composed at twice the size of the pictures
HERE = pathlib.Path(__file__).resolve().parent

room = cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR)
room = cv2.GaussianBlur(cv2.resize(room, (WIDTH, HEIGHT)), (0, 0), 6)
room = (room * 0.6 + 60).clip(0, 255)

person = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)[0:380, 60:400]  # head and shoulders
outline = np.zeros(person.shape[:2], np.float32)
cv2.ellipse(outline, (165, 120), (95, 118), 0, 0, 360, 1, -1)
cv2.ellipse(outline, (165, 330), (165, 160), 0, 0, 360, 1, -1)
outline = cv2.GaussianBlur(outline, (0, 0), 5)


def scene(*people, light=1.0):
    """The room with people at (middle x, middle y, scale), in pixels of the composed size."""
    picture = room.copy()
    for x, y, scale in people:
        paste(picture, x, y, scale)
    noise = np.random.default_rng(7).normal(0, 2.5, (HEIGHT, WIDTH, 1))
    return (picture * light + noise).clip(0, 255).astype(np.uint8)


def paste(picture, x, y, scale):
    body = cv2.resize(person, None, fx=scale, fy=scale)
    alpha = cv2.resize(outline, None, fx=scale, fy=scale)[..., None]
    height, width = alpha.shape[:2]
    left, top = int(x - width / 2), int(y - height / 2)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(WIDTH, left + width), min(HEIGHT, top + height)
    source = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    picture[y0:y1, x0:x1] = body[source] * alpha[source] + picture[y0:y1, x0:x1] * (1 - alpha[source])


SCENES = {
    "present": scene((320, 290, 1.1)),
    "empty": scene(),
    "two": scene((200, 290, 0.95), (470, 300, 0.8)),
    "small": scene((330, 330, 0.5)),
    "covered": scene(light=0.04),
    "half_out": scene((5, 290, 1.1)),
}

for name, picture in SCENES.items():
    halved = cv2.resize(picture, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    (HERE / f"{name}.i420").write_bytes(cv2.cvtColor(halved, cv2.COLOR_BGR2YUV_I420).tobytes())
