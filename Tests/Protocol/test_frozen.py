"""Peers, and a server, that freeze with their connections open; and more who connect than there is capacity for."""
import concurrent.futures
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest
from clients import Exam, request, wait_until
from media import vp8
from support.server import ROOT, Server

PEER = """
import sys
sys.path[:0] = sys.argv[1:3]
from clients import Exam, Student, Teacher
from media import vp8
exam = Exam.__new__(Exam)
exam.url, exam.code, role, token, id = sys.argv[3:8]
if role == "teacher":
    Teacher(exam, token, id).watch().closed.wait()
else:
    Student(exam, token, id, "Frozen").start("video/x-vp8", vp8()).closed.wait()
"""


@pytest.fixture
def own_server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.stop()


def peer(exam, role, joined):
    """A client in a process of its own, which can be paused."""
    return subprocess.Popen([sys.executable, "-c", PEER, ROOT / "Tests", ROOT / "Tests/Protocol", exam.url, exam.code, role,
                             joined["token"], joined["participant_id"]])


def test_frozen_peers_are_noticed_and_cost_little(own_server):
    exam = Exam(own_server.url)
    teacher = exam.teacher().watch()
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    student, colleague = exam.join("Frozen"), exam.join("Colleague", "teacher", teacher_key=exam.key)
    peers = [peer(exam, "student", student), peer(exam, "teacher", colleague)]

    def state(joined):
        return {p["id"]: p["state"] for p in exam.describe()["participants"]}[joined["participant_id"]]
    try:
        wait_until(lambda: state(student) == "live" and state(colleague) == "live", "both are there")
        memory = own_server.resident_megabytes
        for process in peers:
            process.send_signal(signal.SIGSTOP)
        # The teacher sees it long before TCP would report it: no picture at once, an alert, and that they have left.
        wait_until(lambda: state(student) == "no_picture", "its pictures are missed")
        wait_until(lambda: [m for m in teacher.find("alert", kind="video_stopped", state="confirmed")
                            if m["student"] == student["participant_id"]], "an alert", timeout=30)
        wait_until(lambda: state(student) == "left" and state(colleague) == "left", "both count as gone", timeout=40)
        assert own_server.resident_megabytes < memory + 30
        teacher.expect_tiles(ada, 3)
        assert not teacher.alerts(ada)
    finally:
        for process in peers:
            process.kill()
            process.wait()
        exam.leave()


def test_a_server_that_stood_still_goes_on(own_server):
    """Ten seconds: nobody has to reconnect, and there are no alerts for what the server did not see."""
    exam = Exam(own_server.url)
    teacher = exam.teacher().watch()
    students = [exam.student(name).start("video/x-vp8", vp8()) for name in ("Ada", "Bert", "Cleo")]
    for student in students:
        teacher.expect_tiles(student, 3)
    own_server.process.send_signal(signal.SIGSTOP)
    time.sleep(10)  # the fault itself
    own_server.process.send_signal(signal.SIGCONT)
    for student in students:
        teacher.expect_tiles(student, 10)
    for client in (teacher, *students):
        assert not client.closed.is_set(), client.close_code
    assert not [m for m in teacher.find("alert") if m["kind"] in ("video_stopped", "picture_frozen")], teacher.find("alert")
    exam.leave()


def test_no_descriptor_left(own_server):
    """Those who are in stay in, the log says what is missing, and afterwards everybody gets in again."""
    exam = Exam(own_server.url)
    teacher = exam.teacher().watch()
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(ada, 3)
    used = len(list(pathlib.Path(f"/proc/{own_server.process.pid}/fd").iterdir()))
    limit = resource.prlimit(own_server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(own_server.process.pid, resource.RLIMIT_NOFILE, (used + 20, limit[1]))
    crowd = [socket.create_connection(("127.0.0.1", own_server.port)) for _ in range(60)]
    wait_until(lambda: [line for line in own_server.log_lines if "no descriptor left" in line], "a line in the log")
    teacher.expect_tiles(ada, 5)
    for client in crowd:
        client.close()
    bert = exam.student("Bert").start("video/x-vp8", vp8())
    teacher.expect_tiles(bert, 3)
    assert not ada.closed.is_set() and not teacher.closed.is_set()
    exam.leave()


def test_three_hundred_join_within_a_second(server, exam, teacher, neighbour):
    """From thirty addresses, into two exams; everybody gets in and nobody waits because of it."""
    other = Exam(server.url)
    seen = len(teacher.pictures)

    def join(number):
        into = (exam, other)[number % 2]
        return request(server.url, "POST", f"{into.path}/participants", {"name": f"Student {number}", "role": "student"},
                       source=f"127.0.1.{number % 30 + 1}").status
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(join, range(300)))
    took = time.monotonic() - start
    assert answers == [201] * 300
    teacher.expect_tiles(neighbour, 4)
    ages = sorted(p.at - p.captured / 1e6 for p in teacher.tiles(neighbour, seen))
    print(f"300 joins in {took:.2f} s, tiles at most {ages[-1] * 1000:.0f} ms old")
    assert took < 5 and ages[len(ages) // 2] < 0.5
    other.leave()
