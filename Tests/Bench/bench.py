#!/usr/bin/env python3
"""What the server costs, compared with what the libraries alone would need for the same work.

    bench.py --server .build/release/exam-monitoring --floor .build/floor [--students 10 50 100 150 200] [--seconds 30]
    bench.py … --upload Recordings/moving_vp8_l1t3_480x360_300_10.vp8frames

A fresh server for each load, with students and teachers by `exam-monitoring simulate`, on the same machine: more and more
students, all tiles watched at 5 a second, twenty teachers, and uploads of JPEG; between the loads, the libraries alone. CPU is
the server's own. The figures go into docs/performance.md and docs/performance.svg. The exit code is 0 if all targets are reached,
1 if not, 3 if other programs kept the machine busy. Needs a quiet machine for twelve minutes.
"""
import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
FEW_TILES, MANY_TILES = 2, 5
WATCHED, TEACHERS = 50, 20
# The highest temporal layer that the server decodes for tiles and checks at these rates: 5 pictures a second.
DECODED_LAYER = 1
PROFILE_SECONDS = 15
# More than this of a core taken by other programs, and figures are not worth keeping.
OTHERS_LIMIT = 0.25


@dataclasses.dataclass
class Results:
    libraries: list
    series: list
    watched: object
    crowd: object
    jpeg: object
    hot_spots: tuple | None
    why_no_hot_spots: str
    made_with: str

    @property
    def loads(self):
        return [*self.series, self.watched, self.crowd, self.jpeg]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / ".build/release/exam-monitoring"), help="the server's binary")
    parser.add_argument("--simulator", help="another binary for the load")
    parser.add_argument("--floor", default=str(ROOT / ".build/floor"), help="the binary of Tests/Bench/libraries")
    parser.add_argument("--students", type=int, nargs="+", default=[10, 50, 100, 150, 200])
    parser.add_argument("--seconds", type=float, default=30, help="how long each load is measured (30)")
    parser.add_argument("--upload", type=pathlib.Path, help="a recording that students send instead of the usual VP8; the page stays as it is")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "bench-results", help="where results go")
    parser.add_argument("--no-docs", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def main():
    options = arguments()
    os.environ["EXAM_MONITORING"] = str(pathlib.Path(options.server).resolve())
    import chart
    import page
    from rehearse import NotRehearsed
    try:
        results = measure(options)
    except NotRehearsed as problem:
        say(f"The load did not come about: {problem}")
        return 2
    text, picture = page.markdown(results), chart.svg(results)
    keep(options.results, results, text, picture)
    say("\n" + text)
    busy = max(load.others_cores for load in results.loads)
    if not options.no_docs and not options.upload:
        write_between_marks(ROOT / "docs/performance.md", text)
        (ROOT / "docs/performance.svg").write_text(picture)
        say("docs/performance.md and docs/performance.svg are up to date")
    if busy > OTHERS_LIMIT:
        say(f"Other programs took {busy:.2f} cores meanwhile: measure again on a quiet machine.")
        return 3
    return 0 if all(reached for *_, reached in page.targets(results)) else 1


def measure(options):
    import hot_spots
    libraries = [run_libraries(options.floor)]

    def between_libraries(*what, **how):
        # A shared machine changes its speed within minutes: a load is compared with what was measured before and after it.
        result = load(options, *what, **how)
        libraries.append(run_libraries(options.floor))
        return dataclasses.replace(result, libraries=tuple(libraries[-2:]))

    series = [between_libraries(n, 1, FEW_TILES, settle=10 if n == max(options.students) else 0)
              for n in sorted(options.students)]
    watched = between_libraries(WATCHED, 1, MANY_TILES)
    crowd = between_libraries(WATCHED, TEACHERS, MANY_TILES)
    jpeg = between_libraries(WATCHED, 1, MANY_TILES, media="image/jpeg")
    profile = Profile(hot_spots) if hot_spots.is_available() else None
    if profile:
        # A load of its own: sampling costs CPU.
        load(options, WATCHED, 1, MANY_TILES, during=profile.start, seconds=PROFILE_SECONDS + 2)
    report, why = profile.result() if profile else (None, "perf is not there; apt-get install linux-perf")
    return Results(
        libraries, series, watched, crowd, jpeg, hot_spots.fold(report) if report else None, why or "",
        f"Measured on {datetime.date.today().isoformat()} with `make bench` on {os.cpu_count()} cores ({processor()}), "
        f"{options.seconds:g} s each; students upload VP8 of 480x360 at 10 frames a second where nothing else is said.")


class Profile:
    """Runs perf during a load."""

    def __init__(self, hot_spots):
        self._record, self._thread, self._result = hot_spots.record, None, (None, "it was not taken")

    def start(self, pid):
        def body():
            self._result = self._record(pid, PROFILE_SECONDS)

        self._thread = threading.Thread(target=body)
        self._thread.start()

    def result(self):
        if self._thread:
            self._thread.join()
        return self._result


def run_libraries(program):
    say("the libraries alone")
    done = subprocess.run(
        [program, "--vp8", "Recordings/vp8_l1t3_480x360_300_10.vp8frames", "--highest-layer", str(DECODED_LAYER),
         "--jpeg", "Recordings/jpeg_worker_320_q70.mjpeg", "--models", "Models", "--rounds", "3"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def load(options, students, teachers, tile_fps, media="video/x-vp8", settle=0, during=None, seconds=None):
    sys.path.insert(0, str(ROOT / "Tests"))
    from rehearse import rehearse
    from support.server import Server
    say(f"{students} students of {media}, {teachers} teacher{'s' * (teachers != 1)}, tiles at {tile_fps}/s"
        + (", with the profiler" if during else ""))
    with tempfile.TemporaryDirectory(prefix="bench-data-") as data:
        server = Server(data)
        try:
            result = rehearse(server, students, teachers, seconds or options.seconds, tile_fps, media, settle,
                              options.simulator or os.environ["EXAM_MONITORING"], during,
                              options.upload.resolve() if options.upload and media == "video/x-vp8" else None)
        finally:
            server.stop()
    say(f"    {result.cpu_seconds / result.seconds:.2f} cores, {sum(result.ms_per_frame.values()):.2f} ms per frame")
    return result


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def keep(folder, results, text, picture):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "performance.md").write_text(text)
    (folder / "performance.svg").write_text(picture)
    (folder / "performance.json").write_text(json.dumps(dataclasses.asdict(results), indent=1))


def write_between_marks(path, text):
    document = path.read_text()
    before, rest = document.split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}")


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
