"""Clips and their labels, read from a folder. All errors are reported at once.

A clip is a video (any that ffmpeg reads) with a JSON file of the same name beside it; docs/accuracy.md describes it.
"""
import difflib
import json
import math
import pathlib
import subprocess
from dataclasses import dataclass, field

from positions import lines_of

# The kinds of alerts by name, from a server with the default rules.
KINDS = {row["kind"]: row for row in json.loads(
    (pathlib.Path(__file__).resolve().parents[2] / "docs/alert-kinds.json").read_text())["kinds"]}
# Seconds after which each is confirmed.
WINDOWS = {kind: row["window"] for kind, row in KINDS.items()}
# The values of each field of a page's status, the good ones first.
STATUS = {row["says"]["field"]: row["says"]["good"] + row["says"]["bad"] for row in KINDS.values() if "says" in row}
FIELDS = {
    "": ("condition", "group", "groups", "face", "source", "events", "tolerated", "upload", "status", "note"),
    "events": ("kind", "from", "to", "or", "face", "note"),
    "tolerated": ("kind", "from", "to", "note"),
    "upload": ("from", "to", "how"),
    "status": ("at", *STATUS),
}
WAYS = ("silent", "dropped")
# What a person is like, as seen by eye, and the words for it. Skin is told by Monk's scale.
GROUPS = {
    "sex": ("female", "male"),
    "age": ("under 18", "18-29", "30-49", "50-69", "over 69"),
    "skin": tuple(range(1, 11)),
    "glasses": (True, False),
    "beard": (True, False),
    "head_cover": (True, False),
}
MOST_GROUPS = 12


class BadLabels(Exception):
    """`problems`: a line each with file, place, what is wrong and what to do."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Span:
    kind: str
    start: float
    end: float
    others: tuple[str, ...] = ()
    face: float | None = None  # of a second person: share of the picture's height

    @property
    def kinds(self):
        return (self.kind, *self.others)


@dataclass
class Clip:
    name: str
    video: pathlib.Path
    seconds: float
    condition: str = "unnamed"
    group: str = "everybody"
    events: list[Span] = field(default_factory=list)
    tolerated: list[Span] = field(default_factory=list)
    upload: list[dict] = field(default_factory=list)
    status: list[dict] = field(default_factory=list)
    note: str = ""
    face: float | None = None  # the student's: share of the picture's height, brows to chin, usually; None if it is not told
    groups: dict[str, str | int | bool] = field(default_factory=dict)
    source: str = ""


def read_folder(folder):
    """All clips of a folder and errors for those that cannot be used, by name."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise BadLabels([f"{folder}: no such folder; --scenes wants a folder with videos and a JSON file for each"])
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    videos, problems = {}, {}
    for path in files:
        # `exam-monitoring observe` may have put its looks beside the videos.
        if path.suffix.lower() in (".json", ".jsonl", ".md", ".txt"):
            continue
        if path.stem in videos:
            problems.setdefault(path.stem, []).append(
                f"{path}: {videos[path.stem].name} has the same name, and {path.stem}.json can belong to one only; rename one")
        videos[path.stem] = path
    labels = {p.stem: p for p in files if p.suffix.lower() == ".json"}
    for stem in labels.keys() - videos.keys():
        near = difflib.get_close_matches(stem, videos, 1)
        problems.setdefault(stem, []).append(
            f"{labels[stem]}: there is no video of this name" + (f"; did you mean {near[0]}.json?" if near else ""))
    clips = []
    for stem, video in videos.items():
        if stem not in labels:
            problems.setdefault(stem, []).append(
                f'{video}: there is no {stem}.json beside it; if nothing happens in it, write {{"events": []}}')
            continue
        seconds, complaint = _duration(video)
        if complaint:
            problems.setdefault(stem, []).append(f"{video}: {complaint}")
        clip, complaints = read(labels[stem], video, seconds)
        if complaints:
            problems.setdefault(stem, []).extend(complaints)
        if stem not in problems:
            clips.append(clip)
    if not clips and not problems:
        raise BadLabels([f"{folder}: there is no video in this folder"])
    return clips, dict(sorted(problems.items()))


def read(path, video, seconds):
    """One clip and the errors in its labels. `seconds` None: the length is unknown."""
    clip = Clip(path.stem, video, seconds or 0.0)
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except UnicodeDecodeError as error:
        return clip, [f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8"]
    except json.JSONDecodeError as error:
        return clip, [f"{path}:{error.lineno}: is not JSON: {error.msg} (column {error.colno})"]
    except (ValueError, RecursionError) as error:
        return clip, [f"{path}: {error}"]
    reader = _Reader(path, lines_of(text), seconds)
    reader.read(content, clip)
    return clip, reader.problems


def _no_constant(name):
    raise ValueError(f"{name} is not a number that can be used")


def _no_twins(pairs):
    seen = {}
    for name, value in pairs:
        if name in seen:
            raise ValueError(f'"{name}" is given twice in one object; keep one')
        seen[name] = value
    return seen


class _Reader:
    def __init__(self, path, lines, seconds):
        self.path, self.lines, self.seconds = path, lines, seconds
        self.problems = []

    def complain(self, where, text):
        line = next(self.lines[where[:n]] for n in range(len(where), -1, -1) if where[:n] in self.lines)
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
        self.problems.append(f"{self.path}:{line}: {place + ': ' if place else ''}{text}")

    def read(self, content, clip):
        if not isinstance(content, dict):
            self.complain((), 'should be an object like {"condition": "plain", "events": []}')
            return
        self.fields(content, (), FIELDS[""])
        for name in ("condition", "group", "source", "note"):
            if name in content:
                if isinstance(content[name], str) and content[name].strip():
                    setattr(clip, name, content[name].strip())
                else:
                    self.complain((name,), f"should be a text, not {json.dumps(content[name])}")
        clip.face = self.share(content, (), "face")
        clip.groups = self.groups(content)
        if "events" not in content:
            self.complain((), '"events" is missing; if nothing happens in the clip, write "events": []')
        clip.events = self.spans(content, "events")
        clip.tolerated = self.spans(content, "tolerated")
        clip.upload = list(self.items(content, "upload", self.gap))
        clip.status = list(self.items(content, "status", self.change))
        self.overlaps(clip.events)

    def fields(self, item, where, known):
        for name in item:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                self.complain((*where, name), f"is not a field of a label file; {hint}")

    def items(self, content, name, read_one):
        if name not in content:
            return
        if not isinstance(content[name], list):
            self.complain((name,), f"should be a list, not {json.dumps(content[name])[:40]}")
            return
        for index, item in enumerate(content[name]):
            where = (name, index)
            if not isinstance(item, dict):
                self.complain(where, f"should be an object, not {json.dumps(item)[:40]}")
                continue
            self.fields(item, where, FIELDS[name])
            if (found := read_one(item, where)) is not None:
                yield found

    def spans(self, content, name):
        return list(self.items(content, name, self.span))

    def span(self, item, where):
        kinds = [self.choice(item, where, "kind", tuple(WINDOWS))]
        others = item.get("or", [])
        if isinstance(others, list):
            kinds += [self.choice({"or": other}, where, "or", tuple(WINDOWS)) for other in others]
        else:
            self.complain((*where, "or"), "should be a list of kinds")
        start, end = self.period(item, where)
        if None in kinds or start is None or end is None:
            return None
        return Span(kinds[0], start, end, tuple(kinds[1:]), self.share(item, where, "face"))

    def share(self, item, where, name):
        value = item.get(name)
        if name in item and not (_is_number(value) and 0 < value <= 1.5):
            self.complain((*where, name), f"should be a share of the picture's height like 0.35, not {json.dumps(value)}")
            return None
        return value

    def groups(self, content):
        """What the person is like. Names of one's own may have any short text."""
        item, found = content.get("groups", {}), {}
        if not isinstance(item, dict) or len(item) > MOST_GROUPS:
            self.complain(("groups",), f'should be an object like {{"sex": "female", "skin": 4}} with at most {MOST_GROUPS} fields')
            return found
        for name, value in item.items():
            known = GROUPS.get(name)
            if known and any(value == one and type(value) is type(one) for one in known):
                found[name] = value
            elif known:
                self.complain(("groups", name), f"there is no {json.dumps(value)}; it is one of {', '.join(map(json.dumps, known))}")
            elif isinstance(value, str) and value.strip():
                found[name] = value.strip()
            else:
                self.complain(("groups", name), f"should be a text, not {json.dumps(value)}; "
                              f"those with words of their own are {', '.join(GROUPS)}")
        return found

    def gap(self, item, where):
        how = self.choice(item, where, "how", WAYS)
        start, end = self.period(item, where)
        return {"from": start, "to": end, "how": how} if how and start is not None and end is not None else None

    def change(self, item, where):
        at = self.time(item, where, "at")
        told = {name: self.choice(item, where, name, STATUS[name]) for name in STATUS if name in item}
        if not told:
            self.complain(where, "none of " + ", ".join(f'"{name}"' for name in STATUS) + " is given")
            return None
        return {"at": at} | told if at is not None and all(told.values()) else None

    def choice(self, item, where, name, known):
        value = item.get(name)
        if isinstance(value, str) and value in known:
            return value
        if name not in item:
            self.complain(where, f'"{name}" is missing; it is one of {", ".join(known)}')
        else:
            near = difflib.get_close_matches(str(value), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(known)}"
            self.complain((*where, name), f"there is no {json.dumps(value)}; {hint}")
        return None

    def period(self, item, where):
        start = self.time(item, where, "from")
        end = self.time(item, where, "to", missing_is_end=True)
        if start is not None and end is not None and not start < end:
            self.complain((*where, "to"), f"{end:g} is not after \"from\", {start:g}")
            return None, None
        return start, end

    def time(self, item, where, name, missing_is_end=False):
        if name not in item:
            if missing_is_end:
                return self.seconds
            self.complain(where, f'"{name}" is missing: seconds from the beginning of the clip')
            return None
        value = item[name]
        if not _is_number(value):
            self.complain((*where, name), f"should be a number of seconds, not {json.dumps(value)}")
            return None
        if value < 0:
            self.complain((*where, name), f"{value:g} is before the beginning of the clip")
            return None
        if self.seconds and value > self.seconds + 0.2:
            self.complain((*where, name), f"{value:g} is after the end of the clip, which has {self.seconds:.1f} s")
            return None
        return float(value)

    def overlaps(self, events):
        for kind in {event.kind for event in events}:
            same = sorted((e for e in events if e.kind == kind), key=lambda e: e.start)
            for first, second in zip(same, same[1:]):
                if second.start < first.end:
                    self.complain(("events",), f"two events of {kind} overlap, at {first.start:g} s and at {second.start:g} s; make them one")


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _duration(video):
    """Seconds of a video, or why it cannot be read."""
    try:
        done = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_type:format=duration", "-of", "json",
             str(video)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        raise BadLabels(["ffprobe is not installed; it comes with ffmpeg (`make packages-test`)"]) from None
    if done.returncode != 0:
        return None, f"ffmpeg cannot read it ({' '.join(done.stderr.split())[-160:]}); if it is no video, move it elsewhere"
    found = json.loads(done.stdout)
    if not found.get("streams"):
        return None, "there is no picture in it; if it is no video, move it elsewhere"
    try:
        seconds = float(found["format"]["duration"])
    except (KeyError, ValueError):
        return None, "its length cannot be told; convert it, for instance with `ffmpeg -i OLD NEW.mkv`"
    return (seconds, None) if seconds >= 1 else (None, f"is only {seconds:.2f} s long")
