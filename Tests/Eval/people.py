"""The people of the scenes: four photographed ones, and made-up ones with the face of one in the hair of another."""
import functools
from typing import NamedTuple

import cv2
import numpy as np

import pictures
from head import LEFT, SIZE, TOP, UNIT, Head


class Portrait(NamedTuple):
    """Pupils in the photograph, outline of the head in distances between the pupils, and what the face is like."""
    left: tuple[float, float]
    right: tuple[float, float]
    outline: tuple[tuple[float, float], ...]


PORTRAITS = {
    "collins": Portrait((204, 102), (248, 104), (
        (-1.45, .35), (-1.68, -.2), (-1.62, -.9), (-1.3, -1.35), (-.7, -1.78), (0, -1.97), (.7, -1.85), (1.3, -1.5),
        (1.66, -.8), (1.7, -.2), (1.45, .4), (1.1, .55), (.93, .75), (.85, 1.15), (.62, 1.5), (.32, 1.75), (0, 1.82),
        (-.38, 1.8), (-.72, 1.5), (-.92, 1.05), (-.97, .65), (-1.2, .6))),
    "hopper": Portrait((219, 191), (310, 188), (
        (-1.2, -.75), (-1.0, -1.25), (-.55, -1.72), (0, -1.85), (.5, -1.72), (1.0, -1.35), (1.18, -1.05), (1.2, -.4),
        (1.18, 0), (1.1, .55), (1.0, 1.15), (.75, 1.4), (.45, 1.55), (0, 1.62), (-.45, 1.55), (-.75, 1.3), (-1.0, 1.1),
        (-1.15, .6), (-1.2, 0))),
    "obama": Portrait((437, 215), (552, 211), (
        (-1.15, -.8), (-.7, -1.38), (0, -1.58), (.6, -1.42), (1.05, -.9), (1.16, -.3), (1.28, -.05), (1.24, .5),
        (1.1, .75), (.88, 1.15), (.54, 1.55), (.25, 1.88), (0, 1.97), (-.4, 1.93), (-.75, 1.5), (-.98, .95), (-1.15, .65),
        (-1.32, .3), (-1.35, -.15), (-1.18, -.2))),
    "biden": Portrait((541, 325), (662, 355), (
        (-1.55, .7), (-1.68, .1), (-1.85, -.3), (-1.75, -1.0), (-1.3, -1.55), (-.6, -1.85), (.2, -1.82), (.8, -1.42),
        (1.05, -.8), (1.1, -.2), (1.0, .3), (.96, .9), (.75, 1.45), (.42, 1.85), (0, 2.0), (-.5, 1.85), (-1.0, 1.45),
        (-1.2, 1.05), (-1.45, 1.0))),
}


class Look(NamedTuple):
    """How one person looks. `face` names the photograph the face is from, `hair` that of all else of the head."""
    face: str
    hair: str
    mirrored: bool = False
    skin: float = 1.0  # below 1 makes the skin darker
    clothes: tuple[int, int, int] = (90, 70, 60)  # BGR
    pattern: str = "plain"
    glasses: str | None = None
    mask: str | None = None
    headset: bool = False


class Person:
    def __init__(self, look, folder):
        self.look = look
        texture = _texture(look, folder)
        self.skin = _skin_of(texture)
        closed = _shut_eyes(texture, self.skin)
        for layer in (texture, closed):
            _dress(layer, look)
        self.head = Head(texture, closed)
        self.torso = _torso(look, self.skin)


def _canonical(name, folder):
    """The photograph, turned and scaled so that the pupils lie at -0.5 and 0.5."""
    image, portrait = pictures.photograph(name, folder), PORTRAITS[name]
    left, right = np.float32(portrait.left), np.float32(portrait.right)
    middle, across = (left + right) / 2, right - left
    scale, angle = UNIT / np.hypot(*across), np.arctan2(across[1], across[0])
    cos, sin = scale * np.cos(-angle), scale * np.sin(-angle)
    to = np.float32([-LEFT * UNIT, -TOP * UNIT])
    matrix = np.float32([
        [cos, -sin, to[0] - cos * middle[0] + sin * middle[1]], [sin, cos, to[1] - sin * middle[0] - cos * middle[1]]])
    if scale < 0.8:
        image = cv2.GaussianBlur(image, (0, 0), 0.45 / scale)
    return cv2.warpAffine(image, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _pixels(points):
    return np.round([((x - LEFT) * UNIT, (y - TOP) * UNIT) for x, y in points]).astype(np.int32)


def _alpha(name, image):
    """The outline of the head: GrabCut settles what the drawn one leaves open."""
    drawn = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(drawn, [_pixels(PORTRAITS[name].outline)], 255)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    surely, possibly = cv2.erode(drawn, disc), cv2.dilate(drawn, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    marks = np.full(drawn.shape, cv2.GC_BGD, np.uint8)
    marks[possibly > 0] = cv2.GC_PR_BGD
    marks[drawn > 0] = cv2.GC_PR_FGD
    marks[surely > 0] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    cv2.grabCut(image, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    mask = np.where((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    # At the chin the photograph goes on into the neck: there the drawn outline holds.
    below = round((0.9 - TOP) * UNIT)
    mask[below:] = drawn[below:]
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    return cv2.GaussianBlur(mask, (0, 0), 1.6)


def _texture(look, folder):
    image = _canonical(look.hair, folder)
    alpha = _alpha(look.hair, image)
    if look.face != look.hair:
        image = _with_face(image, _canonical(look.face, folder))
    if look.skin != 1:
        image = _tinted(image, look.skin)
    texture = np.dstack([image, alpha])
    return np.ascontiguousarray(texture[:, ::-1]) if look.mirrored else texture


def _with_face(image, other):
    """The inner face of `other` in `image`, with the tone of the skin that is there."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(mask, _point(0, 0.55), (round(0.92 * UNIT), round(1.05 * UNIT)), 0, 0, 360, 255, -1)
    x, y, width, height = cv2.boundingRect(mask)
    middle = x + width // 2, y + height // 2
    cloned = cv2.seamlessClone(other, image, mask, middle, cv2.NORMAL_CLONE)
    # Half of the tone comes along, so that the made-up people differ in it.
    soft = cv2.GaussianBlur(mask, (0, 0), 12)[..., None] / 255
    return (cloned * (1 - 0.0 * soft)).clip(0, 255).astype(np.uint8)


def _point(x, y):
    return round((x - LEFT) * UNIT), round((y - TOP) * UNIT)


def _tinted(image, factor):
    """Skin, and only skin, darker or lighter by a factor."""
    ycrcb = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).astype(np.float32)
    likeness = np.exp(-(((ycrcb[..., 1] - 155) / 18) ** 2) - ((ycrcb[..., 2] - 108) / 18) ** 2)
    likeness = cv2.GaussianBlur(likeness, (0, 0), 3)[..., None]
    return (image * (1 + (factor - 1) * likeness)).clip(0, 255).astype(np.uint8)


def _skin_of(texture):
    """The colour of the cheeks."""
    x, y = _point(0, 0.65)
    patch = np.concatenate([texture[y - 6:y + 6, x + side - 5:x + side + 5, :3].reshape(-1, 3) for side in (-34, 34)])
    return tuple(float(channel) for channel in np.median(patch, 0))


def _shut_eyes(texture, skin):
    closed = texture.copy()
    for x in (-0.5, 0.5):
        cv2.ellipse(closed, _point(x, 0.0), (15, 8), 0, 0, 360, (*[c * 0.9 for c in skin], 255), -1)
        cv2.ellipse(closed, _point(x, 0.02), (15, 7), 0, 20, 160, (*[c * 0.35 for c in skin], 255), 2, cv2.LINE_AA)
    closed[..., :3] = cv2.GaussianBlur(closed[..., :3], (0, 0), 0.8)
    closed[..., 3] = texture[..., 3]
    return closed


GLASSES = {"thin": ((40, 40, 45), 2), "thick": ((15, 12, 12), 5), "red": ((30, 25, 120), 4), "glare": ((50, 50, 50), 3)}
MASKS = {"white": (225, 228, 228), "blue": (200, 165, 120), "black": (35, 32, 32), "cloth": (90, 60, 130)}


def _dress(texture, look):
    alpha = texture[..., 3].copy()
    if look.mask:
        _put_on_mask(texture, MASKS[look.mask])
    if look.glasses:
        colour, thickness = GLASSES[look.glasses]
        for x in (-0.52, 0.52):
            middle = _point(x, 0.06)
            if look.glasses == "glare":
                glare = texture.copy()
                cv2.ellipse(glare, middle, (23, 17), 0, 0, 360, (235, 240, 240, 255), -1, cv2.LINE_AA)
                cv2.addWeighted(glare, 0.55, texture, 0.45, 0, texture)
            cv2.ellipse(texture, middle, (26, 20), 0, 0, 360, (*colour, 255), thickness, cv2.LINE_AA)
            outer = 1 if x > 0 else -1
            cv2.line(texture, _point(x + outer * 0.43, -0.05), _point(outer * 1.3, -0.12), (*colour, 255), thickness, cv2.LINE_AA)
        cv2.line(texture, _point(-0.1, 0.0), _point(0.1, 0.0), (*colour, 255), thickness, cv2.LINE_AA)
    if look.headset:
        cv2.ellipse(texture, _point(0, -0.2), (round(1.25 * UNIT), round(1.35 * UNIT)), 0, 180, 360, (30, 30, 30, 255), 9, cv2.LINE_AA)
        for side in (-1.15, 1.15):
            cv2.ellipse(texture, _point(side, 0.15), (14, 27), 0, 0, 360, (35, 35, 38, 255), -1, cv2.LINE_AA)
    texture[..., 3] = alpha


def _put_on_mask(texture, colour):
    shape = _pixels([(-1.0, .45), (-.45, .3), (0, .22), (.45, .3), (1.0, .45), (.98, 1.1), (.7, 1.6), (.3, 1.95),
                     (0, 2.05), (-.3, 1.95), (-.7, 1.6), (-.98, 1.1)])
    area = np.zeros(texture.shape[:2], np.uint8)
    cv2.fillPoly(area, [shape], 255, cv2.LINE_AA)
    rows = np.arange(texture.shape[0])[:, None]
    columns = np.arange(texture.shape[1])[None, :]
    x, y = columns / UNIT + LEFT, rows / UNIT + TOP
    shade = 1 - 0.22 * (x / 1.0) ** 2 - 0.05 * np.cos(y * 16) * (np.abs(x) < 0.85) - 0.08 * np.clip(y - 1.2, 0, 1)
    cloth = (np.array(colour, np.float32) * shade[..., None]).clip(0, 255)
    soft = cv2.GaussianBlur(area, (0, 0), 0.8)[..., None] / 255
    texture[..., :3] = texture[..., :3] * (1 - soft) + cloth * soft
    for side in (-1, 1):
        for y0 in (0.5, 1.1):
            cv2.line(texture, _point(side * 0.95, y0), _point(side * 1.3, 0.35), (*[int(c * .9) for c in colour], 255), 2, cv2.LINE_AA)


TORSO_LEFT, TORSO_TOP = -4.5, 0.6
TORSO_SIZE = 9 * UNIT, 14 * UNIT


def _torso(look, skin):
    """BGRA of neck, shoulders and clothes, from below the mouth down."""
    def pixels(points):
        return np.round([((x - TORSO_LEFT) * UNIT, (y - TORSO_TOP) * UNIT) for x, y in points]).astype(np.int32)

    width, height = TORSO_SIZE
    layer = np.zeros((height, width, 4), np.uint8)
    random = np.random.default_rng(sum(look.clothes))
    x = (np.arange(width) / UNIT + TORSO_LEFT)[None, :]
    y = (np.arange(height) / UNIT + TORSO_TOP)[:, None]

    body = np.zeros((height, width), np.uint8)
    right = [(.75, 2.0), (1.2, 2.2), (2.0, 2.5), (2.6, 2.95), (2.95, 3.9), (3.2, 5.6), (3.4, 15)]
    cv2.fillPoly(body, [pixels([(-a, b) for a, b in right][::-1] + [(0, 2.5)] + right)], 255, cv2.LINE_AA)
    folds = cv2.GaussianBlur(random.standard_normal((height, width)).astype(np.float32), (0, 0), 14)
    folds = folds / folds.std() * 0.06
    shade = 1.05 - 0.05 * x ** 2 + folds - 0.015 * np.clip(y - 2.5, 0, 6)
    cloth = np.broadcast_to(np.array(look.clothes, np.float32), (height, width, 3)).copy()
    if look.pattern == "stripes":
        cloth[((y * 3).astype(int) % 2 == 0)[:, 0]] *= 0.6
    elif look.pattern == "check":
        cloth *= (0.8 + 0.2 * np.sign(np.sin(x * 9) * np.sin(y * 9)))[..., None]
    elif look.pattern == "print":
        spots = cv2.GaussianBlur(random.standard_normal((height, width)).astype(np.float32), (0, 0), 5)
        cloth[spots > spots.std()] = (200, 210, 215)
    cloth = (cloth * shade[..., None]).clip(0, 255)

    neck = np.zeros((height, width), np.uint8)
    cv2.fillPoly(neck, [pixels([(-.72, .9), (.72, .9), (.75, 1.95), (1.0, 2.15), (0, 2.85), (-1.0, 2.15), (-.75, 1.95)])], 255, cv2.LINE_AA)
    dark = (0.74 + 0.1 * np.clip(y - 1.6, 0, 1.5) - 0.12 * x ** 2)
    flesh = (np.array(skin, np.float32) * dark[..., None]).clip(0, 255)
    for mask, colours in ((body, cloth), (neck, flesh)):
        soft = mask[..., None] / 255
        layer[..., :3] = layer[..., :3] * (1 - soft) + colours * soft
    collar = np.zeros((height, width), np.uint8)
    cv2.polylines(collar, [pixels([(-1.0, 2.12), (-.5, 2.6), (0, 2.85), (.5, 2.6), (1.0, 2.12)])], False, 255, 9, cv2.LINE_AA)
    soft = collar[..., None] / 255
    layer[..., :3] = layer[..., :3] * (1 - soft) + cloth * 0.8 * soft
    layer[..., 3] = cv2.GaussianBlur(np.maximum(np.maximum(body, neck), collar), (0, 0), 1)
    return layer


@functools.lru_cache(maxsize=4)  # of all that are drawn of them, a person has a hundred megabytes
def person(look, folder):
    return Person(look, folder)
