"""Events cannot be written: what each side sees of it, and that all of them are there afterwards."""
import contextlib
import resource
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import Exam, Student, request, wait_until
from media import absent, face
from support.journal import locked
from support.server import Server


@contextlib.contextmanager
def full(server):
    """No file can grow, as on a full disk."""
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    # The signal to a thread that writes beyond the limit, unless that thread happens to block it.
    server.process.send_signal(signal.SIGXFSZ)
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("fault", [full, locked])
def test_an_exam_goes_on_and_nothing_is_lost(tmp_path, fault):
    server = Server(tmp_path / "data")
    try:
        exam = Exam(server.url)
        teacher = exam.teacher().watch()
        ada = exam.student("Ada").start("image/jpeg", face())
        ada.expect("check", state="ok", faces=1)
        with fault(server):
            ada.upload.play(absent())
            alert = teacher.expect_alert(ada, "face_missing", "confirmed")
            assert str(server.data) in teacher.expect("notice", code="store", state="failing")["detail"]
            # Students, who can do nothing about it, are not told.
            assert not ada.find("notice")
            teacher.send("chat", to="all", text="go on")
            ada.expect("chat", text="go on")
            late = exam.student("Bert").start("image/jpeg", face())
            late.expect("check", state="ok", faces=1)
            teacher.expect_tiles(late, 3)
            # What waits can be read all the same, and those who open the page meanwhile are told too.
            assert exam.journal("chat")["fields"]["text"] == "go on"
            assert exam.request("GET", f"/alerts/{alert['alert_id']}.jpg").status == 200
            told = exam.colleague().expect("notice", code="store")["detail"]
            assert str(server.data / "exam.sqlite") in told and "in memory and" in told
            assert server.metrics()["exam_store_writable"] == 0
            mark = teacher.mark
        wait_until(
            lambda: [m for m in teacher.find("notice", mark, code="store") if "state" not in m], "well again")
        code = exam.code
        server.process.kill()
        server.process.wait()
        server = Server(server.data)
        exam.url = server.url
        assert exam.journal("chat")["fields"]["text"] == "go on"
        events = exam.request("GET", "/events").json
        assert {"Ada", "Bert", "Alan Turing"} <= {event["name"] for event in events if event["kind"] == "joined"}
        assert exam.journal("alert_confirmed")["participant"] == ada.id
        assert (server.data / "pictures" / code / f"{alert['alert_id']}.jpg").stat().st_size > 1000
    finally:
        server.stop()


def test_what_is_kept_a_little_late_is_told_then_and_nobody_is_alarmed(server, exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    with locked(server):
        mark = ada.mark
        teacher.send("chat", to="all", text="soon")
        # Far below the half second after which SQLite gives up, and the two seconds after which people are told anyway.
        time.sleep(0.2)
        assert not ada.find("chat", mark)
    ada.expect("chat", text="soon")
    assert exam.journal("chat")["fields"]["text"] == "soon"
    teacher.send("chat", to="all", text="now")
    ada.expect("chat", text="now")
    assert not teacher.find("notice", code="store")
    assert "what happens is not kept" not in "\n".join(server.log_lines)


def test_what_is_wrong_with_a_command_is_told_while_the_journal_waits(server, exam, teacher):
    """Commands are decided one after the other, each on the result of the previous ones."""
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    mark = teacher.mark
    with locked(server):
        ada.send("hand", up=True)
        ada.send("hand", up=True)
        teacher.send("dismiss", students=[ada.id], reason="twice")
        teacher.send("dismiss", students=[ada.id], reason="once more")
    teacher.expect("error", code="bad_message")
    assert ada.expect_close() == 4002
    kinds = [event["kind"] for event in exam.request("GET", "/events").json]
    assert kinds.count("hand_up") == 1 and kinds.count("dismissed") == 1
    assert kinds.index("hand_up") < kinds.index("disconnected") < kinds.index("dismissed")
    assert len(teacher.find("error", mark)) == 1


def test_who_is_being_removed_does_not_come_back_meanwhile(server, exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    with locked(server):
        teacher.send("dismiss", students=[ada.id], reason="not of this class")
        # An immediate answer shows that the previous message was read; nothing is reported before it is kept. All of it well within
        # the half second after which SQLite gives up a locked database.
        teacher.send("history", of="secrets")
        teacher.expect("error", code="bad_message")
        again = Student(exam, ada.token, ada.id, "Ada")
        assert again.expect_close() == 1013
        assert not ada.find("dismissed")
    ada.expect("dismissed", reason="not of this class")
    answer = exam.request("GET", "/socket", token=ada.token)
    assert (answer.status, answer.code) == (403, "dismissed")
    kinds = [event["kind"] for event in exam.request("GET", "/events").json if event.get("participant") == ada.id]
    assert kinds[-2:] == ["disconnected", "dismissed"]


def test_nothing_happens_after_the_end(server):
    exam = Exam(server.url)
    teacher, colleague = exam.teacher(), exam.colleague()
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    with ThreadPoolExecutor(1) as pool:
        with locked(server):
            ending = pool.submit(exam.request, "DELETE")
            path = f"{exam.path}/preview"
            wait_until(lambda: request(exam.url, "POST", path, b"no picture").code == "ended_teacher", "its beginning")
            colleague.send("chat", to="all", text="too late")
            colleague.expect("error", code="bad_message")
        assert ending.result().status == 204
    ada.expect("ended")
    teacher.expect("ended")
    kinds = [event["kind"] for event in exam.request("GET", "/events").json]
    assert kinds[-1] == "session_ended" and "chat" not in kinds
