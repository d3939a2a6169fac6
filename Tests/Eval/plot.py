"""The results as a picture: an SVG of only lines, dots and text, reproducible from the same figures."""
from html import escape

from labels import WINDOWS
from report import FALSE_PER_HOUR, MEDIAN_BEYOND, P95_BEYOND, TARGETS, kinds_of, number
from score import tally

WIDTH, LEFT, ROW = 860, 150, 34
INK, SOFT, GOOD, SECOND, BAD = "#222", "#999", "#2a78b8", "#7fb2d9", "#c0392b"


def svg(outcomes):
    kinds = kinds_of(outcomes)
    conditions = sorted({o.condition for o in outcomes})
    parts, y = [], 20
    for draw in (lambda y: _shares(kinds, outcomes, y), lambda y: _delays(kinds, outcomes, y),
                 lambda y: _conditions(conditions, outcomes, y)):
        drawn, y = draw(y)
        parts += drawn
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12" '
            f'role="img" aria-label="Precision, recall and delay of the alerts"><rect width="{WIDTH}" height="{y}" fill="#fff"/>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _text(x, y, text, anchor="start", fill=INK, **more):
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{extra}>{escape(str(text))}</text>'


def _line(x0, y0, x1, y1, colour=SOFT, dash=None, width=1):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}" stroke-width="{width}"{dashes}/>'


def _bar(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0, width):.1f}" height="{height}" fill="{colour}"/>'


def _shares(kinds, outcomes, y):
    """Precision and recall by kind, with the targets."""
    span, parts = WIDTH - LEFT - 130, [_text(LEFT, y, "Precision (dark) and recall (light); the line is the target", font_weight="bold")]
    x = lambda share: LEFT + share * span
    y += 12
    bottom = y + ROW * len(kinds)
    for tenth in range(0, 11, 2):
        parts += [_line(x(tenth / 10), y, x(tenth / 10), bottom, "#eee"), _text(x(tenth / 10), bottom + 14, f"{tenth / 10:g}", "middle", SOFT)]
    for k, kind in enumerate(kinds):
        t, top = tally(outcomes, kind), y + ROW * k + 5
        parts.append(_text(LEFT - 8, top + 16, kind, "end"))
        parts += [_bar(LEFT, top, span * (t.precision or 0), 11, GOOD), _bar(LEFT, top + 13, span * (t.recall or 0), 11, SECOND)]
        if kind in TARGETS:
            parts.append(_line(x(TARGETS[kind]), top - 2, x(TARGETS[kind]), top + 26, BAD, width=1.5))
        parts.append(_text(x(1) + 8, top + 16, f"{number(t.precision)}  {number(t.recall)}  of {t.events}"))
    return parts, bottom + 44


def _delays(kinds, outcomes, y):
    """A dot for each alert that answered an event."""
    longest = max([WINDOWS[k] + 2 for k in kinds] + [min(20, d) for o in outcomes for _, d in o.found], default=10)
    span, parts = WIDTH - LEFT - 130, [
        _text(LEFT, y, "Seconds from onset to alert: one dot each; grey the window, red the targets for median and 95 %", font_weight="bold")]
    x = lambda seconds: LEFT + min(seconds, longest) / longest * span
    y += 12
    bottom = y + ROW * len(kinds)
    for second in range(0, int(longest) + 1, 2):
        parts += [_line(x(second), y, x(second), bottom, "#eee"), _text(x(second), bottom + 14, second, "middle", SOFT)]
    for k, kind in enumerate(kinds):
        t, middle, window = tally(outcomes, kind), y + ROW * k + ROW / 2, WINDOWS[kind]
        parts.append(_text(LEFT - 8, middle + 4, kind, "end"))
        parts.append(_line(x(window), middle - 13, x(window), middle + 13, SOFT, width=2))
        for beyond, dash in ((MEDIAN_BEYOND, None), (P95_BEYOND, "3 2")):
            parts.append(_line(x(window + beyond), middle - 13, x(window + beyond), middle + 13, BAD, dash))
        for n, delay in enumerate(sorted(t.delays)):
            parts.append(f'<circle cx="{x(max(0, delay)):.1f}" cy="{middle + (n % 5 - 2) * 3.5:.1f}" r="3" fill="{GOOD}" fill-opacity="0.55"/>')
        if t.delays:
            parts.append(_text(x(longest) + 8, middle + 4, f"{t.median:.1f} s, 95 % {t.p95:.1f} s"))
    return parts, bottom + 44


def _conditions(conditions, outcomes, y):
    """What happened under each condition: found, missed, false."""
    counts = {c: tally([o for o in outcomes if o.condition == c]) for c in conditions}
    most = max([t.events + t.false for t in counts.values()] + [1])
    span, row = WIDTH - LEFT - 200, 22
    parts = [_text(LEFT, y, "Events by condition: found, missed (red outline), false alerts (red)", font_weight="bold")]
    y += 12
    for k, condition in enumerate(conditions):
        t, top, x = counts[condition], y + row * k + 4, LEFT
        parts.append(_text(LEFT - 8, top + 12, condition.replace("_", " "), "end"))
        unit = span / most
        parts.append(_bar(x, top, t.found * unit, 14, GOOD))
        if t.missed:
            parts.append(f'<rect x="{x + t.found * unit:.1f}" y="{top + .5}" width="{t.missed * unit:.1f}" height="13" fill="none" stroke="{BAD}"/>')
        parts.append(_bar(x + t.events * unit, top, t.false * unit, 14, BAD))
        parts.append(_text(x + (t.events + t.false) * unit + 8, top + 12, f"{t.found} of {t.events}, {t.false} false in {t.seconds / 60:.0f} min"))
    rate = tally(outcomes).false_per_hour
    bottom = y + row * len(conditions) + 20
    parts.append(_text(LEFT, bottom, f"{number(rate)} false alerts per student-hour over all kinds; the target is {FALSE_PER_HOUR}", font_weight="bold"))
    return parts, bottom + 16
