"""A student at work: long, and with nothing in it that should raise an alert."""
import numpy as np

from camera import Camera
from scene import Actor, Scene, Track


def presence(name, seconds, look, room, camera, seed, light=1.0, curtain=False):
    """Reads, writes on paper, glances aside, leans, drinks, scratches; clouds pass. Random, from the seed."""
    random = np.random.default_rng(seed)
    base = {"x": 240 + random.normal(0, 18), "y": 165 + random.normal(0, 12), "size": random.uniform(27, 46),
            "yaw": random.normal(0, 7), "pitch": random.normal(-3, 4), "roll": random.normal(0, 4)}
    if base["size"] > 40:
        base["y"] += 12
    points = {key: [(0.0, value)] for key, value in base.items()}
    hand, cup, bright = [(0.0, 0.0)], [(0.0, 0.0)], [(0.0, light)]

    def move(key, change, start, end, ramp=0.6):
        points[key] += [(start, base[key]), (start + ramp, base[key] + change), (end - ramp, base[key] + change), (end, base[key])]

    t = 6.0
    while t < seconds - 12:
        match random.choice(["write", "glance", "lean", "drink", "scratch", "chin", "cloud", "shift", "nothing", "write", "glance"]):
            case "write":
                length = random.uniform(3, 12)
                move("pitch", -random.uniform(12, 26), t, t + length, 0.7)
                move("y", random.uniform(5, 18), t, t + length, 0.7)
            case "glance":
                length = random.uniform(1.4, 3.2)
                move("yaw", random.choice((-1, 1)) * random.uniform(15, 50), t, t + length, 0.4)
            case "lean":
                length = random.uniform(4, 10)
                move("x", random.normal(0, 45), t, t + length, 1.0)
                move("roll", random.normal(0, 9), t, t + length, 1.0)
            case "drink":
                length = random.uniform(2.5, 4)
                cup += [(t, 0.0), (t + 0.8, 1.0), (t + length - 0.8, 1.0), (t + length, 0.0)]
            case "scratch":
                length = random.uniform(1.2, 2.4)
                hand += [(t, 0.0), (t + 0.4, 1.0), (t + length - 0.4, 1.0), (t + length, 0.0)]
            case "chin":
                length = random.uniform(5, 15)
                hand += [(t, 0.0), (t + 0.6, 0.62), (t + length - 0.6, 0.62), (t + length, 0.0)]
            case "cloud":
                length = random.uniform(6, 14)
                dark = light * random.uniform(0.55, 0.8)
                bright += [(t, light), (t + 2, dark), (t + length - 2, dark), (t + length, light)]
            case "shift":
                length = random.uniform(5, 15)
                move("size", base["size"] * random.uniform(-0.18, 0.2), t, t + length, 1.2)
            case _:
                length = random.uniform(3, 8)
        t += length + random.uniform(2, 8)

    actor = Actor(look, **{key: Track(*value) for key, value in points.items()}, hand=Track(*hand), cup=Track(*cup),
                  sway=random.uniform(0.6, 1.1), seed=seed)
    return Scene(name, "presence", seconds, room, [actor], camera, light=Track(*bright), curtain=curtain, seed=seed,
                 counts_faces=False)
