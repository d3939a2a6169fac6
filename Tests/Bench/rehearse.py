"""Runs one load on a server: `exam-monitoring simulate` uploads and watches, the cost is measured from outside."""
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
import time

import server_threads
from floor import Work

FRAMES_PER_SECOND = 10
# The simulator begins to measure three seconds after everybody streams.
WARM_UP = 5
ARRIVAL_LIMIT = 180
HELD, NOT_HELD = 0, 1
WHOLE, TRACKED = ('exam_face_checks_total{tier="%s"}' % tier for tier in ("whole_picture", "tracked_face"))


class NotRehearsed(Exception):
    """The load could not be produced."""


@dataclasses.dataclass(frozen=True)
class Load:
    students: int
    teachers: int
    tile_fps: float
    media: str
    seconds: float
    cpu_by_group: dict
    counters: dict
    base_megabytes: float
    megabytes: float
    others_cores: float
    report: dict
    # What the libraries alone cost before and after.
    libraries: tuple = ()

    @property
    def cpu_seconds(self):
        return sum(self.cpu_by_group.values())

    @property
    def frames(self):
        return self.counters["exam_frames_received_total"]

    @property
    def delivered(self):
        return self.counters["exam_pictures_delivered_total"]

    @property
    def dropped(self):
        return sum(n for name, n in self.counters.items() if name.startswith("exam_frames_dropped_total"))

    @property
    def encoded(self):
        return self.counters["exam_pictures_encoded_total"]

    @property
    def work(self):
        """Only tiles that somebody requested: the others are not necessary work."""
        asked = self.tile_fps * self.students * self.seconds
        return Work(self.seconds, self.frames, self.frames - self.dropped, min(self.encoded, asked), 0,
                    self.counters[TRACKED], self.counters[WHOLE], self.media)

    @property
    def ms_per_frame(self):
        """Of CPU, by group of threads."""
        return {group: 1000 * seconds / self.frames for group, seconds in self.cpu_by_group.items()}

    @property
    def ms_per_student(self):
        """Of CPU, each second."""
        return 1000 * self.cpu_seconds / self.seconds / self.students

    @property
    def megabytes_per_student(self):
        return (self.megabytes - self.base_megabytes) / self.students


def rehearse(server, students, teachers, seconds, tile_fps, media="video/x-vp8", settle=0, simulator=None, during=None, upload=None):
    """Puts a load on a new server and measures for `seconds` while everybody is connected. `during` is called at the beginning of that.

    Everybody sits there as they should: nobody freezes or leaves, and no teacher looks at one student closely. `upload`: what they
    send instead of the recording of its media type.
    """
    base = server.resident_megabytes
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        report = pathlib.Path(folder) / "report.json"
        output = pathlib.Path(folder) / "output.txt"
        with output.open("w") as log:
            simulate = subprocess.Popen(
                [simulator, "simulate", "--url", server.url, "--server-pid", str(server.process.pid),
                 "--students", str(students), "--teachers", str(teachers), "--minutes", str((seconds + WARM_UP) / 60),
                 "--tile-fps", str(tile_fps), "--no-focus", "--media", media, "--frozen", "0", "--dark", "0",
                 "--absent", "0", "--reconnecting", "0", "--settle", str(settle), "--json", str(report),
                 *(["--upload", str(upload)] if upload else [])],
                cwd=pathlib.Path(__file__).resolve().parents[2], stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_all_are_there(server, simulate, students + teachers, output)
            time.sleep(WARM_UP)
            before = _look(server, simulate.pid)
            if during:
                during(server.process.pid)
            time.sleep(max(0, before["time"] + seconds - time.monotonic()))
            after = _look(server, simulate.pid)
            megabytes = server.resident_megabytes
            code = simulate.wait(seconds + settle + 60)
        finally:
            simulate.kill()
            simulate.wait()
        if code not in (HELD, NOT_HELD):
            raise NotRehearsed(output.read_text()[-2000:])
        told = json.loads(report.read_text())
    elapsed = after["time"] - before["time"]
    groups = server_threads.grown(before["threads"], after["threads"])
    known = sum(groups.values()) + after["simulator"] - before["simulator"]
    return Load(
        students, teachers, tile_fps, media, elapsed, groups,
        {name: value - before["metrics"].get(name, 0) for name, value in after["metrics"].items()},
        base, megabytes, max(0, (after["busy"] - before["busy"] - known) / elapsed), told)


def _wait_until_all_are_there(server, simulate, count, output):
    deadline = time.monotonic() + ARRIVAL_LIMIT
    while server.metrics()["exam_websockets"] < count:
        if simulate.poll() is not None or time.monotonic() > deadline:
            raise NotRehearsed(f"not all {count} came in:\n{output.read_text()[-2000:]}")
        time.sleep(0.25)


def _look(server, simulator):
    metrics = server.metrics()
    return {"time": time.monotonic(), "metrics": metrics, "threads": server_threads.look(server.process.pid),
            "simulator": server_threads.look(simulator)[1], "busy": _busy_seconds()}


def _busy_seconds():
    """Of all cores together since boot, whoever used them."""
    user, nice, system, _, _, interrupts, soft, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + interrupts + soft + steal) / os.sysconf("SC_CLK_TCK")
