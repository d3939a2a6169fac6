"""A scene as a script: who is where at what time, what lies before the camera, and what an observer should report."""
import dataclasses
import math
from typing import Callable

import numpy as np

from camera import HEIGHT, WIDTH, Camera
from people import Look

FPS = 10


class Track:
    """A value over time: points (time, value), with smooth ways between them."""

    def __init__(self, *points):
        self.points = [(p if isinstance(p, tuple) else (0.0, p)) for p in points]

    def __call__(self, t):
        points = self.points
        if t <= points[0][0]:
            return points[0][1]
        for (t0, v0), (t1, v1) in zip(points, points[1:]):
            if t < t1:
                share = (t - t0) / (t1 - t0)
                return v0 + (v1 - v0) * share * share * (3 - 2 * share)
        return points[-1][1]


def pulse(rest, value, start, end, ramp=0.5):
    """`rest`, but `value` from start to end; the way there ends at start, the way back begins at end."""
    return Track((start - ramp, rest), (start, value), (end, value), (end + ramp, rest))


@dataclasses.dataclass
class Actor:
    """One person. Positions are of the point between the eyes, `size` the pixels between the pupils."""
    look: Look
    x: Callable = Track(240)
    y: Callable = Track(165)
    size: Callable = Track(38)
    yaw: Callable = Track(0)
    pitch: Callable = Track(0)
    roll: Callable = Track(0)
    sway: float = 1.0  # how lively; 0 is a statue
    seed: int = 0
    is_behind: bool = False  # drawn before the others
    hand: Callable | None = None  # 0...1 how far a hand is before the face
    cup: Callable | None = None

    def __post_init__(self):
        random = np.random.default_rng([self.seed, 77])
        self.phases = random.uniform(0, 2 * math.pi, 16)
        self.rates = random.uniform(0.75, 1.3, 16)
        # Small shifts of attention: every few seconds the head settles at another place.
        self.settled, t, random_walk = [], 0.0, random
        while t < 200:
            self.settled.append((t, *random_walk.normal(0, 1, 5)))
            t += random_walk.uniform(2.0, 7.0)
        self.blinks = np.cumsum(random.uniform(2, 6, 80))

    def _settle(self, t, which):
        past = 0.0
        for start, *values in self.settled:
            if start > t:
                break
            share = min(1.0, (t - start) / 0.7)
            past += (values[which] - past) * share * share * (3 - 2 * share)
        return past

    def at(self, t):
        """x, y, size, yaw, pitch, roll, eyes shut."""
        def wave(k, period):
            return math.sin(2 * math.pi * t * self.rates[k] / period + self.phases[k])

        s, size = self.sway, self.size(t)
        near = size / 38
        return (
            self.x(t) + s * near * (4 * self._settle(t, 0) + 2.5 * wave(0, 7) + 0.7 * wave(1, 1.3)),
            self.y(t) + s * near * (2 * self._settle(t, 1) + 1.2 * wave(2, 5) + 0.7 * wave(3, 3.4)),  # 3.4 s: breath
            size * (1 + s * (0.02 * self._settle(t, 2) + 0.008 * wave(4, 6))),
            self.yaw(t) + s * (4 * self._settle(t, 3) + 1.5 * wave(5, 4)),
            self.pitch(t) + s * (3 * self._settle(t, 4) + 1.2 * wave(6, 5)),
            self.roll(t) + s * (1.2 * wave(7, 6)),
            bool(s > 0 and any(b <= t < b + 0.15 for b in self.blinks)))

    def share_in_picture(self, t):
        """Of the face, from ear to ear and brow to chin."""
        x, y, size = self.x(t), self.y(t), self.size(t)
        across = min(WIDTH, x + 1.1 * size) - max(0, x - 1.1 * size)
        down = min(HEIGHT, y + 1.8 * size) - max(0, y - 0.6 * size)
        return max(0, across) * max(0, down) / (2.2 * size * 2.4 * size)


@dataclasses.dataclass
class Event:
    kind: str
    start: float
    end: float
    others: tuple[str, ...] = ()  # kinds that are as good an answer


@dataclasses.dataclass
class Scene:
    name: str
    condition: str
    seconds: float
    room: str
    actors: list[Actor]
    camera: Camera = Camera()
    light: Callable = Track(1.0)
    # 0...1 how far the lens is covered, and with what (covers.py)
    cover: Callable | None = None
    cover_with: str = ""
    frozen: tuple[tuple[float, float], ...] = ()
    backlit: bool = False
    poster: str | None = None
    curtain: bool = False
    shake: Callable | None = None  # pixels the camera moves
    events: list[Event] = dataclasses.field(default_factory=list)
    tolerated: list[Event] = dataclasses.field(default_factory=list)
    upload: list[dict] = dataclasses.field(default_factory=list)  # {"from", "to", "how": "silent"|"dropped"}
    status: list[dict] = dataclasses.field(default_factory=list)  # {"at", "page"|"camera"|"program"}
    group: str = ""
    note: str = ""
    counts_faces: bool = True  # derive face_missing and several_faces from where the people are
    seed: int = 0
