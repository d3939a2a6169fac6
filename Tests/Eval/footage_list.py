"""The lists of real footage: what is fetched from where, under which licence, and what is to be seen in it.

A list is a JSON file with `clips`, and with `defaults` for fields that they share. All errors are reported at once.

    name, source, files     what it is called here; where its files are from (fetching.py); their SHA-256 by path
    licence, stated         the licence, and where that is stated
    camera, people          the kind of camera; who is in it, under the same name in every clip of a person
    seen                    false if nobody looked at it and the labels are its publisher's
    cut, length             the part to use, [from, to] in seconds; how long it is played there and back
    made                    what else is made of it, see MADE
    condition, face, groups, events, tolerated, note     as in a label file, docs/accuracy.md
"""
import json
import re
from dataclasses import dataclass, field, replace

from fetching import SOURCE

CAMERAS = ("webcam", "phone", "studio", "classroom")
NEEDED = ("name", "source", "files", "licence", "stated", "camera", "people", "condition", "events")
LABELS = ("condition", "face", "groups", "events", "tolerated", "note")
KNOWN = {*NEEDED, *LABELS, "cut", "length", "seen", "made"}
# Made of real pictures: they hang, or none is sent for a while. Seconds: when it begins, how long it lasts, what follows.
BEGINS, FOLLOWS = 26, 8
MADE = {"freeze": ("picture_frozen", 16), "stop": ("video_stopped", 9)}


class BadList(Exception):
    """A line for each problem: file, clip, and what to do."""


@dataclass
class Item:
    name: str
    source: str
    files: dict[str, str]
    people: list[str]
    labels: dict
    cut: tuple[float, float] | None = None
    length: float | None = None
    held: tuple[float, float] | None = None
    seen: bool = True
    made: list[str] = field(default_factory=list)

    def recipe(self):
        """What its pictures are made from, as text."""
        return json.dumps([self.files, self.cut, self.length, self.held, self.labels.get("upload", [])])


def read_lists(folder):
    """The clips of all lists in a folder. Raises BadList."""
    items, problems = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text())
            clips = [content.get("defaults", {}) | clip for clip in content["clips"]]
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{path.name}: is no list of clips: {error}")
            continue
        for number, clip in enumerate(clips, 1):
            where = f"{path.name}: {clip.get('name', f'clip {number}')}"
            wrong = list(_faults(clip))
            problems += [f"{where}: {fault}" for fault in wrong]
            if not wrong:
                items.append(_item(clip))
    names = [item.name for item in items]
    problems += [f"{name}: two clips have this name" for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise BadList("\n".join(problems))
    return items


def made_of(items):
    """The clips and those made of them."""
    return [one for item in items for one in (item, *(_made(item, how) for how in item.made))]


def _faults(clip):
    yield from (f'"{name}" is missing' for name in NEEDED if name not in clip)
    yield from (f'"{name}" is no field of a list' for name in clip.keys() - KNOWN)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", clip.get("name", "x")):
        yield "its name may have a-z, 0-9 and - only"
    if not SOURCE.fullmatch(clip.get("source", "")):
        yield '"source" should be pypi:PACKAGE==VERSION#sha256=… or github:OWNER/NAME@COMMIT with all 40 digits'
    files = clip.get("files", {})
    if not files or not all(re.fullmatch(r"[0-9a-f]{64}", str(sha256)) for sha256 in files.values()):
        yield '"files" should name files with their SHA-256'
    yield from (f'"{name}" must not be empty' for name in ("licence", "stated") if name in clip and not str(clip[name] or "").strip())
    if clip.get("camera") not in CAMERAS:
        yield f'"camera" is one of {", ".join(CAMERAS)}'
    if not clip.get("people"):
        yield '"people" should name who is seen, the same name in all clips of a person'
    cut = clip.get("cut")
    if cut is not None and not (len(cut) == 2 and 0 <= cut[0] < cut[1]):
        yield '"cut" should be [from, to] in seconds'
    if clip.get("length") and any("to" in event or event.get("from", 0) > 0 for event in clip.get("events", [])):
        # Played there and back, it would happen twice and the wrong way around.
        yield 'what has a "length" is played there and back, and can have events of all its time only'
    for how in clip.get("made", []):
        if how not in MADE:
            yield f'nothing is made by "{how}"; known are {", ".join(MADE)}'
        elif clip.get("events"):
            yield '"made" is for clips in which nothing happens'


def _item(clip):
    labels = {name: clip[name] for name in LABELS if name in clip}
    labels |= {"group": clip["camera"], "source": f"{clip['source']} ({clip['licence']})"}
    return Item(clip["name"], clip["source"], clip["files"], clip["people"], labels, tuple(clip["cut"]) if "cut" in clip else None,
                clip.get("length"), seen=clip.get("seen", True), made=clip.get("made", []))


def _made(item, how):
    """A clip in which the picture hangs, or of which nothing is sent for a while."""
    kind, lasts = MADE[how]
    span = {"from": BEGINS, "to": BEGINS + lasts}
    labels = item.labels | {"events": [{"kind": kind, **span}], "condition": {"freeze": "frozen", "stop": "stopped"}[how]}
    if how == "stop":
        labels |= {"upload": [{**span, "how": "silent"}]}
    return replace(item, name=f"{item.name}-{how}", labels=labels, made=[],
                   held=(span["from"], span["to"]) if how == "freeze" else None,
                   length=BEGINS + FOLLOWS + (lasts if how == "stop" else 0))
