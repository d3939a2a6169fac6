"""Walls with nothing on them, and what lies before the lens of somebody who sits close to one: more of `rooms` and
`covers`, for the scenes of `close`."""
import cv2
import numpy as np

import covers
import rooms
from covers import X, Y
from rooms import HEIGHT, WIDTH

_FROM_MIDDLE = np.hypot((X - WIDTH / 2) / WIDTH, (Y - HEIGHT / 2) / HEIGHT)[..., None]


def _plain(*colour, tilt=0.06):
    """Light falls on it a little from one side, as on every wall."""
    return np.array(colour, np.float32) * (1 + tilt * (0.5 - X / WIDTH) - tilt / 2 * Y / HEIGHT)[..., None]


def wall_white():
    return _plain(214, 219, 222)


def wall_grey():
    return _plain(128, 131, 132)


def wall_dark():
    return _plain(62, 58, 56)


def wall_ochre():
    return _plain(95, 150, 185)


def wall_blue():
    return _plain(165, 125, 90)


def wall_gradient():
    """A lamp on the left."""
    return _plain(160, 170, 178, tilt=0.7)


def wall_vignette():
    """A lens that darkens the corners."""
    return _plain(175, 180, 180) * (1 - 0.75 * _FROM_MIDDLE ** 2)


def wall_rough():
    """Fine grain of a roller, which a webcam hardly shows."""
    grain = cv2.GaussianBlur(np.random.default_rng(8).standard_normal((HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.6)
    return _plain(180, 186, 190) + (grain / grain.std() * 1.5)[..., None]


def white_paper():
    """About as bright as a wall in the same light."""
    return covers._flat(196, 203, 206) * (0.93 + 0.1 * covers._glow(150, 60, 300))


def grey_paper():
    return covers._flat(124, 128, 130) * (0.95 + 0.08 * covers._glow(330, 250, 260))


def palm():
    """A hand that lies before the lens and lets light through between the fingers."""
    folds = 0.85 + 0.15 * np.sin(X / 60 + 0.3 * np.sin(Y / 70))[..., None]
    return cv2.GaussianBlur(covers._flat(95, 115, 165) * folds * (0.75 + 0.35 * covers._glow(240, 160, 240)), (0, 0), 24)


def cloth():
    """A sleeve: out of focus, only its folds are left."""
    folds = 1 + 0.16 * np.sin(X / 70 + Y / 110) + 0.08 * np.sin(X / 31 - Y / 57)
    return cv2.GaussianBlur(covers._flat(120, 85, 70) * folds[..., None], (0, 0), 12)


def half_lid():
    """A laptop half closed: the keyboard below, the desk's edge and a shirt above it, all lit by the screen."""
    keys = 0.75 + 0.25 * ((X % 52 > 7) & ((Y + X * 0.05) % 44 > 7)).astype(np.float32)[..., None]
    picture = covers._flat(34, 31, 30) * keys * (0.5 + 0.8 * Y / HEIGHT)[..., None]
    shirt = covers._flat(58, 52, 66) * (1 + 0.1 * np.sin(X / 90))[..., None]
    above = 1 / (1 + np.exp((Y - 120) / 6))[..., None]
    return cv2.GaussianBlur(picture * (1 - above) + shirt * above, (0, 0), 4)


WALLS = (wall_white, wall_grey, wall_dark, wall_ochre, wall_blue, wall_gradient, wall_vignette, wall_rough)
COVERS = (white_paper, grey_paper, palm, cloth, half_lid)
NAMES = frozenset(maker.__name__ for maker in WALLS + COVERS)

rooms.ROOMS.update({maker.__name__: maker for maker in WALLS})
vars(covers).update({maker.__name__: maker for maker in COVERS})
