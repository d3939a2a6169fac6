"""Nobody can fill a session for ever: teachers' places, who makes room, and whom a teacher removes."""
import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus

from clients import Exam, Student, Teacher, request, wait_until
from media import face
from support.journal import locked
from support.server import Server

JPEG = "image/jpeg"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server whose sessions take three students."""
    server = Server(tmp_path_factory.mktemp("small"), environment={"EXAM_MONITORING_MAXIMUM_PARTICIPANTS": "3"})
    yield server
    server.stop()


@pytest.fixture
def full(small):
    """An exam filled by somebody who joined three times and never connected."""
    exam = Exam(small.url)
    exam.strays = [exam.join(f"Stray {n}") for n in range(3)]
    yield exam
    exam.leave()


def joins(exam, name="Ada", role="student", source=None, **fields):
    return request(exam.url, "POST", f"{exam.path}/participants", {"name": name, "role": role} | fields, source=source)


def test_a_full_session_lets_teachers_in(full):
    assert joins(full).code == "full"
    assert joins(full, role="teacher", teacher_key="wrong").code == "wrong_key"
    colleague = full.colleague()
    assert len(colleague.find("roster")[0]["participants"]) == 5


def test_who_never_connects_makes_room(full):
    """The oldest one, but not before there was time to connect."""
    teacher = full.teacher()
    ada = wait_until(lambda: (a := joins(full)).status == 201 and a.json, "a place", timeout=40)
    gone = wait_until(
        lambda: [m["participant"] for m in teacher.find("participant") if m["participant"].get("dismissed")], "told")
    assert [p["id"] for p in gone] == [full.strays[0]["participant_id"]]
    assert full.request("GET", "/socket", token=full.strays[0]["token"]).code == "bad_token"
    student = full.student("Ada", ada).start(JPEG, face())
    teacher.expect_participant(student, lambda line: line["state"] == "live" and line["seen"])


def test_strays_of_before_a_restart_make_room_too(tmp_path):
    settings = {"EXAM_MONITORING_MAXIMUM_PARTICIPANTS": "2"}
    server = Server(tmp_path, environment=settings)
    exam = Exam(server.url)
    exam.join("Stray")
    ada = exam.student("Ada").start(JPEG, face())
    wait_until(lambda: exam.describe()["participants"][-1]["seen"], "a picture of Ada")
    ada.close()
    server.process.kill()
    server.process.wait()
    server = Server(tmp_path, environment=settings)
    exam.url = server.url
    # Ada was seen, and keeps her place though she is not connected.
    wait_until(lambda: joins(exam, "Bert").status == 201, "a place", timeout=40)
    students = [p["name"] for p in exam.describe()["participants"] if p["role"] == "student"]
    assert students == ["Ada", "Bert"]
    # A student who made room does not come back with the next start.
    assert server.stop() == 0
    server = Server(tmp_path, environment=settings)
    exam.url = server.url
    assert [p["name"] for p in exam.describe()["participants"] if p["role"] == "student"] == students
    server.stop()


def test_a_teacher_removes_somebody(exam, teacher):
    ada = exam.student("Ada").start(JPEG, face())
    bert = exam.student("Bert").start(JPEG, face())
    teacher.expect_tiles(ada, 1)
    ada.send("status", page="hidden")
    alert = teacher.expect_alert(ada, "page_hidden", "confirmed")
    for problem in ({"student": "p0", "reason": "x"}, {"student": ada.id, "reason": " "}, {"students": [], "reason": "x"},
                    {"student": teacher.id, "reason": "x"}):
        since = teacher.mark
        teacher.send("dismiss", **problem)
        teacher.expect("error", since, code="bad_message")

    since = teacher.mark
    teacher.send("dismiss", student=ada.id, reason="Not of this class")
    told = ada.expect("dismissed", reason="Not of this class", by="Grace Hopper")
    assert told["at"] and ada.expect_close() == 4002
    line = teacher.expect_participant(ada, lambda line: "dismissed" in line, since)
    assert line["state"] == "left" and line["dismissed"]["reason"] == "Not of this class"
    teacher.expect_alert(ada, "page_hidden", "cleared", since, alert_id=alert["alert_id"])
    assert not bert.closed.is_set()

    # The token is void for everything except one's own data.
    for path in ("/socket", f"/students/{ada.id}/live.jpg"):
        answer = exam.request("GET", path, token=ada.token)
        assert (answer.status, answer.code) == (403, "dismissed") and answer.json["detail"] == "Not of this class"
    data = exam.request("GET", f"/students/{ada.id}/data", token=ada.token).json
    assert data["dismissed"]["reason"] == "Not of this class"
    assert exam.request("GET", "/report", token=ada.token).status in (401, 403)
    assert exam.request("GET", f"/students/{bert.id}/data", token=ada.token).status in (401, 403)
    assert ada.id not in [p["id"] for p in exam.describe()["participants"]]
    assert exam.request("GET", f"/students/{ada.id}/live.jpg").code == "unknown_student"

    # Those who join later know whose alerts these are.
    colleague = exam.colleague()
    assert [(p["id"], p["name"]) for p in colleague.find("roster")[0]["dismissed"]] == [(ada.id, "Ada")]

    assert exam.journal("dismissed", ada)["fields"] == {"reason": "Not of this class", "by": "Grace Hopper"}
    report = exam.request("GET", "/report?format=json").json
    told = next(s for s in report["students"] if s["participant_id"] == ada.id)
    assert told["dismissed"]["by"] == "Grace Hopper" and "until" in told["presence"][-1]
    assert all(a["state"] == "cleared" for a in told["alerts"])
    lines = csv.DictReader(io.StringIO(exam.request("GET", "/report?format=csv").body.decode("utf-8-sig")))
    assert [(x["student"], x["by"], x["note"]) for x in lines if x["record"] == "dismissed"] == [
        ("Ada", "Grace Hopper", "Not of this class")]
    page = exam.request("GET", "/report").body.decode()
    assert "Removed" in page and "Not of this class" in page

    # Somebody removed by mistake can join again.
    again = exam.student("Ada").start(JPEG, face())
    teacher.expect_tiles(again, 1)
    assert exam.end().status == 204
    assert exam.request("GET", f"/students/{ada.id}/data", token=ada.token).status == 200


def test_several_at_once_free_their_places(full):
    teacher = full.teacher()
    ids = [stray["participant_id"] for stray in full.strays]
    teacher.send("dismiss", students=ids + ["p0"], reason="Nobody's")
    wait_until(lambda: [m for m in teacher.find("participant") if m["participant"]["id"] == ids[2] and "dismissed" in m["participant"]], "gone")
    for name in ("Ada", "Bert", "Carl"):
        assert joins(full, name).status == 201
    answer = full.request("GET", "/socket", token=full.strays[1]["token"])
    assert (answer.status, answer.code, answer.json["detail"]) == (403, "dismissed", "Nobody's")


def test_no_more_come_in_than_there_are_places_while_the_journal_waits(small):
    exam = Exam(small.url)
    with ThreadPoolExecutor(6) as pool:
        with locked(small):
            answers = [pool.submit(joins, exam, f"Student {n}") for n in range(6)]
            # Those who find no place are told at once; the others wait until their joining is kept.
            wait_until(lambda: sum(answer.done() for answer in answers) >= 3, "answers")
            assert [answer.result().code for answer in answers if answer.done()] == ["full"] * 3
    assert sorted(answer.result().status for answer in answers) == [201] * 3 + [409] * 3
    exam.leave()


def test_a_teacher_removes_who_sends_pictures(full):
    """A teacher can tell what patience and fairness cannot tell from a student."""
    teacher = full.teacher()
    fakes = [full.student(f"Stray {n}", joined).start(JPEG, face()) for n, joined in enumerate(full.strays)]
    for fake in fakes:
        teacher.expect_participant(fake, lambda line: line["seen"])
    assert joins(full).code == "full"
    teacher.send("dismiss", student=fakes[1].id, reason="Unknown")
    assert fakes[1].expect_close() == 4002
    assert joins(full).status == 201
    assert not fakes[0].closed.is_set() and not fakes[2].closed.is_set()


@pytest.mark.parametrize("kill", [True, False])
def test_dismissed_stays_dismissed(tmp_path, kill):
    server = Server(tmp_path)
    exam = Exam(server.url)
    teacher = exam.teacher()
    ada = exam.student("Ada").start(JPEG, face())
    teacher.expect_participant(ada, lambda line: line["seen"])
    teacher.send("dismiss", student=ada.id, reason="Not of this class")
    ada.expect_close()
    if kill:
        server.process.kill()
        server.process.wait()
    else:
        assert server.stop() == 0
    server = Server(tmp_path)
    exam.url = server.url
    answer = exam.request("GET", "/socket", token=ada.token)
    assert (answer.code, answer.json["detail"]) == ("dismissed", "Not of this class")
    back = exam.teacher()
    roster = back.find("roster")[0]
    assert [p["name"] for p in roster["participants"]] == ["Grace Hopper"]
    assert [p["name"] for p in roster["dismissed"]] == ["Ada"]
    # Numbers are never reused.
    assert exam.student("Bert").number > roster["dismissed"][0]["number"]
    server.stop()


def test_who_reconnects_in_a_loop_fills_no_journal(exam, teacher):
    joined = exam.join("Ada")
    refused = 0
    for _ in range(60):
        answer = exam.request("GET", "/socket", token=joined["token"])
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) > 0
            refused += 1
            continue
        try:
            Student(exam, joined["token"], joined["participant_id"], "Ada").close()
        except InvalidStatus as refusal:  # there was room when it asked, but not when it arrived
            assert refusal.response.status_code == 429
            refused += 1
    assert refused >= 20
    events = [e for e in exam.request("GET", "/events").json if e.get("participant") == joined["participant_id"]]
    assert sum(e["kind"] == "connected" for e in events) <= 35
    told = [e for e in events if e["kind"] == "upload_refused"]
    assert told and told[0]["fields"]["code"] == "too_many_connections" and len(told) <= 5
    # Nobody else has to wait because of that.
    bert = exam.student("Bert").start(JPEG, face())
    teacher.expect_tiles(bert, 1)
