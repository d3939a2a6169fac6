"""Which alerts were right: they are matched with the events of the labels.

An alert answers an event if it is of its kind and comes between its onset and its end, or up to `SLACK` later; the onset
may be told `EARLY` too early, since labels are not exact to a picture. An event answered is found, any other is missed;
an alert that answers nothing is false. Three things count neither way:

- an alert for an event of about its kind's window (`BORDERLINE` more or less), and that there is none;
- what the labels call tolerated;
- the same alert confirmed again during one event: it is told as a repeat.

For an event clearly shorter than the window every alert is false.
"""
import math
import statistics
from dataclasses import dataclass, field

from labels import WINDOWS

SLACK = 1.0
EARLY = 0.5
BORDERLINE = 0.75


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


def judge(clip, alerts, onsets=None):
    """The result for one clip.

    `onsets`: when the picture of each event's onset was really sent; by the labels where that is not given.
    """
    outcome = Outcome(clip.name, clip.seconds, clip.condition, clip.group, face=clip.face, groups=clip.groups)
    onsets = onsets or [event.start for event in clip.events]
    open_alerts = sorted((a for a in alerts if a.at <= clip.seconds + SLACK), key=lambda a: a.at)
    answered = []
    for event, onset in sorted(zip(clip.events, onsets), key=lambda pair: pair[1]):
        length = event.end - event.start
        window = WINDOWS[event.kind]
        late = onset - event.start
        answers = [
            a for a in open_alerts
            if a.kind in event.kinds and onset - EARLY <= a.at <= event.end + late + SLACK]
        if length < window - BORDERLINE:
            continue
        if length < window + BORDERLINE and window > 0:
            outcome.tolerated += [a.kind for a in answers]
        elif answers:
            outcome.found.append((event.kind, answers[0].at - onset))
            for other in answers[1:]:
                # Another kind that is an equally good answer is not a repeat.
                (outcome.repeats if other.kind == answers[0].kind else outcome.tolerated).append(other.kind)
        else:
            outcome.missed.append((event.kind, event.start))
        if event.kind == "several_faces" and length >= window + BORDERLINE:
            outcome.visits.append((event.face, answers[0].at - onset if answers else None))
        answered += answers
    for alert in open_alerts:
        if any(alert is other for other in answered):
            continue
        if any(alert.kind == span.kind and span.start - EARLY <= alert.at <= span.end + SLACK for span in clip.tolerated):
            outcome.tolerated.append(alert.kind)
        else:
            outcome.false.append((alert.kind, alert.at))
    return outcome


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
