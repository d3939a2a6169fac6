"""Draws docs/delay.svg from the table of delays in docs/accuracy.md, which `DocumentedDelaysTests` compares with the server's rules."""
import pathlib
import re

from plot import INK, SOFT, _line, _text

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 360, 60, 170, 30, 320
LONGEST = 30  # seconds; what is beyond is not drawn
COLOURS = ["#2a78b8", "#c0392b", "#2e8b57", "#8e5ea2", "#b7791f"]


def table(text):
    """The kinds, and for each share of looks the median and 95th percentile of each kind."""
    lines = text[text.index("| seen in |"):].splitlines()
    kinds = re.findall(r"`(\w+)`", lines[0])
    rows = {}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        share, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[int(share.split()[0])] = [[float(one) if one[0].isdigit() else None for one in cell.split(" / ")] for cell in cells]
    return kinds, rows


def svg(text):
    kinds, rows = table(text)
    x = lambda share: LEFT + (share - min(rows)) / (100 - min(rows)) * (WIDTH - LEFT - RIGHT)
    y = lambda seconds: BOTTOM - seconds / LONGEST * (BOTTOM - TOP)
    parts = [_text(LEFT, 16, "Seconds to the alert by the share of looks that are bad: median (line) and 95 % (dashes)", font_weight="bold")]
    for seconds in range(0, LONGEST + 1, 5):
        parts += [_line(LEFT, y(seconds), WIDTH - RIGHT, y(seconds), "#eee"), _text(LEFT - 6, y(seconds) + 4, seconds, "end", SOFT)]
    parts += [_text(x(share), BOTTOM + 16, f"{share} %", "middle", SOFT) for share in rows if share % 10 == 0]
    # Names of curves that end close together stand below each other.
    places = {kind: BOTTOM - 14 * place for place, kind in enumerate(sorted(range(len(kinds)), key=lambda kind: rows[100][kind][0]))}
    for kind, name in enumerate(kinds):
        for which, dash in ((0, ""), (1, ' stroke-dasharray="5 4"')):
            points = [(share, cells[kind][which]) for share, cells in rows.items()]
            drawn = " ".join(f"{x(share):.1f},{y(delay):.1f}" for share, delay in points if delay is not None and delay <= LONGEST)
            parts.append(f'<polyline points="{drawn}" fill="none" stroke="{COLOURS[kind]}" stroke-width="1.8"{dash}/>')
        parts += [_line(WIDTH - RIGHT + 14, places[kind] - 24, WIDTH - RIGHT + 34, places[kind] - 24, COLOURS[kind], width=3),
                  _text(WIDTH - RIGHT + 40, places[kind] - 20, name, fill=INK)]
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img" '
            f'aria-label="Delay of the alerts by the share of looks"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    (DOCS / "delay.svg").write_text(svg((DOCS / "accuracy.md").read_text()))
