#!/usr/bin/env python3
"""A clip for Chromium's fake camera: a real face, camera noise, scripted events.

    make_clip.py OUT.mjpeg 'face:6 absent:7' [fps]

Events: face (moves and zooms a little), absent (the room only), two, small, far (much too far away), dim (a face in too
little light), dark (lens covered), frozen (the last picture again). 640x480; Chromium plays it at 30 pictures a second and loops it for ever.
The face is scikit-image's astronaut.png (NASA, public domain).
"""
import math
import sys

import cv2
import numpy as np
from skimage import data

WIDTH, HEIGHT = 640, 480


class Scene:
    def __init__(self):
        face = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
        self.person = face[0:380, 60:400]  # head and shoulders
        mask = np.zeros(self.person.shape[:2], np.float32)
        cv2.ellipse(mask, (165, 120), (95, 118), 0, 0, 360, 1, -1)
        cv2.ellipse(mask, (165, 330), (165, 160), 0, 0, 360, 1, -1)
        self.mask = cv2.GaussianBlur(mask, (0, 0), 5)[..., None]
        room = cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR)
        room = cv2.GaussianBlur(cv2.resize(room, (WIDTH, HEIGHT)), (0, 0), 6)
        self.room = (room * 0.6 + 60).clip(0, 255).astype(np.float32)
        random = np.random.default_rng(7)
        self.noise = [random.normal(0, 2.5, (HEIGHT, WIDTH, 1)).astype(np.float32) for _ in range(8)]

    def paste(self, target, x, y, scale):
        person = cv2.resize(self.person, None, fx=scale, fy=scale)
        mask = cv2.resize(self.mask, None, fx=scale, fy=scale)[..., None]
        height, width = person.shape[:2]
        left, top = int(x - width / 2), int(y - height / 2)
        x0, y0, x1, y1 = max(0, left), max(0, top), min(WIDTH, left + width), min(HEIGHT, top + height)
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        target[y0:y1, x0:x1] = person[part] * mask[part] + target[y0:y1, x0:x1] * (1 - mask[part])

    def picture(self, index, t, kind):
        frame = self.room.copy()
        dx, dy = 25 * math.sin(t * 1.3) + 4 * math.sin(t * 7), 10 * math.sin(t * 1.9)
        if kind == "face":
            self.paste(frame, 320 + dx, 290 + dy, 1.1 + 0.12 * math.sin(t * 0.8))
        elif kind == "two":
            self.paste(frame, 200 + dx, 290 + dy, 0.95)
            self.paste(frame, 470 - dx / 2, 300 - dy, 0.8)
        elif kind == "small":
            self.paste(frame, 330 + dx, 330 + dy, 0.5)
        elif kind == "far":
            self.paste(frame, 330 + dx, 330 + dy, 0.36)
        elif kind == "dim":
            self.paste(frame, 320 + dx, 290 + dy, 1.1)
            frame *= 0.25
        elif kind == "dark":
            frame *= 0.04
        return (frame + self.noise[index % 8]).clip(0, 255).astype(np.uint8)


def make_clip(path, plan, fps=30):
    scene = Scene()
    index, last = 0, None
    with open(path, "wb") as out:
        for part in plan.split():
            kind, seconds = part.split(":")
            for _ in range(round(float(seconds) * fps)):
                if kind != "frozen" or last is None:
                    last = scene.picture(index, index / fps, kind)
                out.write(cv2.imencode(".jpg", last, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
                index += 1


if __name__ == "__main__":
    make_clip(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 30)
