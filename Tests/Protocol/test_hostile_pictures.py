"""Files that are small to send and would be large to decode: refused with a reason, before they cost anything."""
import os
import pathlib

import pytest

import hostile
from clients import Exam, wait_until
from media import vp8
from support.server import Server

MEGABYTES, SECONDS = 50, 0.2  # the most that one file may cost
LATENESS = 0.5  # maximum delay of a neighbour's picture, in seconds


class Costs:
    """Peak memory and CPU time of a process since this was created."""

    def __init__(self, pid):
        self.process = pathlib.Path(f"/proc/{pid}")
        (self.process / "clear_refs").write_text("5")  # the peak is reset to now
        self.resident, self.before = self._status("VmRSS"), self._seconds()

    def _status(self, field):
        lines = (self.process / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024 / 1e6

    def _seconds(self):
        fields = (self.process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self):
        return self._status("VmHWM") - self.resident

    @property
    def seconds(self):
        return self._seconds() - self.before


@pytest.fixture(scope="module")
def corpus():
    return hostile.corpus()


def send_all(exam, teacher, corpus, pid):
    """Sends each file from a student of its own; returns what went wrong, and the costs by name."""
    wrong, costs = [], {}
    for name, (media, messages) in corpus.items():
        student = exam.student(name)
        student.hello(media)
        cost = Costs(pid)
        for payload, key in messages:
            student.send_frame(payload, key)
        if name in hostile.HARMLESS:
            teacher.expect_tiles(student, 1)
        elif told := wait_until(lambda: student.find("error"), f"{name}: told"):
            if told[0]["code"] not in ("bad_frame", "bad_stream") or not told[0]["detail"]:
                wrong.append(f"{name}: told {told}")
        costs[name] = (cost.megabytes, cost.seconds)
        student.close()
    return wrong, costs


def too_dear(costs):
    return {name: cost for name, cost in costs.items() if cost[0] > MEGABYTES or cost[1] > SECONDS}


def test_no_file_costs_much(exam, teacher, server, neighbour, corpus):
    since = len(teacher.pictures)
    wrong, costs = send_all(exam, teacher, corpus, server.process.pid)
    assert not wrong
    assert not too_dear(costs)
    late = [picture.at - picture.captured / 1e6 for picture in teacher.tiles(neighbour, since)]
    assert late and max(late) < LATENESS


def test_nor_in_the_preview(exam, teacher, server, neighbour):
    wrong, costs = [], {}
    for name, picture in hostile.jpegs().items():
        cost = Costs(server.process.pid)
        answer = exam.request("POST", "/preview", picture)
        if (answer.status, answer.code) != (422, "bad_picture") or "in time" in answer.json["detail"]:
            wrong.append(f"{name}: {answer}")
        costs[name] = (cost.megabytes, cost.seconds)
    assert not wrong
    assert not too_dear(costs)


def test_nothing_ends_a_server_with_little_memory(tmp_path, corpus):
    """So little memory that these files could not have what they ask for, and GLib ends a process without memory."""
    server = Server(tmp_path, prefix=("prlimit", "--as=1500000000"))
    exam = Exam(server.url)
    try:
        teacher = exam.teacher().watch()
        neighbour = exam.student("Nora Neighbour").start("video/x-vp8", vp8())
        wrong, _ = send_all(exam, teacher, corpus, server.process.pid)
        assert not wrong
        assert server.process.poll() is None
        teacher.expect_tiles(neighbour, 3)
    finally:
        exam.leave()
        server.stop()
