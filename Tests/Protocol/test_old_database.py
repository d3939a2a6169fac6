"""A database of the first version, as left by a server of that time that was killed in the middle of an exam."""
import sqlite3

import pytest
from clients import Exam, Student, Teacher
from media import face
from support.server import ROOT, Server

# fixtures/version1.sql is the dump of that file: a teacher, one more who never connected, and two students.
CODE = "931202"
TEACHER = "p0740x0ne68kq", "mby5qqvg78z0s25w8fr2v2xmrhb25pj6hks8md2z"
ADA = "p56yhjg25s8sh", "npmypz31v8a1pggmevt8pf7wf4trh920r4950gen"
BERT = "p4cb02hhzqvva", "gf0evqd7pz7kqnhwshgc6caq640wqy217z8chxys"
OVER, OPEN = "ac4z84yy1rdng", "amz3rn6f72ksg"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with sqlite3.connect(folder / "exam.sqlite") as database:
        database.executescript((ROOT / "Tests/Protocol/fixtures/version1.sql").read_text())
    database.close()
    return folder


def exam_of_then(server):
    exam = Exam.__new__(Exam)
    exam.url, exam.code, exam.everybody = server.url, CODE, []
    exam.teacher_id, exam.teacher_token = TEACHER
    return exam


def test_the_exam_of_an_old_database_goes_on(data):
    server = Server(data)
    exam = exam_of_then(server)
    teacher = Teacher(exam, exam.teacher_token, exam.teacher_id)
    teacher.expect("history", of="alerts")
    people = {line["name"]: line for line in teacher.expect("roster")["participants"]}
    assert [people[name]["number"] for name in ("Grace Hopper", "Alan Turing", "Ada", "Bert")] == [1, 2, 3, 4]
    assert people["Ada"]["hand_since"] and people["Ada"]["paused"]["reason"] == "fire drill"
    assert people["Bert"]["accommodations"]["looking_away"]["reason"] == "two screens"
    alerts = {alert["alert_id"]: alert for alert in teacher.find("alert")}
    assert alerts[OPEN]["kind"] == "page_hidden" and alerts[OPEN]["state"] == "confirmed"
    over = alerts[OVER]
    assert (over["state"], over["student_note"], over["note"]) == ("cleared", "I bent down", "She told me")
    assert [line["text"] for line in teacher.find("chat")] == ["Good luck", "May I ask?"]

    ada = Student(exam, ADA[1], ADA[0], "Ada")
    ada.start("image/jpeg", face())
    ada.expect("pause", paused=True, reason="fire drill")
    teacher.send("resume", student=ada.id)
    ada.expect("check", state="ok", faces=1)
    bert = Student(exam, BERT[1], BERT[0], "Bert")
    bert.hello("image/jpeg")
    bert.send("status", page="visible")
    teacher.expect_alert(bert, "page_hidden", "cleared", alert_id=OPEN)
    carl = exam.join("Carl")
    assert {line["id"]: line["number"] for line in exam.describe()["participants"]}[carl["participant_id"]] == 5
    teacher.send("chat", to="all", text="We go on")
    ada.expect("chat", text="We go on")

    page = exam.request("GET", "/report").body.decode()
    for words in ("Analysis II", "I bent down", "She told me", "fire drill", "two screens"):
        assert words in page
    assert exam.request("DELETE").status == 204
    before = [event["kind"] for event in exam.request("GET", "/events").json]
    assert before.index("session_created") == 0 and before[-1] == "session_ended"
    assert exam.request("DELETE", "/data").json["participants"] == 5
    assert server.stop() == 0
    with sqlite3.connect(data / "exam.sqlite") as database:
        assert database.execute("SELECT count(*) FROM events").fetchone() == (0,)
    database.close()
