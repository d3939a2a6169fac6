"""How connections and exams end, and how the journal records it."""
import contextlib
import os
import socket
import threading
import time

import pytest
from clients import Exam, request, wait_until
from media import face
from support.server import ROOT, Server


def kinds(exam, *wanted):
    return [e for e in exam.request("GET", "/events").json if not wanted or e["kind"] in wanted]


def test_who_comes_in_a_second_tab_is_not_told_to_have_stayed(exam, teacher):
    ada = exam.student("Ada")
    second = exam.student("Ada", ada.joined)
    assert ada.expect_close() == 4001
    teacher.expect_participant(second, lambda line: line["state"] == "no_picture")
    since = teacher.mark
    second.close()
    teacher.expect_participant(second, lambda line: line["state"] == "left", since)
    of_ada = [e for e in kinds(exam, "connected", "disconnected") if e["participant"] == ada.id]
    assert [e["kind"] for e in of_ada] == ["connected", "disconnected", "connected", "disconnected"]
    assert of_ada[1]["fields"] == {"reason": "replaced"}
    report = exam.request("GET", "/report?format=json").json
    [student] = report["students"]
    assert len(student["presence"]) == 2 and all("until" in span for span in student["presence"])


def test_a_teacher_in_a_second_tab_is_there_once(exam):
    first, second = exam.teacher(), exam.teacher()
    assert first.expect_close() == 4001
    assert [e["kind"] for e in kinds(exam, "connected", "disconnected")] == ["connected", "disconnected", "connected"]
    assert not second.closed.is_set()


def test_the_end_of_the_exam_is_the_last_word_of_its_journal(exam, teacher):
    ada, bert = exam.student("Ada").start("image/jpeg", face()), exam.student("Bert")
    bert.hello("image/jpeg")
    ada.expect("check", state="ok")
    # Bert, who sends nothing, is not observed: a blind spot that is open when the exam ends.
    time.sleep(3)
    exam.end()
    assert ada.expect("ended")["reason"] == "teacher" and teacher.expect("ended")["reason"] == "teacher"
    events = kinds(exam)
    assert events[-1]["kind"] == "session_ended" and events[-1]["fields"] == {"reason": "teacher", "by": "Grace Hopper"}
    left = [e["participant"] for e in events if e["kind"] == "disconnected"]
    assert sorted(left) == sorted([ada.id, bert.id, exam.teacher_id])
    spot = next(e for e in events if e["kind"] == "blind_spot" and e["participant"] == bert.id)
    gone = next(e for e in events if e["kind"] == "disconnected" and e["participant"] == bert.id)
    assert events.index(spot) < events.index(gone)
    page = exam.request("GET", "/report").body.decode()
    assert "ended by Grace Hopper" in page


def test_frames_without_a_pipeline_wait_for_no_key_frame(exam, teacher):
    ada = exam.student("Ada")
    ada.send("hello", media="video/x-theora")
    ada.expect("error", code="unsupported_media")
    end = time.monotonic() + 4
    while time.monotonic() < end:
        ada.send_frame(b"anything", key=True)
        time.sleep(0.1)
    ada.close()
    teacher.expect_participant(ada, lambda line: line["state"] == "left", 0)
    wait_until(lambda: [e for e in kinds(exam, "disconnected") if e["participant"] == ada.id], "she has left")
    causes = {e["fields"]["cause"] for e in kinds(exam, "blind_spot") if e["participant"] == ada.id}
    assert causes == {"pipeline"}


def test_an_exam_that_ends_by_itself_says_so(tmp_path):
    server = Server(tmp_path / "data", environment={"EXAM_MONITORING_SESSION_IDLE_HOURS": "0.001"})
    try:
        exam = Exam(server.url)
        ada = exam.join("Ada")
        answer = wait_until(
            lambda: (a := request(server.url, "GET", f"{exam.path}/socket", token=ada["token"])).status == 410 and a,
            "the exam ends by itself", 30)
        assert answer.code == "ended_idle" and "by itself" in answer.json["detail"]
        assert kinds(exam)[-1]["fields"] == {"reason": "idle"}
        assert "ended by itself" in exam.request("GET", "/report").body.decode()
        assert exam.request("GET", "/report?format=json").json["session"]["end_reason"] == "idle"
    finally:
        server.stop()


class Named:
    """Somebody of whom only the id is known."""
    def __init__(self, id):
        self.id = id


def handshake(exam, token):
    return (f"GET {exam.path}/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: exam-monitoring.v1, token.{token}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()


BRANCH = "image/jpeg;codecs=branch"


@pytest.fixture
def branch(tmp_path):
    """A folder with a pipeline for JPEG that also writes everything to a file, at `out`: starting fails if that
    cannot be opened, and a pipeline hangs, even when it is being stopped, if it is a full pipe that nobody reads."""
    folder, out = tmp_path / "Pipelines", tmp_path / "somewhere" / "out"
    folder.mkdir()
    out.parent.mkdir()
    for file in (ROOT / "Pipelines").iterdir():
        (folder / file.name).write_text(file.read_text())
    plain = (ROOT / "Pipelines/image-jpeg.launch").read_text()
    (folder / "image-jpeg.branch.launch").write_text(plain.replace("caps=image/jpeg\n", f"""caps=image/jpeg
! tee name=arrived
arrived. ! filesink async=false location={out}
arrived.
"""))
    return folder, out


def test_a_start_that_fails_does_not_speak_for_a_newer_one(tmp_path, branch):
    folder, out = branch
    server = Server(tmp_path / "data", "--pipelines-dir", str(folder))
    try:
        exam = Exam(server.url)
        teacher = exam.teacher().watch()
        out.unlink()
        out.parent.rmdir()
        ada = exam.student("Ada")
        ada.send("hello", media=BRANCH)
        ada.expect("error", code="pipeline_failed")
        for _ in range(20):
            since = ada.mark
            # One packet: the second is read while the first is still starting.
            ada.send("hello", media=BRANCH)
            ada.send("hello", media="image/jpeg")
            ada.expect("welcome", since)
            assert not ada.find("error", since)
        ada.start("image/jpeg", face())
        teacher.expect_tiles(ada, 3)
        assert not ada.find("error", since)
        exam.leave()
    finally:
        server.stop()


def test_everybody_in_every_exam_is_told_at_once_that_the_server_stops(tmp_path, branch):
    """Also if a pipeline hangs and a student does not read; and it takes no longer than five seconds."""
    folder, out = branch
    os.mkfifo(out)
    reader = os.open(out, os.O_RDONLY | os.O_NONBLOCK)
    checked = threading.Event()

    def drain():
        while not checked.wait(0.005):
            with contextlib.suppress(BlockingIOError):
                os.read(reader, 1 << 20)
    draining = threading.Thread(target=drain)
    draining.start()
    try:
        server = Server(tmp_path / "data", "--pipelines-dir", str(folder))
    finally:
        checked.set()
        draining.join()
    stopped = False
    try:
        exams = [Exam(server.url) for _ in range(4)]
        teachers = [exam.teacher() for exam in exams]
        stuck = [exam.student(f"Stuck {number}").start(BRANCH, face()) for number, exam in enumerate(exams)]
        well = [exam.student("Well").start("image/jpeg", face()) for exam in exams]
        for teacher, student in zip(teachers, well):
            teacher.watch().expect_tiles(student, 2)
        # Those that hang are those that produce no picture.
        for teacher, student in zip(teachers, stuck):
            teacher.expect_participant(student, lambda line: line["state"] == "no_picture")
        deaf = exams[0].join("Deaf")
        listener = socket.create_connection(("127.0.0.1", server.port))
        listener.sendall(handshake(exams[0], deaf["token"]))
        teachers[0].expect_participant(Named(deaf["participant_id"]), lambda line: line["state"] == "no_picture")
        began = time.monotonic()
        server.process.terminate()
        for client in [*teachers, *well, *stuck]:
            assert client.expect_close(3) == 1001, client
        told = time.monotonic() - began
        assert told < 2, f"the last one was told after {told:.1f} s"
        assert server.process.wait(10) == 0
        stopped = True
        took = time.monotonic() - began
        assert took < 6, f"the server took {took:.1f} s"
        server = Server(server.data)
        for exam, student in zip(exams, well):
            exam.url = server.url
            events = kinds(exam)
            gone = next(e for e in events if e["kind"] == "disconnected" and e["participant"] == student.id)
            assert gone["fields"]["reason"] == "server_stops"
            # What hangs may have delayed the others before, too.
            [spot] = [e["fields"] for e in events if e["kind"] == "blind_spot" and e["participant"] == student.id
                      and e["fields"]["cause"] == "restart"]
            assert spot["from"] == gone["at"]
        server.stop()
    finally:
        if not stopped:
            server.process.kill()
        os.close(reader)
