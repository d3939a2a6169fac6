"""The results as Markdown, and whether they reach the targets."""
from labels import KINDS, WINDOWS
from score import lower_bound, percentile, tally

# Precision and recall of each kind at least this much; delays at most this much beyond the window.
# What the page reports is either right or a bug, and has no figure.
TARGETS = {kind: 0.95 for kind, row in KINDS.items() if row["source"] != "page"} | {"looking_away": 0.90}
MEDIAN_BEYOND, P95_BEYOND, FALSE_PER_HOUR = 0.5, 1.0, 0.2


def number(value, form="{:.2f}"):
    return "–" if value is None else form.format(value)


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
    rows = ["| kind | events | found | missed | false | precision | recall | at least (95 %) | delay: median | 95 % | longest | window |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for kind in kinds_of(outcomes):
        t = tally(outcomes, kind)
        rows.append(
            f"| `{kind}` | {t.events} | {t.found} | {t.missed} | {t.false} | {number(t.precision)} | {number(t.recall)} | "
            f"{number(lower_bound(t.found, t.events))} | {number(t.median, '{:.2f} s')} | {number(t.p95, '{:.2f} s')} | "
            f"{number(max(t.delays, default=None), '{:.2f} s')} | {WINDOWS[kind]} s |")
    t = tally(outcomes)
    rows.append(f"| all | {t.events} | {t.found} | {t.missed} | {t.false} | {number(t.precision)} | {number(t.recall)} | "
                f"{number(lower_bound(t.found, t.events))} | | | | |")
    return "\n".join(rows)


def by(outcomes, attribute, title):
    rows = [f"| {title} | clips | minutes | events | found | missed | false | precision | recall | delay beyond the window: median | 95 % |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for value in sorted({getattr(o, attribute) for o in outcomes}):
        some = [o for o in outcomes if getattr(o, attribute) == value]
        t = tally(some)
        beyond = [delay - WINDOWS[kind] for o in some for kind, delay in o.found]
        rows.append(
            f"| {_cell(value)} | {t.clips} | {t.seconds / 60:.0f} | {t.events} | {t.found} | {t.missed} | {t.false} | "
            f"{number(t.precision)} | {number(t.recall)} | {number(percentile(beyond, 0.5), '{:+.2f} s')} | "
            f"{number(percentile(beyond, 0.95), '{:+.2f} s')} |")
    return "\n".join(rows)


def mistakes(outcomes):
    """Every miss and every false alert by name."""
    lines = []
    for o in sorted(outcomes, key=lambda o: o.name):
        lines += [f"- `{o.name}` ({o.condition}): {kind} from {at:.1f} s was missed" for kind, at in o.missed]
        lines += [f"- `{o.name}` ({o.condition}): a false {kind} at {at:.1f} s" for kind, at in o.false]
    return "\n".join(lines) or "None."


def summary(outcomes):
    t, calm = tally(outcomes), tally([o for o in outcomes if o.condition == "presence"])
    text = (f"{t.clips} clips, {t.seconds / 3600:.2f} student-hours, {t.events} events. "
            f"{t.false} false alerts, {number(t.false_per_hour)} per student-hour over all kinds")
    if calm.clips:
        text += (f"; of them {calm.false} in {calm.seconds / 3600:.2f} hours of uneventful presence "
                 f"({number(calm.false_per_hour)} per hour)")
    repeats = f" {t.repeats} alerts were confirmed again while their event went on." if t.repeats else ""
    return text + "." + repeats


def markdown(outcomes, not_counted, skipped, made_with):
    parts = [made_with, summary(outcomes)]
    missed = failures(outcomes)
    parts.append("All targets are reached." if not missed else "Targets that are not reached:\n\n" + "\n".join(f"- {m}" for m in missed))
    if not_counted:
        parts.append("Not counted, since the machine was too busy:\n\n" + "\n".join(f"- `{n}`: {why}" for n, why in not_counted.items()))
    if skipped:
        parts.append("Left out, since their labels cannot be used:\n\n" + "\n".join(f"- {p}" for p in skipped))
    parts += ["### By kind of alert", by_kind(outcomes), "### By condition", by(outcomes, "condition", "condition"),
              "### By group", by(outcomes, "group", "group"), "### Every mistake", mistakes(outcomes)]
    return "\n\n".join(parts) + "\n"
