"""Students who sit close to the camera: visits, bare walls when they leave, faces cut by the border, people who move.

The share of the picture's height that a face takes, from the brows to the chin, is what these scenes vary.
"""
import numpy as np

import walls  # noqa: F401: its rooms and covers are asked for by name
from camera import HEIGHT, WIDTH
from cast import (
    ADA, AMPLIFIED, BEN, BIDEN, CHEAP, CLEAN, COLD, COLLINS, DAN, EVE, FAY, GUS, HAL, HOPPER, IDA, JIM, KAI, LEA, LEAD, OBAMA, PLAIN,
    WARM)
from labelling import FACE
from scene import FPS, Actor, Event, Scene, Track, pulse

# Half the width of a head with its hair, by whose hair it is.
HALF_WIDTHS = {"collins": 1.7, "biden": 1.6, "obama": 1.35, "hopper": 1.25}
HALF = 0.5  # of a visitor's face shows: there he is
CAMERAS = (PLAIN, CLEAN, CHEAP, WARM, COLD, PLAIN, AMPLIFIED)


def size_of(share):
    """Pixels between the pupils of a face that takes this share of the picture's height."""
    return share * HEIGHT / FACE


def _height_of_eyes(size):
    """With the face in the middle of the picture."""
    return 185 - 0.6 * size


def scenes():
    return [*_visits(), *_walls(), *_lenses(), *_halves()]


def moving():
    """Long presence of people who move a lot: nothing in it should raise an alert."""
    looks, rooms = (OBAMA, FAY, GUS, HOPPER, EVE, KAI), ("plaster", "books", "wall_rough", "kitchen", "window", "cafe")
    found = []
    for k, (look, room) in enumerate(zip(looks, rooms)):
        random = np.random.default_rng(700 + k)
        tracks = lively(random, 150, 240, size_of(0.4), leans=(0.25, 0.6))
        found.append(Scene(f"moving-{k + 1}", "moving", 150, room, [Actor(look, **tracks, sway=1.3, seed=700 + k)], CAMERAS[k],
                           light=Track((1.0, 0.7, 1.0, 1.1, 0.9, 0.6)[k]), seed=700 + k, counts_faces=False))
    return found


def lively(random, seconds, x, size, reach=0.5, turn=20, leans=None):
    """Tracks of somebody who sways, turns, tilts the head and gestures, all the time.

    reach: how far to either side, in distances between the pupils. turn: degrees at most. leans: between which shares of the
    picture's height the face changes, if it does.
    """
    xs, yaws, rolls, hands = [(0.0, x)], [(0.0, 0.0)], [(0.0, 0.0)], [(0.0, 0.0)]
    t = 3.0
    while t < seconds:  # sways
        t += random.uniform(0.7, 1.8)
        xs.append((t, x + random.uniform(-reach, reach) * size))
        rolls.append((t, random.uniform(-9, 9)))
        if random.random() < 0.4:
            t += random.uniform(0.5, 3)
            xs.append((t, xs[-1][1]))
            rolls.append((t, rolls[-1][1]))
    t = 4.0
    while t < seconds:
        yaw, stays = random.uniform(-turn, turn), random.uniform(0.5, 3)
        yaws += [(t, yaws[-1][1]), (t + 0.5, yaw), (t + 0.5 + stays, yaw)]
        t += 0.5 + stays + random.uniform(0.2, 2)
    t = 5.0
    while t < seconds:  # a hand comes up to the chest, waves and goes
        hands.append((t, 0.0))
        for _ in range(random.integers(2, 7)):
            t += random.uniform(0.3, 0.7)
            hands.append((t, random.uniform(0.3, 0.5)))
        t += 0.5
        hands.append((t, 0.0))
        t += random.uniform(1, 5)
    sizes = [(0.0, size)]
    t = 8.0
    while leans and t < seconds:
        now, stays = size_of(random.uniform(*leans)), random.uniform(1, 6)
        sizes += [(t, sizes[-1][1]), (t + 1.2, now), (t + 1.2 + stays, now)]
        t += 1.2 + stays
    heights = [(at, _height_of_eyes(value)) for at, value in sizes]
    return {"x": Track(*xs), "y": Track(*heights), "size": Track(*sizes), "yaw": Track(*yaws), "roll": Track(*rolls),
            "hand": Track(*hands)}


# Visits

def shown(visitor, student, t):
    """The share of a visitor's face that shows: inside the picture, and not behind the student."""
    x, y, size = visitor.x(t), visitor.y(t), visitor.size(t)
    if visitor.share_in_picture(t) == 0:
        return 0.0
    across, down = np.meshgrid(np.linspace(x - 1.1 * size, x + 1.1 * size, 15), np.linspace(y - 0.6 * size, y + 1.8 * size, 15))
    free = (across >= 0) & (across < WIDTH) & (down >= 0) & (down < HEIGHT)
    if visitor.is_behind:
        x, y, size = student.x(t), student.y(t), student.size(t)
        u, v = np.abs(across - x) / size, (down - y) / size
        head = (u / HALF_WIDTHS[student.look.hair]) ** 2 + (v / 1.95) ** 2 < 1
        # The shoulders as people.py draws them.
        torso = v > np.interp(u, (0, 0.75, 1.2, 2.0, 2.6, 2.95, 3.2), (1, 2.0, 2.2, 2.5, 2.95, 3.9, 5.6), right=99)
        free &= ~(head | torso)
    return free.mean()


def stretches(visitor, student, seconds):
    """When at least half of a visitor's face shows. Less than a second behind the student does not end a visit."""
    found = []
    for t in np.arange(round(seconds * FPS)) / FPS:
        if shown(visitor, student, t) < HALF:
            continue
        if found and t - found[-1][1] < 1:
            found[-1][1] = t + 1 / FPS
        else:
            found.append([t, t + 1 / FPS])
    return found


def _way(way, side, out, home, start, hold, ramp):
    """Points of a way from `out` to `home` and back: x and y. It begins at `start` and rests for `hold` at home."""
    there, end = start + ramp, start + ramp + hold
    points = ((start, out), (there, home), (end, home), (end + ramp, out))
    return tuple(zip(*(((at, place[0]), (at, place[1])) for at, place in points)))


def visit(name, student, share, way, side, begins, lengths, room, camera, light=1.0, look=COLLINS):
    """A scene with one visit for each of `lengths`: for so many seconds half of the visitor's face shows."""
    size, own = size_of(share), student.size(0)
    wide = HALF_WIDTHS[student.look.hair] * own
    middle = student.x(0)
    beside = middle + side * (wide + 1.15 * size)
    edge = WIDTH - size if side > 0 else size
    x = min(beside, edge) if side > 0 else max(beside, edge)
    # A small one stands far behind: the feet are below the picture.
    y = max(_height_of_eyes(size) - 20, HEIGHT - 14 * size)
    # A visitor who is nearer, or has no room beside the student, leans before him.
    is_behind = way == "rise" or size < own and abs(x - middle) > wide + 0.8 * size
    border = WIDTH + 4 * size if side > 0 else -4 * size
    near = WIDTH + 1.5 * size if side > 0 else -1.5 * size
    ramp, out = {
        "lean": (0.7, (near, y + 0.5 * size)), "walk": (1.8, (border, y)),
        "rise": (1.0, (x - side * 0.8 * size, student.y(0) + 3.4 * own + 0.6 * size))}[way]
    home = x, (y if way != "rise" else max(1.9 * size, student.y(0) - 0.2 * own))

    def actor(begin, holds):
        points = [_way(way, side, out, home, at, hold, ramp) for at, hold in zip(begin, holds)]
        xs, ys = (sum((p[k] for p in points), ()) for k in (0, 1))
        roll = Track(*((0, 0),) if way != "lean" else [(at, value) for begin_, hold in zip(begin, holds) for at, value in (
            (begin_, side * 16), (begin_ + ramp, side * 7), (begin_ + ramp + hold, side * 7), (begin_ + 2 * ramp + hold, side * 16))])
        return Actor(look, x=Track(*xs), y=Track(*ys), size=Track(size), roll=roll, yaw=Track(-side * 12), is_behind=is_behind)

    seconds = begins[-1] + 20
    # How much longer he shows than he rests, from a first try.
    first = stretches(actor(begins, lengths), student, seconds)
    assert len(first) == len(lengths), (name, first)
    holds = [2 * length - (end - start) for length, (start, end) in zip(lengths, first)]
    visitor = actor(begins, holds)
    events = [Event("several_faces", start, end) for start, end in stretches(visitor, student, seconds)]
    return Scene(name, "visit", round(events[-1].end + 7, 1), room, [student, visitor], camera, light=Track(light), events=events,
                 counts_faces=False)


# Shares of the picture's height in per cent, the student's and the visitor's, and the way he comes.
VISITS = (
    (20, 9, "walk"), (20, 12, "lean"), (20, 20, "rise"), (20, 35, "lean"),
    (30, 9, "lean"), (30, 12, "rise"), (30, 20, "walk"), (30, 35, "lean"),
    (40, 9, "walk"), (40, 12, "lean"), (40, 20, "rise"), (40, 35, "walk"), (40, 50, "lean"),
    (50, 9, "lean"), (50, 12, "walk"), (50, 20, "lean"), (50, 35, "rise"),
    (60, 12, "lean"), (60, 20, "walk"), (60, 35, "lean"), (60, 50, "walk"),
    (70, 9, "walk"), (70, 12, "lean"), (70, 20, "lean"), (70, 35, "walk"),
    (80, 9, "lean"), (80, 12, "walk"), (80, 20, "walk"), (80, 35, "lean"), (80, 50, "lean"))
LENGTHS = (3.5, 4.0, 5.0, 6.0)


def _visits():
    looks = (OBAMA, HOPPER, BEN, FAY, GUS, HAL, KAI, COLLINS, BIDEN, ADA, DAN, LEA)
    others = (BIDEN, ADA, COLLINS, OBAMA, EVE, HOPPER, IDA, KAI, JIM, BEN, LEA)
    rooms = ("plaster", "books", "bare", "garage", "cafe", "kitchen", "pictures", "wall_rough", "window", "study", "bricks")
    for k, (own, other, way) in enumerate(VISITS):
        random = np.random.default_rng(400 + k)
        side = (1, -1)[k // 2 % 2]
        # Beside a large head with much hair there is no room for anybody.
        look = (looks[:7] if own >= 60 else looks)[k % (7 if own >= 60 else len(looks))]
        size, visitor = size_of(own / 100), size_of(other / 100)
        needed = HALF_WIDTHS[look.hair] * size + 2.2 * visitor
        x = 240 - side * float(np.clip(needed - 240, 10, 240 - 0.95 * size))
        moves = k % 2 == 1
        tracks = lively(random, 75, x, size, reach=0.3, turn=10) if moves else {
            "x": Track(x), "y": Track(_height_of_eyes(size)), "size": Track(size)}
        lengths = [LENGTHS[(k + n) % 4] for n in range(2 + (k % 3 == 0))]
        begins, at = [], LEAD + random.uniform(0.5, 2.5)
        for length in lengths:
            begins.append(round(at, 1))
            at += length + {"walk": 3.6, "lean": 1.4, "rise": 2.0}[way] + random.uniform(8.2, 11)
        yield visit(f"visit-{own}-{other}-{way}", Actor(look, **tracks), other / 100, way, side, begins, lengths, rooms[k % 11],
                    CAMERAS[k % 7], 0.45 if CAMERAS[k % 7] is AMPLIFIED else 1.0, others[k % 11])


# Bare walls

def leaves(look, share, at, seconds, side, stands_up=False):
    """Somebody who is gone for so many seconds, with the clothes."""
    size = size_of(share)
    out = WIDTH + 4.1 * size if side > 0 else -4.1 * size
    y = _height_of_eyes(size)
    ramp = 1.2
    up = Track((at - 2 * ramp, y), (at - ramp, y - 1.2 * size), (at + seconds + ramp, y - 1.2 * size), (at + seconds + 2 * ramp, y))
    return Actor(look, x=Track((at - ramp, 240), (at, out), (at + seconds, out), (at + seconds + ramp, 240)),
                 y=up if stands_up else Track(y), size=Track(size))


def _walls():
    for k, (wall, share, change, light, camera, look) in enumerate((
            ("wall_white", 0.4, 1.15, 1.0, PLAIN, OBAMA), ("wall_white", 0.7, 0.85, 1.0, CLEAN, COLLINS),
            ("wall_grey", 0.5, 1.25, 1.0, CHEAP, KAI), ("wall_grey", 0.3, 0.9, 0.35, AMPLIFIED, BIDEN),
            ("wall_dark", 0.6, 1.2, 1.0, PLAIN, GUS), ("wall_dark", 0.4, 0.8, 0.5, AMPLIFIED, HOPPER),
            ("wall_ochre", 0.8, 0.8, 1.0, WARM, HAL), ("wall_ochre", 0.3, 1.1, 0.5, PLAIN, ADA),
            ("wall_blue", 0.6, 1.05, 1.0, COLD, FAY), ("wall_blue", 0.2, 0.95, 0.8, CLEAN, BEN),
            ("wall_gradient", 0.5, 1.2, 1.0, PLAIN, EVE), ("wall_gradient", 0.7, 0.9, 0.4, CHEAP, DAN),
            ("wall_vignette", 0.4, 0.8, 1.0, CLEAN, LEA), ("wall_vignette", 0.8, 1.1, 0.7, PLAIN, JIM),
            ("wall_rough", 0.6, 1.25, 1.0, PLAIN, IDA), ("wall_rough", 0.2, 0.75, 1.0, COLD, OBAMA))):
        at, seconds, side = LEAD + 1.2 + k * 0.1, (9, 14, 11, 18)[k % 4], (1, -1)[k % 2]
        # The exposure follows: a dark head that leaves lets the camera take the rest darker, and the other way round.
        exposure = Track((at - 0.6, light), (at + 0.4, light * change), (at + seconds + 0.3, light * change), (at + seconds + 1.3, light))
        yield Scene(f"wall-{wall[5:]}-{round(share * 100)}", "bare_wall", round(at + seconds + 9, 1), wall,
                    [leaves(look, share, at, seconds, side, stands_up=k % 4 == 1)], camera, light=exposure)


def _lenses():
    s = LEAD
    for k, (what, wall, share, light, camera, look) in enumerate((
            ("shutter", "wall_white", 0.6, 1.0, PLAIN, OBAMA), ("tape", "wall_grey", 0.4, 0.5, AMPLIFIED, FAY),
            ("palm", "wall_ochre", 0.7, 1.0, WARM, KAI), ("hand", "wall_vignette", 0.5, 1.0, PLAIN, COLLINS),
            ("white_paper", "wall_white", 0.5, 1.0, CLEAN, BIDEN), ("grey_paper", "wall_grey", 0.7, 1.0, PLAIN, HOPPER),
            ("white_paper", "wall_rough", 0.3, 1.0, CHEAP, LEA), ("cloth", "wall_blue", 0.6, 1.0, COLD, GUS),
            ("thumb", "wall_dark", 0.5, 1.0, PLAIN, BEN), ("glowing_thumb", "wall_gradient", 0.8, 1.0, CLEAN, HAL),
            ("half_lid", "wall_white", 0.4, 1.0, PLAIN, EVE), ("cloth", "wall_gradient", 0.3, 0.6, AMPLIFIED, JIM))):
        size, start, seconds = size_of(share), s + 0.5 + k * 0.1, (9, 12, 16)[k % 3]
        others = ("face_missing",) if what == "half_lid" else ()
        yield Scene(f"lens-{what.replace('_', '-')}-{wall[5:]}", "close_covered", round(start + seconds + 8, 1), wall,
                    [Actor(look, y=Track(_height_of_eyes(size)), size=Track(size))], camera, light=Track(light),
                    cover=pulse(0, 1, start, start + seconds, 0.5), cover_with=what,
                    events=[Event("camera_covered", start, start + seconds, others)],
                    note="the lid half closed shows a keyboard: that the face is missing is as good an answer" if others else "")


# Half faces

def _halves():
    for k, (border, part, share, stays, then, room, camera, look) in enumerate((
            ("left", 0.60, 0.4, 18, 0, "plaster", PLAIN, OBAMA), ("right", 0.50, 0.5, 15, 9, "wall_white", CLEAN, KAI),
            ("left", 0.45, 0.6, 14, 0, "books", WARM, HOPPER), ("right", 0.40, 0.3, 12, 10, "kitchen", PLAIN, BIDEN),
            ("left", 0.35, 0.5, 16, 8, "wall_rough", CHEAP, ADA), ("right", 0.35, 0.7, 10, 0, "garage", COLD, GUS),
            ("bottom", 0.50, 0.4, 15, 0, "bare", PLAIN, FAY), ("bottom", 0.40, 0.6, 12, 9, "wall_grey", PLAIN, EVE),
            ("top", 0.60, 0.5, 18, 0, "window", CLEAN, HAL), ("top", 0.50, 0.3, 12, 10, "cafe", WARM, DAN))):
        size, at = size_of(share), LEAD + 1.0
        home = 240, _height_of_eyes(size)

        def place(part):
            """Where so much of the face shows."""
            return {"left": (1.1 * size * (2 * part - 1), home[1]), "right": (WIDTH - 1.1 * size * (2 * part - 1), home[1]),
                    "bottom": (240, HEIGHT + 0.6 * size - FACE * size * part),
                    "top": (240, FACE * size * part - 1.8 * size)}[border]

        random, t = np.random.default_rng(600 + k), at + 1.2
        points = [(at, home), (t, place(part))]
        while (t := t + random.uniform(1.2, 3)) < at + 1.2 + stays:
            points.append((t, place(part + random.uniform(-0.02, 0.02))))
        end = at + 1.2 + stays
        points.append((end, place(part)))
        if then:
            out = {"left": (-4.1 * size, home[1]), "right": (WIDTH + 4.1 * size, home[1]), "bottom": (240, HEIGHT + 2.9 * size),
                   "top": (240, -6.1 * size)}[border]
            points += [(end + 1, out), (end + 1 + then, out), (end + 2 + then, home)]
        else:
            points += [(end + 1.2, home)]
        yield Scene(f"half-{border}-{round(part * 100)}", "half_face", round(points[-1][0] + 7, 1), room,
                    [Actor(look, x=Track(*((at, p[0]) for at, p in points)), y=Track(*((at, p[1]) for at, p in points)),
                           size=Track(size), sway=0.6)], camera, tolerated=[Event("face_missing", at, end)] if part < 0.4 else [],
                    note="a part of the face stays in the picture: present")
