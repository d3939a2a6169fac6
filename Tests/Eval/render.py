"""Draws the pictures of a scene, one after the other, as a camera gives them."""
import functools
import math

import cv2
import numpy as np

import people
from camera import HEIGHT, WIDTH
from covers import cover
from head import LEFT, SIZE, TOP, UNIT
from people import TORSO_LEFT, TORSO_TOP, person
from rooms import room
from scene import FPS


def pictures(scene, folder):
    """I420 pictures of 480x360. `folder` holds the photographs."""
    random = np.random.default_rng([scene.seed, 11])
    background = _background(scene, folder)
    cast = [(actor, person(actor.look, str(folder))) for actor in sorted(scene.actors, key=lambda a: not a.is_behind)]
    last = None
    for k in range(round(scene.seconds * FPS)):
        t = k / FPS
        if last is not None and any(start <= t < end for start, end in scene.frozen):
            yield last
            continue
        frame = background.copy()
        if scene.curtain:
            _move_curtain(frame, background, t)
        for actor, body in cast:
            _draw(frame, actor, body, t, scene)
        if scene.shake and abs(scene.shake(t)) > 0.1:
            shift = scene.shake(t)
            matrix = np.float32([[1, 0, shift * math.sin(t * 9)], [0, 1, shift * math.cos(t * 7)]])
            frame = cv2.warpAffine(frame, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        light = scene.light(t)
        if scene.cover and (share := scene.cover(t)) > 0:
            frame, light = _covered(frame, scene.cover_with, share, light)
        last = scene.camera.take(frame, light, random, t)
        yield last


def _background(scene, folder):
    frame = room(scene.room).copy()
    if scene.poster:
        look = people.Look(scene.poster, scene.poster)
        texture = person(look, str(folder)).head.texture
        face = np.full((150, 120, 3), (170, 150, 120), np.uint8)
        small = cv2.resize(texture, (150, 168), interpolation=cv2.INTER_AREA)[6:156, 15:135]
        alpha = small[..., 3:] / 255
        face = (face * (1 - alpha) + small[..., :3] * alpha).astype(np.uint8)
        cv2.rectangle(frame, (346, 16), (474, 174), (35, 40, 45), -1)
        frame[20:170, 350:470] = cv2.GaussianBlur(face, (0, 0), 0.8)
    if scene.backlit:
        # A window behind the person: what is not the window lies in its shadow.
        frame = (frame * 0.45).astype(np.uint8)
        cv2.rectangle(frame, (110, 0), (400, 230), (250, 248, 245), -1)
        for x in (205, 305):
            cv2.line(frame, (x, 0), (x, 230), (190, 195, 200), 5)
        frame = cv2.GaussianBlur(frame, (0, 0), 2.5)
    return frame


def _move_curtain(frame, background, t):
    """The right fifth of the room sways."""
    width = 100
    shift = 5 * math.sin(t * 1.1) + 2 * math.sin(t * 2.7)
    columns = (np.arange(width) + WIDTH - width + shift * np.linspace(0, 1, width)).astype(np.float32)
    map_x = np.broadcast_to(columns, (HEIGHT, width)).astype(np.float32)
    map_y = np.broadcast_to(np.arange(HEIGHT, dtype=np.float32)[:, None], (HEIGHT, width)).copy()
    folds = 1 + 0.12 * np.sin(np.arange(width) / 7 + shift * 0.3)[None, :, None]
    part = cv2.remap(background, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    frame[:, WIDTH - width:] = (part * folds).clip(0, 255).astype(np.uint8)


def _draw(frame, actor, body, t, scene):
    x, y, size, yaw, pitch, roll, shut = actor.at(t)
    if x < -4 * size or x > WIDTH + 4 * size or y > HEIGHT + 3 * size or y < -6 * size:
        return
    shade = 0.3 if scene.backlit else 0.8 if actor.is_behind else 1.0
    scale = size / UNIT
    # The body follows the head a little: it leans with it and turns less.
    _paste(frame, body.torso, x - 0.35 * size * math.sin(math.radians(yaw)) , y, scale, TORSO_LEFT, TORSO_TOP, roll * 0.25, shade)
    _paste(frame, body.head.sprite(yaw, pitch, shut), x, y, scale, LEFT, TOP, roll, shade, pivot=1.9)
    for track, draw in ((actor.hand, _hand), (actor.cup, _cup)):
        if track and (share := track(t)) > 0.01:
            draw(frame, x, y, size, share, body.skin, shade)


def _paste(frame, sprite, x, y, scale, left, top, roll, shade, pivot=3.5):
    """A sprite whose origin comes to x, y; rolled about a point `pivot` below it."""
    if scale < 0.42:
        sprite, shrink = _half(sprite), 0.5
    else:
        shrink = 1.0
    angle = math.radians(roll)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    # pixels of the sprite -> units -> picture
    unit = UNIT * shrink
    px, py = -left * unit, (pivot - top) * unit  # the pivot in the sprite
    cos, sin = cos / shrink, sin / shrink
    qx, qy = x, y + pivot * UNIT * scale
    matrix = np.float32([[cos, -sin, qx - cos * px + sin * py], [sin, cos, qy - sin * px - cos * py]])
    height, width = sprite.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [0, height], [width, height]])
    placed = corners @ matrix[:, :2].T + matrix[:, 2]
    x0, y0 = np.maximum(np.floor(placed.min(0)), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(placed.max(0)), (WIDTH, HEIGHT)).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    matrix[:, 2] -= (x0, y0)
    layer = cv2.warpAffine(sprite, matrix, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
    _blend(frame[y0:y1, x0:x1], layer, shade)


def _blend(part, layer, shade):
    alpha = cv2.cvtColor(layer[..., 3], cv2.COLOR_GRAY2BGR)
    part[:] = cv2.add(
        cv2.multiply(part, 255 - alpha, scale=1 / 255), cv2.multiply(layer[..., :3], alpha, scale=shade / 255))


_halves = {}


def _half(sprite):
    key = id(sprite)
    if key not in _halves or _halves[key][0] is not sprite:
        if len(_halves) > 64:
            _halves.clear()
        _halves[key] = sprite, cv2.resize(sprite, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _halves[key][1]


@functools.cache
def _hand_sprite():
    """A hand with closed fingers, BGRA in shades of grey, 160x200."""
    layer = np.zeros((200, 160, 4), np.uint8)
    for k, (x, top) in enumerate(((35, 38), (65, 20), (95, 22), (123, 45))):
        grey = 225 - 8 * k
        cv2.line(layer, (x, top), (x, 120), (grey, grey, grey, 255), 30, cv2.LINE_AA)
        cv2.line(layer, (x + 15, top + 8), (x + 15, 110), (150, 150, 150, 255), 2, cv2.LINE_AA)
    cv2.ellipse(layer, (80, 140), (62, 55), 0, 0, 360, (215, 215, 215, 255), -1, cv2.LINE_AA)
    cv2.line(layer, (22, 150), (8, 95), (210, 210, 210, 255), 26, cv2.LINE_AA)
    return cv2.GaussianBlur(layer, (0, 0), 1.5)


def _hand(frame, x, y, size, share, skin, shade):
    layer = _hand_sprite().copy()
    layer[..., :3] = (layer[..., :3] / 255 * np.array(skin)).clip(0, 255)
    _put(frame, layer, x, y + size * (0.5 + 5 * (1 - share)), size * 2.9, shade)


def _cup(frame, x, y, size, share, skin, shade):
    layer = np.zeros((200, 160, 4), np.uint8)
    cv2.rectangle(layer, (40, 40), (120, 150), (190, 180, 170, 255), -1, cv2.LINE_AA)
    cv2.ellipse(layer, (80, 40), (40, 10), 0, 0, 360, (150, 145, 140, 255), -1, cv2.LINE_AA)
    for k in range(4):
        cv2.line(layer, (30, 70 + 22 * k), (85, 68 + 22 * k), (*[int(c * .9) for c in skin], 255), 20, cv2.LINE_AA)
    _put(frame, layer, x + 0.1 * size, y + size * (1.25 + 4 * (1 - share)), size * 1.9, shade)


def _put(frame, layer, x, y, width, shade):
    scale = width / layer.shape[1]
    matrix = np.float32([[scale, 0, x - width / 2], [0, scale, y - layer.shape[0] * scale / 2]])
    _blend(frame, cv2.warpAffine(layer, matrix, (WIDTH, HEIGHT)), shade)


def _covered(frame, what, share, light):
    """Something comes before the lens from below; so close, its edge is soft."""
    picture = cover(what)
    if what == "breath":
        return cv2.addWeighted(cv2.GaussianBlur(frame, (0, 0), 3), 1 - 0.6 * share, picture, 0.6 * share, 0), light
    edge = (1 - share) * (HEIGHT + 120) - 60
    alpha = 1 / (1 + np.exp(-(np.arange(HEIGHT, dtype=np.float32) - edge) / 14))
    alpha = alpha[:, None, None] if share < 1 else np.float32(1)
    # What lies before the lens does not get darker with the room.
    return (frame * light * (1 - alpha) + picture * alpha).clip(0, 255).astype(np.uint8), 1.0
