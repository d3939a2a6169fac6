"""The results as Markdown, and whether they reach the targets."""
import statistics

from floor import Costs, operations_per_frame, ratios, stages_per_frame

MS_PER_FRAME, TIMES_FLOOR, TILE_P99_MS = 1.0, 1.3, 80
MEGABYTES_PER_STUDENT, BASE_MEGABYTES = 4, 150
CHECKS_MS = 9
GROWTH, MICROSECONDS_PER_PICTURE, MEMORY_BACK = 0.10, 25, 0.10
LARGEST_TILE_P99_MS, LARGEST_UNCHECKED_S = 250, 1.5


def costs(load, detector="opencv"):
    """What the libraries cost while this load was measured."""
    return Costs.of(*load.libraries, detector=detector)


def least(load, detector="opencv"):
    return stages_per_frame(load.work, costs(load, detector))


def times_floor(load, detector="opencv"):
    return ratios(load.ms_per_frame, least(load, detector))["all"]


def growth(series):
    """CPU of the most students compared with that of the fewest for the same work, as the excess over 1.

    Over the floor of each: a server that cannot keep up and leaves work undone has not become cheaper.
    """
    return times_floor(series[-1], "own") / times_floor(series[0], "own") - 1


def microseconds_per_picture(one, many):
    """CPU per extra picture when more teachers watch the same students.

    The face check is left out: it does not depend on teachers, and where it comes short it would hide what they cost.
    """
    def cores(load):
        return (load.cpu_seconds - load.cpu_by_group["checks"]) / load.seconds

    pictures = many.delivered / many.seconds - one.delivered / one.seconds
    return 1e6 * (cores(many) - cores(one)) / pictures


def checks_ms(load):
    """CPU of the face checks for each student, in milliseconds a second."""
    return 1000 * load.cpu_by_group["checks"] / load.seconds / load.students


def p99(load):
    return load.report["tiles"].get("p99_ms")


def targets(results):
    """The target, the measured value, and whether it is reached."""
    one, last = results.watched, results.series[-1]
    ms = sum(one.ms_per_frame.values())
    fan_out = microseconds_per_picture(one, results.crowd)
    unchecked = last.report.get("longest_unchecked_s")
    memory = max(load.megabytes_per_student for load in (*results.series, one))
    rows = [
        _row(f"{one.students} students, tiles at {one.tile_fps:g}/s: CPU per uploaded frame", ms, MS_PER_FRAME, "{:.2f} ms"),
        _row("the same against the floor, with OpenCV's inference", times_floor(one), TIMES_FLOOR, "{:.2f} times"),
        _row("the same against the floor, with the server's own detector", times_floor(one, "own"), TIMES_FLOOR,
             "{:.2f} times"),
        _row("the same: capture to tile, p99", p99(one), TILE_P99_MS, "{:.0f} ms"),
        _row(f"{last.students} students, tiles at {last.tile_fps:g}/s: capture to tile, p99", p99(last), LARGEST_TILE_P99_MS,
             "{:.0f} ms"),
        _row("the same: longest time without a check", unchecked, LARGEST_UNCHECKED_S, "{:.1f} s"),
        *(_row(f"{load.students} students: CPU of the face check for each, a second", checks_ms(load), CHECKS_MS, "{:.1f} ms")
          for load in (results.series[0], one)),
        _row("memory per student over the base", memory, MEGABYTES_PER_STUDENT, "{:.1f} MB"),
        _row("base memory", one.base_megabytes, BASE_MEGABYTES, "{:.0f} MB"),
        _row(f"CPU for the same work at {last.students} students against {results.series[0].students}",
             100 * growth(results.series), 100 * GROWTH, "{:+.0f} %"),
        _row(f"{results.crowd.teachers} teachers on {results.crowd.students} students: CPU per delivered picture", fan_out,
             MICROSECONDS_PER_PICTURE, "{:.0f} µs"),
    ]
    if (after := (last.report.get("server") or {}).get("memory_after_mb")) is not None:
        rows.append(_row("memory 10 s after the end, over the base", 100 * (after / last.base_megabytes - 1),
                         100 * MEMORY_BACK, "{:+.0f} %"))
    return rows


def _row(what, value, limit, form):
    told = "–" if value is None else form.format(value)
    return what, told, form.format(limit).lstrip("+"), value is not None and value <= limit


def _name(load):
    return (f"{load.students} students, {load.teachers} teacher{'s' * (load.teachers != 1)}, tiles at {load.tile_fps:g}/s"
            + (", JPEG" if load.media == "image/jpeg" else ""))


def table(head, rows):
    """A Markdown table whose first column is text and whose others are figures."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join(lines + [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows])


def _targets(results):
    return table(["target", "measured", "at most", "reached"],
                 [(what, told, limit, "yes" if reached else "no") for what, told, limit, reached in targets(results)])


def _floor(results):
    names = {"vp8_decode": "VP8 480x360: decode", "scale": "scale 480x360 to 320x240", "tile_encode": "JPEG 320x240: encode",
             "focus_encode": "JPEG 480x360: encode", "tracked_check_opencv": "BlazeFace, OpenCV's inference alone",
             "whole_check_opencv": "CenterFace, OpenCV's inference alone",
             "tracked_check": "BlazeFace around a known face, own detector",
             "whole_check": "CenterFace on the whole picture, own detector", "jpeg_decode_320": "JPEG 320x240: decode",
             "jpeg_tile_encode": "JPEG 320x240: encode what was a JPEG before",
             "jpeg_decode_640": "JPEG 640x480, enlarged from the VP8 recording: decode"}
    runs = [run["cpu_ms"] for run in results.libraries]
    return table(["operation", "CPU, ms", "least", "most"], [
        (text, f"{statistics.median(run[name]['median'] for run in runs):.3f}",
         f"{min(run[name]['least'] for run in runs):.3f}", f"{max(run[name]['most'] for run in runs):.3f}")
        for name, text in names.items()])


def _series(results):
    rows = []
    for load in (*results.series, results.watched, results.crowd, results.jpeg):
        tiles = load.report["tiles"]
        rows.append((
            _name(load),
            f"{load.cpu_seconds / load.seconds:.2f}", f"{load.ms_per_student:.1f}", f"{sum(load.ms_per_frame.values()):.2f}",
            *(cell for detector in ("opencv", "own") for cell in (
                f"{sum(least(load, detector).values()):.2f}", f"{times_floor(load, detector):.2f}")),
            f"{load.frames / load.seconds:.0f}", f"{100 * load.report['frames']['lost_share']:.1f} %",
            *(f"{count / load.seconds / load.students:.2f}" for count in (
                load.work.checks, load.encoded, load.delivered / load.teachers)),
            f"{tiles.get('p50_ms', 0):.0f}", f"{tiles.get('p99_ms', 0):.0f}", f"{load.megabytes_per_student:.1f}",
            f"{load.others_cores:.2f}"))
    return table(["load", "cores", "ms/s and student", "ms/frame", "floor, OpenCV", "times that", "floor, own detector", "times that", "frames/s", "lost", "checks/s and student",
                  "tiles encoded/s and student", "delivered to each teacher", "tile p50, ms", "p99", "MB/student", "cores of others"], rows)


def _stages(results):
    rows = []
    for load in (*results.series, results.watched, results.crowd, results.jpeg):
        server, libraries = load.ms_per_frame, least(load, "own")
        times = ratios(server, libraries)
        rows.append((_name(load), *(cell for stage in ("pictures", "checks") for cell in (
            f"{server[stage]:.2f}", f"{libraries[stage]:.2f}", f"{times[stage]:.2f}" if stage in times else "–")),
            *(f"{server[group]:.2f}" for group in ("sockets", "tasks", "pipelines", "other"))))
    return table(["load", "decode, scale, encode", "floor", "times", "face check", "floor, own detector", "times", "sockets", "tasks",
                  "pipelines", "other"], rows)


def _floor_of_watched(results):
    one, own = (operations_per_frame(results.watched.work, costs(results.watched, detector)) for detector in ("opencv", "own"))
    parts = [f"{name} {ms:.3f}" + (f" (own detector {own[name]:.3f})" if own[name] != ms else "")
             for name, ms in one.items() if ms]
    return (f"The floor of {results.watched.students} students with tiles at {results.watched.tile_fps:g}/s, ms per frame: "
            + ", ".join(parts) + ".")


def _hot_spots(results):
    if not results.hot_spots:
        return f"No profile: {results.why_no_hot_spots}."
    groups, largest = results.hot_spots
    shares = table(["part", "share"], [(group, f"{100 * share:.1f} %") for group, share in groups.items() if share >= 0.001])
    single = table(["function", "library", "part", "share"],
                   [(f"`{function[:70].replace('|', '/')}`", library, group, f"{100 * share:.1f} %")
                    for share, group, library, function in largest])
    return f"{shares}\n\nThe largest single ones:\n\n{single}"


def markdown(results):
    return "\n\n".join([
        results.made_with, _targets(results), "### The libraries alone", _floor(results), _floor_of_watched(results),
        "### The server under load", _series(results), "### By stage, CPU milliseconds per uploaded frame", _stages(results),
        f"### Where the CPU goes, {results.watched.students} students", _hot_spots(results)]) + "\n"
