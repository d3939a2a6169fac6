"""What an observer would write into the label file of a generated scene."""
import numpy as np

from camera import HEIGHT
from labels import WINDOWS
from scene import FPS, Event

FACE = 2.4  # height of a face from the brows to the chin, in distances between the pupils
# Visible share of a face: with less it is gone; with more it is present; and one that joins counts with still more.
GONE, BACK, JOINED = 0.1, 0.5, 0.8


def labels_of(scene):
    """The content of its label file."""
    events = list(scene.events)
    if scene.counts_faces:
        events += _face_events(scene)
    content = {"condition": scene.condition, "group": scene.group, "face": _face(scene), "events": [
        _as_json(event) | _visitor(scene, event) for event in sorted(events, key=lambda event: event.start)]}
    if scene.tolerated:
        content["tolerated"] = [_as_json(event) for event in scene.tolerated]
    for key in ("upload", "status", "note"):
        if getattr(scene, key):
            content[key] = getattr(scene, key)
    return content


def _as_json(event):
    content = {"kind": event.kind, "from": round(float(event.start), 2), "to": round(float(event.end), 2)}
    return content | ({"or": list(event.others)} if event.others else {})


def _face(scene):
    """What the student's face usually takes of the picture's height."""
    sizes = [scene.actors[0].size(t) for t in np.arange(0, scene.seconds, 1)]
    return round(float(np.median(sizes)) * FACE / HEIGHT, 2)


def _visitor(scene, event):
    """What a second person's face takes of the picture's height."""
    if event.kind != "several_faces":
        return {}
    middle = (event.start + event.end) / 2
    there = [actor.size(middle) for actor in scene.actors[1:] if actor.share_in_picture(middle) > GONE]
    return {"face": round(float(max(there)) * FACE / HEIGHT, 2)} if there else {}


def _face_events(scene):
    """Where no face is in the picture, and where more than one is."""
    times = np.arange(round(scene.seconds * FPS)) / FPS
    shares = [[actor.share_in_picture(t) for t in times] for actor in scene.actors]
    events = []
    for kind, enough, least in (("face_missing", BACK, GONE), ("several_faces", JOINED, BACK)):
        count = sum(_there(share, enough, least) for share in shares)
        bad = count == 0 if kind == "face_missing" else count > 1
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bad.astype(int), [0]])))
        for start, end in zip(edges[::2], edges[1::2]):
            # A covered lens or a frozen picture is reported instead.
            masked = any(event.start <= times[start] < event.end for event in scene.events)
            if (end - start) / FPS >= WINDOWS[kind] and not masked:
                events.append(Event(kind, times[start], min(end / FPS, scene.seconds)))
    return events


def _there(shares, enough, least):
    """Whether a face is in the picture, over time: from `enough` of it on, until `least` is left."""
    there, state = np.zeros(len(shares), int), shares[0] > least
    for k, share in enumerate(shares):
        state = share > (least if state else enough)
        there[k] = state
    return there
