"""What can lie before a lens. Each is a whole picture as the camera gives it, out of focus as anything so close is."""
import functools

import cv2
import numpy as np

from camera import HEIGHT, WIDTH

X, Y = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))


def _glow(x, y, size):
    return np.exp(-(((X - x) / size) ** 2) - ((Y - y) / size) ** 2)[..., None]


def _flat(*colour):
    return np.full((HEIGHT, WIDTH, 3), colour, np.float32)


def thumb():
    return _flat(8, 9, 28) * (0.8 + 0.5 * _glow(420, 60, 200))


def glowing_thumb():
    return _flat(20, 30, 130) * (0.5 + 0.6 * _glow(200, 150, 220))


def leaking_thumb():
    return _flat(10, 12, 40) + _glow(480, 0, 120) * _flat(150, 150, 150)


def tape():
    return _flat(4, 4, 5)


def shutter():
    return _flat(1, 1, 1)


def note():
    return _flat(90, 150, 160) * (0.9 + 0.15 * _glow(300, 100, 250))


def hand():
    fingers = 0.75 + 0.25 * np.sin(X / 38 + 0.2 * np.sin(Y / 90))[..., None]
    return cv2.GaussianBlur(_flat(60, 75, 110) * fingers * (0.7 + 0.4 * _glow(150, 200, 180)), (0, 0), 22)


def lid():
    """A laptop nearly closed: the keyboard, lit by the screen, and a strip of the room."""
    keys = 0.7 + 0.3 * ((X % 44 > 6) & ((Y + X * 0.08) % 38 > 6)).astype(np.float32)[..., None]
    picture = _flat(20, 18, 17) * keys * (0.4 + 0.9 * Y / HEIGHT)[..., None]
    picture[:26] = 95
    return cv2.GaussianBlur(picture, (0, 0), 3)


def breath():
    """Not a cover: a greasy lens, through which a face can still be seen."""
    return _flat(130, 132, 134)


@functools.cache
def cover(name):
    return globals()[name]().clip(0, 255).astype(np.uint8)
