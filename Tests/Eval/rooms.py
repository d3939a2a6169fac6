"""Rooms behind the people, from pictures in scikit-image and from nothing but numbers."""
import functools

import cv2
import numpy as np
from skimage import data

WIDTH, HEIGHT = 480, 360


def _photo(image, blur, scale=1.0, add=0.0, crop=None):
    if crop:
        x0, y0, x1, y1 = crop
        image = image[y0:y1, x0:x1]
    image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    image = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(image, (0, 0), blur).astype(np.float32) * scale + add


def _wall(colour, tilt=0.25):
    shade = 1 + tilt * (0.5 - np.linspace(0, 1, WIDTH))[None, :, None] - 0.15 * np.linspace(0, 1, HEIGHT)[:, None, None]
    return np.array(colour, np.float32) * shade


def _box(room, x0, y0, x1, y1, colour):
    cv2.rectangle(room, (x0, y0), (x1, y1), colour, -1, cv2.LINE_AA)


def _picture(room, image, x, y, width, height, strength=0.8):
    _box(room, x - 4, y - 4, x + width + 4, y + height + 4, (40, 50, 60))
    image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    room[y:y + height, x:x + width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA) * strength


def plaster():
    room = _wall((168, 178, 182))
    _box(room, 0, 60, 70, 360, (70, 95, 125))  # a door
    _box(room, 8, 75, 62, 200, (64, 88, 117))
    _box(room, 330, 250, 480, 360, (60, 62, 70))  # a chest of drawers
    _box(room, 330, 300, 480, 303, (35, 36, 40))
    return room


def books():
    room = _wall((70, 85, 100))
    random = np.random.default_rng(3)
    for top in (10, 100, 190, 280):
        x = 0
        while x < WIDTH:
            width, height = int(random.integers(8, 22)), int(random.integers(58, 78))
            colour = tuple(int(c) for c in random.integers(30, 190, 3))
            _box(room, x, top + 80 - height, x + width - 2, top + 80, colour)
            x += width
        _box(room, 0, top + 80, WIDTH, top + 88, (45, 65, 90))
    return room


def garage():
    return _photo(data.stereo_motorcycle()[0], 2.2, 0.75, 20)


def cafe():
    return _photo(data.coffee(), 6, 0.6, 60)


def bricks():
    return _photo(data.brick(), 1.2, 1.0) * np.array((0.75, 0.9, 1.15), np.float32)


def pictures():
    room = _wall((150, 165, 160), 0.4)
    _picture(room, data.rocket(), 40, 40, 100, 70)
    _picture(room, data.chelsea(), 330, 50, 90, 70)
    _box(room, 0, 320, 480, 360, (60, 80, 110))
    return room


def kitchen():
    room = _wall((205, 210, 205), 0.1)
    for x in range(0, WIDTH, 40):
        cv2.line(room, (x, 90), (x, 250), (165, 170, 168), 2)
    for y in range(90, 251, 40):
        cv2.line(room, (0, y), (WIDTH, y), (165, 170, 168), 2)
    _box(room, 0, 0, 200, 85, (110, 140, 160))
    _box(room, 206, 0, 480, 85, (110, 140, 160))
    _box(room, 0, 250, 480, 275, (60, 60, 62))
    _box(room, 0, 275, 480, 360, (120, 150, 170))
    return room


def window():
    room = _wall((110, 120, 125), 0.2)
    _box(room, 250, 20, 450, 230, (245, 240, 235))
    sky = np.linspace(0, 1, 210)[:, None, None]
    room[20:230, 250:450] = (1 - sky) * (255, 235, 215) + sky * (235, 245, 245)
    for x in (346, 354):
        cv2.line(room, (x, 20), (x, 230), (200, 205, 205), 4)
    return room


def bare():
    return _wall((150, 160, 165), 0.15)


def study():
    room = books() * 0.45
    glow = np.exp(-(((np.arange(WIDTH) - 90) / 90) ** 2))[None, :] * np.exp(-(((np.arange(HEIGHT) - 120) / 90) ** 2))[:, None]
    return room + glow[..., None] * np.array((60, 110, 150), np.float32)


def gravel():
    return _photo(data.gravel(), 2.5, 0.5, 70) * np.array((1.0, 1.02, 0.95), np.float32)


ROOMS = {f.__name__: f for f in (
    plaster, books, garage, cafe, bricks, pictures, kitchen, window, bare, study, gravel)}


@functools.cache
def room(name):
    """BGR of 480x360, a little out of focus as rooms are."""
    return cv2.GaussianBlur(ROOMS[name]().clip(0, 255).astype(np.float32), (0, 0), 1.1).astype(np.uint8)
