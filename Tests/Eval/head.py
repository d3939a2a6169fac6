"""A photographed head that can be turned: the photograph is laid over a surface in space and drawn from any side.

Lengths are in distances between the pupils; x to the right of the picture, y down, z to the camera; the origin is between
the eyes. Each row of the head is an ellipse as wide as the head in the photograph, with bumps for nose, mouth, chin and
brows. The far side of the head, which no photograph shows, continues what lies at the outline: hair and ears.
"""
import functools
import math

import cv2
import numpy as np

UNIT = 60  # pixels of a sprite between the pupils
LEFT, RIGHT, TOP, BOTTOM = -2.5, 2.5, -2.8, 2.8  # what a sprite shows
SIZE = round((RIGHT - LEFT) * UNIT), round((BOTTOM - TOP) * UNIT)
AXIS = -0.95  # z of the line about which the head turns: the upper end of the spine
MIDDLE = -1.2  # z of the middle of the skull
FACE_HALF_WIDTH = 1.28
DEPTH = 1.45  # half of the skull from front to back: 19 cm of it to 6.3 between the pupils


class Head:
    """`texture`: BGRA of SIZE, the frontal photograph with its outline in alpha. `closed`: the same with eyes shut."""

    def __init__(self, texture, closed):
        self.texture, self.closed = texture, closed
        self.surface = Surface(texture[..., 3])
        # What lies beside the outline in the photograph is drawn out over the far side: without its fine lines.
        self.side = cv2.GaussianBlur(texture, (0, 0), sigmaX=2, sigmaY=7)
        self.drawn = functools.lru_cache(maxsize=300)(self._draw)

    def sprite(self, yaw, pitch=0.0, eyes_shut=False):
        """BGRA of SIZE at these angles in degrees: yaw positive to the right of the picture, pitch positive up."""
        # In steps: a sprite takes as long as ten pictures, and is drawn once.
        return self.drawn(round(yaw), 2 * round(pitch / 2), eyes_shut)

    def _draw(self, yaw, pitch, eyes_shut):
        u, v, sideways, hit = self.surface.seen_from(yaw, pitch)
        front = cv2.remap(
            self.closed if eyes_shut else self.texture, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        side = cv2.remap(self.side, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        sprite = (front * (1 - sideways[..., None]) + side * sideways[..., None]).astype(np.uint8)
        sprite[..., 3] = (np.maximum(front[..., 3], side[..., 3] * (sideways > 0.5)) * hit).astype(np.uint8)
        return _with_crown(sprite)


class Surface:
    """Points in space by row and longitude, and the pixels of the photograph that belong to them."""

    def __init__(self, alpha):
        width, height = SIZE
        # Denser than pixels, so that a turned head has no holes.
        rows, longitude = np.arange(0, height, 0.75), np.radians(np.arange(-180, 180, 0.55))
        left, right = (np.interp(rows, np.arange(height), side) for side in _outline(alpha > 127))
        used = right - left > 2
        rows, left, right = rows[used], left[used], right[used]
        middle, half = (left + right)[:, None] / 2, (right - left)[:, None] / 2

        sine, front = np.sin(longitude)[None, :], np.cos(longitude)[None, :] >= 0
        x = (middle + half * sine) / UNIT + LEFT
        y = np.broadcast_to((rows / UNIT + TOP)[:, None], x.shape)
        width_here = half / UNIT
        depth = DEPTH * np.minimum(1, width_here / 1.15) ** 0.5
        face = np.sqrt(np.clip(1 - (width_here * sine / np.minimum(width_here, FACE_HALF_WIDTH)) ** 2, 0, 1))
        hair = 0.8 * np.sqrt(1 - sine ** 2)  # where it is wider than a face
        bulge = depth * np.maximum(face, hair)
        z = MIDDLE + np.where(front, bulge + _features(x, y), -0.95 * bulge)
        self.shape = x.shape
        self.points = np.stack([x, y, z]).astype(np.float32)

        # The far side shows what lies just inside the outline.
        inward = np.where(front, np.clip(sine, -0.93, 0.93), np.where(sine >= 0, 0.9, -0.9))
        self.u = (middle + half * inward).astype(np.float32).ravel()
        self.v = np.broadcast_to(rows[:, None], x.shape).astype(np.float32).ravel()
        sideways = np.where(front, np.clip((np.abs(sine) - 0.8) / 0.12, 0, 1), 1)
        self.sideways = np.broadcast_to(sideways, x.shape).astype(np.float32).ravel()

    def seen_from(self, yaw, pitch):
        """Per pixel of the sprite: which pixel of the photograph it shows, how far it is on the side of the head, and
        whether the head is there at all (0...1)."""
        width, height = SIZE
        turn, nod = math.radians(yaw), math.radians(pitch)
        x, y, z = self.points[0], self.points[1], self.points[2] - AXIS
        x, z = x * math.cos(turn) + z * math.sin(turn), z * math.cos(turn) - x * math.sin(turn)
        pivot = 1.2  # a nod turns about the upper end of the neck
        y, z = (y - pivot) * math.cos(nod) - z * math.sin(nod), z * math.cos(nod) + (y - pivot) * math.sin(nod)
        towards_us = np.gradient(x, axis=1) * np.gradient(y, axis=0) > np.gradient(x, axis=0) * np.gradient(y, axis=1)
        column = ((x - LEFT) * UNIT).astype(np.int32)
        row = ((y + pivot - TOP) * UNIT).astype(np.int32)
        seen = towards_us & (column >= 0) & (column < width) & (row >= 0) & (row < height)
        order = np.flatnonzero(seen)
        # In thousandths, since whole numbers are sorted much faster.
        order = order[np.argsort(((z.ravel()[order] + 5) * 1000).astype(np.uint16), kind="stable")]
        # The last one written to a pixel is the nearest.
        nearest = np.full(width * height, -1, np.int32)
        nearest[row.ravel()[order] * width + column.ravel()[order]] = order
        hit = (nearest >= 0).reshape(height, width)
        maps = [np.where(hit, part[nearest].reshape(height, width), 0) for part in (self.u, self.v, self.sideways)]
        # Small holes between the points take the mean of what is around them.
        weight = hit.astype(np.float32)
        around = cv2.blur(weight, (5, 5))
        hole = ~hit & (around > 0.35)
        for part in maps:
            part[hole] = cv2.blur(part * weight, (5, 5))[hole] / around[hole]
        smooth = cv2.GaussianBlur((hit | hole).astype(np.float32), (0, 0), 1.0)
        return *maps, np.clip(smooth * 2 - 1, 0, 1)


def _with_crown(sprite):
    """Closes the hole at the top of a head that is bowed: there the photograph has nothing."""
    end = round((-0.4 - TOP) * UNIT)
    upper = sprite[:end]
    alpha = np.ascontiguousarray(upper[..., 3])
    closed = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (41, 41)))
    hole = closed.astype(int) > alpha.astype(int) + 8
    if hole.any():
        weight = alpha.astype(np.float32)[..., None] + 1e-3
        spread = cv2.blur(upper[..., :3] * weight, (45, 45)) / cv2.blur(weight, (45, 45))[..., None]
        upper[hole, :3] = spread[hole]
        upper[..., 3] = closed
    return sprite


def _outline(inside):
    """Left and right end of the head in every row, smoothed; equal where there is nothing."""
    columns = np.arange(inside.shape[1])
    left = np.where(inside, columns, inside.shape[1]).min(1).astype(float)
    right = np.where(inside, columns, -1).max(1).astype(float)
    empty = right < left
    kernel = np.ones(7) / 7
    filled = ~empty
    for side in (left, right):
        side[filled] = np.convolve(np.pad(side[filled], 3, mode="edge"), kernel, "valid")
        side[empty] = 0
    return left, right


def _features(x, y):
    def bump(x0, y0, sx, sy, height):
        return height * np.exp(-(((x - x0) / sx) ** 2) - ((y - y0) / sy) ** 2)

    # The nose rises evenly from between the eyes to its tip and falls off quickly below.
    ridge = np.clip(y / 0.55, 0, 1) * np.where(y > 0.55, np.exp(-(((y - 0.55) / 0.13) ** 2)), 1)
    nose = 0.5 * ridge * np.exp(-((x / (0.13 + 0.13 * np.clip(y, 0, 0.6))) ** 2))
    return (nose + bump(0, 1.05, 0.5, 0.3, 0.14) + bump(0, 1.65, 0.35, 0.25, 0.12)
            + bump(0, -0.35, 0.9, 0.25, 0.04) - bump(-0.5, 0, 0.3, 0.2, 0.06) - bump(0.5, 0, 0.3, 0.2, 0.06))
