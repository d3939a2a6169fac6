"""The results as Markdown, and whether they reach the targets."""
from intervals import SURE, difference, highest_rate, wilson
from labels import GROUPS, KINDS, WINDOWS
from score import percentile, tally

# Precision and recall of each kind at least this much; delays at most this much beyond the window.
# What the page reports is either right or a bug, and has no figure.
TARGETS = {kind: 0.95 for kind, row in KINDS.items() if row["source"] != "page"} | {"looking_away": 0.90}
MEDIAN_BEYOND, P95_BEYOND, FALSE_PER_HOUR = 0.5, 1.0, 0.2
# Conditions in which nothing happens for long.
UNEVENTFUL = ("presence", "moving")
# Shares of the picture's height that a face takes: each band ends below its number.
BANDS = (("under 12 %", 0.12), ("12 to 20 %", 0.2), ("20 to 40 %", 0.4), ("40 to 60 %", 0.6), ("60 to 80 %", 0.8), ("over 80 %", 9.0))
UNKNOWN = "unknown"
# Values of Monk's scale are too many for so few people.
SKIN = ((4, "Monk 1 to 4"), (7, "Monk 5 to 7"), (10, "Monk 8 to 10"))


def number(value, form="{:.2f}"):
    return "–" if value is None else form.format(value)


def interval(successes, trials):
    """A share in per cent as it was and as it may be: Wilson's 95 % interval."""
    if not trials:
        return "–"
    low, high = wilson(successes, trials)
    return f"{successes} of {trials} ({100 * low:.0f} to {100 * high:.0f} %)"


def band(face):
    """The name of the band that a face's share of the picture's height is in."""
    return UNKNOWN if face is None else next(name for name, end in BANDS if face < end)


def _cell(text):
    """A name from a label file as a cell of a table."""
    return " ".join(text.replace("_", " ").replace("|", "/").replace("<", "&lt;").split())


def kinds_of(outcomes):
    used = {kind for o in outcomes for kind, _ in o.found + o.missed + o.false}
    return [kind for kind in WINDOWS if kind in used]


def failures(outcomes):
    """The targets that were not reached, as text."""
    found = []
    for kind in kinds_of(outcomes):
        t, target = tally(outcomes, kind), TARGETS.get(kind)
        if target and t.events:
            for name, value in (("precision", t.precision), ("recall", t.recall)):
                if value is None or value < target:
                    found.append(f"{kind}: {name} {number(value)}, wanted at least {target}")
        for name, value, beyond in (("median", t.median, MEDIAN_BEYOND), ("95 %", t.p95, P95_BEYOND)):
            if value is not None and value > WINDOWS[kind] + beyond:
                found.append(f"{kind}: delay ({name}) {value:.2f} s, wanted at most {WINDOWS[kind] + beyond:g} s")
    everything = tally(outcomes)
    if (rate := everything.false_per_hour) is not None and rate > FALSE_PER_HOUR:
        found.append(f"{rate:.2f} false alerts per student-hour, wanted at most {FALSE_PER_HOUR}")
    return found


def by_kind(outcomes):
    """Precision, recall and delay of each kind, with what so few events and alerts can really show."""
    rows = ["| kind | events | found | missed | false | precision | at least (95 %) | recall | at least (95 %) | delay: median | 95 % | longest | window |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]

    def shares(t):
        at_least = [number(both and both[0]) for both in (wilson(t.found, t.found + t.false), wilson(t.found, t.events))]
        return f"{number(t.precision)} | {at_least[0]} | {number(t.recall)} | {at_least[1]}"

    for kind in kinds_of(outcomes):
        t = tally(outcomes, kind)
        rows.append(
            f"| `{kind}` | {t.events} | {t.found} | {t.missed} | {t.false} | {shares(t)} | {number(t.median, '{:.2f} s')} | "
            f"{number(t.p95, '{:.2f} s')} | {number(max(t.delays, default=None), '{:.2f} s')} | {WINDOWS[kind]} s |")
    t = tally(outcomes)
    rows.append(f"| all | {t.events} | {t.found} | {t.missed} | {t.false} | {shares(t)} | | | | |")
    return "\n".join(rows)


def by(outcomes, key, title, order=()):
    """The figures for each value of `key`; those in `order` come first."""
    rows = [f"| {title} | clips | minutes | found of events (95 %) | clips with a false alert (95 %) | false | precision | delay beyond the window: median | 95 % |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for value, some in _split(outcomes, key, order).items():
        t = tally(some)
        beyond = [delay - WINDOWS[kind] for o in some for kind, delay in o.found]
        rows.append(
            f"| {_cell(value)} | {t.clips} | {t.seconds / 60:.0f} | {interval(t.found, t.events)} | "
            f"{interval(t.clips_with_false, t.clips)} | {t.false} | {number(t.precision)} | "
            f"{number(percentile(beyond, 0.5), '{:+.2f} s')} | {number(percentile(beyond, 0.95), '{:+.2f} s')} |")
    return "\n".join(rows)


def _split(outcomes, key, order=()):
    """Outcomes by the value of `key`, without those that have none."""
    parts = {}
    for o in outcomes:
        if (value := key(o)) is not None:
            parts.setdefault(value, []).append(o)
    place = {value: k for k, value in enumerate(order)}
    return {value: parts[value] for value in sorted(parts, key=lambda value: (place.get(value, len(place)), value))}


def by_face(outcomes):
    """The figures by the size of the student's face."""
    return by(outcomes, lambda o: band(o.face), "face", [name for name, _ in BANDS])


def visits(outcomes):
    """How second people were found, by the size of both faces."""
    cells = {}
    for o in outcomes:
        for visitor, delay in o.visits:
            cells.setdefault(band(o.face), {}).setdefault(band(visitor), []).append(delay)
    names = [*(name for name, _ in BANDS), UNKNOWN]
    columns = [name for name in names if any(name in row for row in cells.values())]

    def cell(delays):
        found = [delay for delay in delays if delay is not None]
        return f"{interval(len(found), len(delays))}" + (f", {percentile(found, 0.5):.1f} s" if found else "")

    rows = [f"| the student's face | {' | '.join(f'second face {name}' for name in columns)} | all |", "|---|" + "--:|" * (len(columns) + 1)]
    for name in names:
        if row := cells.get(name):
            parts = [cell(row[column]) if column in row else "" for column in columns]
            rows.append(f"| {name} | {' | '.join(parts)} | {cell(sum(row.values(), []))} |")
    return "\n".join(rows)


def traits(outcomes):
    """What people are told apart by: (title, key, order of the values). Those with words of their own come first."""
    named = sorted({name for o in outcomes for name in o.groups}, key=lambda name: (list(GROUPS).index(name) if name in GROUPS else 99, name))
    found = [("group", lambda o: o.group, ())]
    for name in named:
        words = [_word(name, value) for value in GROUPS.get(name, ())]
        found.append((name, lambda o, name=name: _word(name, o.groups.get(name)), words))
    return found


def _word(name, value):
    """The value of a group in a table, None where it is not told."""
    if name == "skin" and value is not None:
        return next(word for end, word in SKIN if value <= end)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def differences(outcomes):
    """Whether people are judged differently: a row for each trait, with the result of a test."""
    rows = ["| people by | events missed | p | clips with a false alert | p |", "|---|---|--:|---|--:|"]
    for title, key, order in [*traits(outcomes), ("size of face", lambda o: band(o.face), [name for name, _ in BANDS])]:
        parts = {value: tally(some) for value, some in _split(outcomes, key, order).items() if value != UNKNOWN}
        columns = []
        for pairs in ({v: (t.missed, t.events) for v, t in parts.items()}, {v: (t.clips_with_false, t.clips) for v, t in parts.items()}):
            pairs = {value: pair for value, pair in pairs.items() if pair[1]}
            columns += [", ".join(f"{_cell(value)} {k} of {n}" for value, (k, n) in pairs.items()) or "–", _verdict(difference(pairs.values()))]
        if len(parts) > 1:
            rows.append(f"| {_cell(title)} | {' | '.join(columns)} |")
    return "\n".join(rows) if len(rows) > 2 else "All clips are of one group."


def _verdict(result):
    if result is None:
        return "–"
    if not result.can_show:
        return "too few"
    text = f"{result.p:.3f}" if result.p >= 0.001 else "under 0.001"
    return f"**{text}**" if result.p < SURE else text


def mistakes(outcomes):
    """Every miss and every false alert by name."""
    lines = []
    for o in sorted(outcomes, key=lambda o: o.name):
        lines += [f"- `{o.name}` ({o.condition}): {kind} from {at:.1f} s was missed" for kind, at in o.missed]
        lines += [f"- `{o.name}` ({o.condition}): a false {kind} at {at:.1f} s" for kind, at in o.false]
    return "\n".join(lines) or "None."


def summary(outcomes):
    t, calm = tally(outcomes), tally([o for o in outcomes if o.condition in UNEVENTFUL])

    def rate(t):
        return (f"{number(t.false_per_hour)} per student-hour (95 %: at most "
                f"{number(highest_rate(t.false, t.seconds / 3600))})")

    text = (f"{t.clips} clips, {t.seconds / 3600:.2f} student-hours, {t.events} events. "
            f"{t.false} false alerts, {rate(t)} over all kinds")
    if calm.clips:
        text += f"; of them {calm.false} in {calm.seconds / 3600:.2f} hours of uneventful presence, {rate(calm)}"
    repeats = f" {t.repeats} alerts were confirmed again while their event went on." if t.repeats else ""
    return text + "." + repeats


def markdown(outcomes, not_counted, skipped, made_with):
    """A section of docs/accuracy.md, without its heading."""
    parts = [made_with, summary(outcomes)]
    missed = failures(outcomes)
    parts.append("All targets are reached." if not missed else "Targets that are not reached:\n\n" + "\n".join(f"- {m}" for m in missed))
    if not_counted:
        parts.append("Not counted, since the machine was too busy:\n\n" + "\n".join(f"- `{n}`: {why}" for n, why in not_counted.items()))
    if skipped:
        parts.append("Left out, since their labels cannot be used:\n\n" + "\n".join(f"- {p}" for p in skipped))
    parts += ["### By kind of alert", by_kind(outcomes), "### By condition", by(outcomes, lambda o: o.condition, "condition"),
              "### By the size of the face", by_face(outcomes)]
    if any(o.visits for o in outcomes):
        parts += ["Second people, by the size of both faces: found of those who came, and the median delay:", visits(outcomes)]
    for title, key, order in traits(outcomes):
        parts += [f"### By {_cell(title)}", by(outcomes, key, _cell(title), order)]
    parts += ["### Whether people are judged differently", differences(outcomes), "### Every mistake", mistakes(outcomes)]
    return "\n\n".join(parts) + "\n"
