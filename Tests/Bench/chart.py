"""The results as a picture: an SVG of only bars, lines and text, reproducible from the same figures."""
from html import escape

from page import least

WIDTH, LEFT, RIGHT, ROW = 860, 190, 90, 40
INK, SOFT, LIMIT = "#222", "#999", "#c0392b"
COLOURS = {"pictures": "#2a78b8", "checks": "#e08a2e", "sockets": "#5a9e5a", "tasks": "#8a6bb0", "pipelines": "#b0b0b0",
           "other": "#d0d0d0"}
NAMES = {"pictures": "decode, scale, encode", "checks": "face check", "sockets": "sockets", "tasks": "tasks",
         "pipelines": "pipelines", "other": "other"}


def svg(results):
    parts, y = [], 20
    loads = [*results.series, results.watched, results.jpeg]
    drawn, y = _frames(loads, y)
    parts += drawn
    drawn, y = _latencies(loads, y)
    parts += drawn
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12" '
            f'role="img" aria-label="CPU per frame against the floor, and the age of tiles">'
            f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _text(x, y, text, anchor="start", fill=INK, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}">{escape(str(text))}</text>')


def _bar(x, y, width, height, colour, opacity=1.0):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0, width):.1f}" height="{height}" fill="{colour}" fill-opacity="{opacity}"/>'


def _line(x, top, bottom, colour=SOFT):
    return f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{colour}"/>'


def _name(load):
    return f"{load.students} students, tiles {load.tile_fps:g}/s" + (", JPEG" if load.media == "image/jpeg" else "")


def _frames(loads, y):
    """CPU per frame by stage, and below each bar the floor of the same work."""
    most = max(sum(load.ms_per_frame.values()) for load in loads)
    span = WIDTH - LEFT - RIGHT
    parts = [_text(LEFT, y, "CPU milliseconds per uploaded frame: the server, below it the libraries with its own detector", weight="bold")]
    x = LEFT
    for group, colour in COLOURS.items():
        parts += [_bar(x, y + 10, 10, 10, colour), _text(x + 14, y + 19, NAMES[group])]
        x += 30 + 6.4 * len(NAMES[group])
    y += 30
    for load in loads:
        parts.append(_text(LEFT - 8, y + 17, _name(load), "end"))
        x = LEFT
        for group, ms in load.ms_per_frame.items():
            parts.append(_bar(x, y, ms / most * span, 14, COLOURS[group]))
            x += ms / most * span
        parts.append(_text(x + 6, y + 12, f"{sum(load.ms_per_frame.values()):.2f}"))
        x = LEFT
        libraries = least(load, "own")
        for stage, ms in libraries.items():
            parts.append(_bar(x, y + 16, ms / most * span, 10, COLOURS[stage], 0.45))
            x += ms / most * span
        parts.append(_text(x + 6, y + 25, f"{sum(libraries.values()):.2f}", fill=SOFT))
        y += ROW
    return parts, y + 24


def _latencies(loads, y):
    """Age of tiles when they reach the teacher."""
    ages = [(load, load.report["tiles"]) for load in loads if load.report["tiles"]["count"]]
    most = max([tiles["p99_ms"] for _, tiles in ages] + [1])
    span, row = WIDTH - LEFT - RIGHT, 24
    parts = [_text(LEFT, y, "Milliseconds from capture to tile: p50 (dark) and p99 (light)", weight="bold")]
    y += 10
    for load, tiles in ages:
        parts += [_text(LEFT - 8, y + 13, _name(load), "end"),
                  _bar(LEFT, y + 3, tiles["p99_ms"] / most * span, 12, COLOURS["pictures"], 0.35),
                  _bar(LEFT, y + 3, tiles["p50_ms"] / most * span, 12, COLOURS["pictures"]),
                  _text(LEFT + tiles["p99_ms"] / most * span + 6, y + 13, f"{tiles['p50_ms']:.0f}, {tiles['p99_ms']:.0f}")]
        y += row
    return parts, y + 12
