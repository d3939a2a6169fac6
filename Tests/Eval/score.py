"""Which alerts were right, as the server's own program judges them (`Judgement.swift`), and the resulting figures."""
import json
import math
import os
import pathlib
import statistics
import subprocess
from dataclasses import dataclass, field

PROGRAM = os.environ.get("EXAM_MONITORING", str(pathlib.Path(__file__).resolve().parents[2] / ".build/debug/exam-monitoring"))


@dataclass
class Alert:
    """A confirmation that reached the teacher, `at` seconds after the first picture of the clip was sent."""
    kind: str
    at: float


@dataclass
class Outcome:
    """The result for one clip. `found`: (event's kind, delay). The others are kinds, false ones with their time.

    `visits`: of each event of several faces that counts, the second face's share of the picture's height and the delay, or
    None if it was missed.
    """
    name: str
    seconds: float
    condition: str
    group: str
    found: list[tuple[str, float]] = field(default_factory=list)
    missed: list[tuple[str, float]] = field(default_factory=list)
    false: list[tuple[str, float]] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    face: float | None = None
    groups: dict[str, str | int | bool] = field(default_factory=dict)
    visits: list[tuple[float | None, float | None]] = field(default_factory=list)


def judge_all(played):
    """The result for each (clip, alerts, onsets).

    `onsets`: when the picture of each event's onset was really sent; None: as labelled.
    """
    lines = "".join(json.dumps(_told(*one)) + "\n" for one in played)
    done = subprocess.run([PROGRAM, "judge"], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{PROGRAM} judge failed: {done.stderr.strip()}")
    return [_outcome(clip, json.loads(line)) for (clip, _, _), line in zip(played, done.stdout.splitlines(), strict=True)]


def judge(clip, alerts, onsets=None):
    """The result for one clip."""
    return judge_all([(clip, alerts, onsets)])[0]


def _told(clip, alerts, onsets):
    def spans(some):
        return [{"kind": span.kind, "from": span.start, "to": span.end, "or": list(span.others)} for span in some]
    told = {"labels": {"events": spans(clip.events), "tolerated": spans(clip.tolerated)}, "seconds": clip.seconds,
            "alerts": [{"kind": alert.kind, "at": alert.at} for alert in alerts]}
    return told | ({"onsets": onsets} if onsets else {})


def _outcome(clip, judged):
    pairs = {name: [(kind, seconds) for kind, seconds, _ in judged[name]] for name in ("found", "missed", "false")}
    told = [(place, seconds) for kind, seconds, place in judged["found"] if kind == "several_faces"]
    told += [(place, None) for kind, _, place in judged["missed"] if kind == "several_faces"]
    visits = [(clip.events[place].face, delay) for place, delay in sorted(told, key=lambda visit: clip.events[visit[0]].start)]
    return Outcome(
        clip.name, clip.seconds, clip.condition, clip.group, **pairs, repeats=judged["repeats"], tolerated=judged["tolerated"],
        face=clip.face, groups=clip.groups, visits=visits)


@dataclass
class Tally:
    """The results for many events and alerts of one kind, or of one condition."""
    found: int = 0
    missed: int = 0
    false: int = 0
    repeats: int = 0
    delays: list[float] = field(default_factory=list)
    seconds: float = 0.0
    clips: int = 0
    clips_with_false: int = 0

    @property
    def events(self):
        return self.found + self.missed

    @property
    def precision(self):
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self):
        return self.found / self.events if self.events else None

    @property
    def median(self):
        return statistics.median(self.delays) if self.delays else None

    @property
    def p95(self):
        return percentile(self.delays, 0.95)

    @property
    def false_per_hour(self):
        return self.false / (self.seconds / 3600) if self.seconds else None


def tally(outcomes, kind=None):
    """Over some outcomes, of one kind or of all."""
    result = Tally()
    for outcome in outcomes:
        def count(items):
            return sum(1 for item in items if kind in (None, item if isinstance(item, str) else item[0]))
        result.found += count(outcome.found)
        result.missed += count(outcome.missed)
        result.false += count(outcome.false)
        result.repeats += count(outcome.repeats)
        result.delays += [delay for found, delay in outcome.found if kind in (None, found)]
        result.seconds += outcome.seconds
        result.clips += 1
        result.clips_with_false += count(outcome.false) > 0
    return result


def percentile(values, share):
    """By nearest rank: a value that occurred."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)] if values else None
