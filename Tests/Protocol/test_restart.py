"""The server stops, by a signal or by being killed, and comes back."""
import os
import signal
import sqlite3

import pytest
from clients import Exam, Student, Teacher, request, wait_until
from media import absent, face
from support.server import NotReady, Server


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def restarted(exam, server, kill):
    """Another server on the same data; the exam at its new address."""
    if kill:
        server.process.kill()
        server.process.wait()
    else:
        assert server.stop() == 0
    after = Server(server.data)
    exam.url = after.url
    return after


@pytest.mark.parametrize("kill", [True, False])
def test_everything_a_teacher_was_told_of_is_there_again(data, kill):
    server = Server(data)
    exam = Exam(server.url)
    teacher = exam.teacher().watch()
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert").start("image/jpeg", face())
    for student in (ada, bert):
        student.expect("check", state="ok", faces=1)
    ada.send("chat", text="before the end")
    ada.send("hand", up=True)
    teacher.send("loosen", student=bert.id, kind="page_hidden", factor=3, reason="reader")
    teacher.send("pause", student=bert.id, reason="water")
    teacher.expect_participant(bert, lambda line: "paused" in line)
    ada.upload.play(absent())
    # Killed at the moment when the teacher is told.
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    server = restarted(exam, server, kill)
    try:
        for client in (teacher, ada, bert):
            client.upload.stop() if isinstance(client, Student) else None
            assert client.expect_close() == (1006 if kill else 1001)
        again = Teacher(exam, teacher.token, teacher.id)
        assert again.expect("alert", alert_id=alert["alert_id"]) == alert
        assert again.expect("chat", history=True)["text"] == "before the end"
        lines = {line["name"]: line for line in again.expect("roster")["participants"]}
        assert lines["Ada"]["hand"] and lines["Ada"]["number"] == ada.number
        assert lines["Bert"]["paused"]["reason"] == "water"
        assert lines["Bert"]["accommodations"]["page_hidden"]["factor"] == 3
        picture = exam.request("GET", alert["picture"].removeprefix(exam.path))
        assert picture.status == 200 and picture.body[:2] == b"\xff\xd8"

        back = exam.student("Ada", ada.joined).start("image/jpeg", face())
        cleared = again.expect_alert(back, "face_missing", "cleared")
        assert cleared["alert_id"] == alert["alert_id"] and cleared["since"] == alert["since"]
        spot = exam.journal("blind_spot", back)["fields"]
        assert spot["cause"] == "restart"
        assert not [a for a in again.alerts(back) if a["kind"] == "video_stopped"], "our downtime is not held against her"
        numbers = {p["number"] for p in exam.describe()["participants"]}
        assert exam.join("Carl")["participant_id"] and max(numbers) + 1 in {
            p["number"] for p in exam.describe()["participants"]}
        exam.everybody = [back]
        exam.leave()
        again.expect("ended")
    finally:
        server.stop()


def test_what_ended_stays_ended_and_readable_until_it_is_erased(data):
    server = Server(data)
    exam = Exam(server.url)
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", camera="denied")
    ada.expect("alert", kind="camera_off")
    exam.end()
    server = restarted(exam, server, kill=True)
    try:
        answer = request(server.url, "POST", f"{exam.path}/participants", {"name": "Late", "role": "student"})
        assert (answer.status, answer.code) == (410, "ended_teacher")
        assert [e["kind"] for e in exam.request("GET", "/events").json][-1] == "session_ended"
        assert exam.request("GET", "/events", token=ada.token).status == 403
        assert exam.request("DELETE", "/data", token=ada.token).status == 403
        receipt = exam.request("DELETE", "/data")
        assert receipt.status == 200 and receipt.json["reason"] == "request" and receipt.json["participants"] == 2
        assert exam.request("GET", "/events").status == 401
        wait_until(lambda: any(" erased " in line and exam.code in line for line in server.log_lines), "a line of it")
        assert not (data / "pictures" / exam.code).exists()
    finally:
        server.stop()


def test_erasing_a_running_exam_ends_it_first(data):
    server = Server(data)
    try:
        exam = Exam(server.url)
        teacher, ada = exam.teacher(), exam.student("Ada").start("image/jpeg", face())
        teacher.expect_participant(ada, lambda line: line["state"] == "live")
        assert exam.request("DELETE", "/data").status == 200
        teacher.expect("ended")
        ada.expect("ended")
        assert exam.request("GET", "/events").status == 401
        # Not even the existence of such an exam is known any more.
        answer = request(server.url, "POST", f"{exam.path}/participants", {"name": "Late", "role": "student"})
        assert (answer.status, answer.code) == (404, "unknown_session")
    finally:
        server.stop()


def test_old_sessions_are_erased_by_themselves(data):
    server = Server(data)
    exam = Exam(server.url)
    exam.end()
    server.stop()
    # A thousandth of a day is 86 s; anything that ended before the server started is older than the shortest time possible.
    day = 0.01
    age = data / "exam.sqlite"
    import sqlite3
    with sqlite3.connect(age) as database:
        database.execute("UPDATE sessions SET ended_at = ended_at - ?", (int(day * 86_400e6) + 1_000_000,))
    server = Server(data, environment={"EXAM_MONITORING_RETENTION_DAYS": str(day)})
    try:
        exam.url = server.url
        wait_until(lambda: exam.request("GET", "/events").status == 401, "it is gone")
        wait_until(lambda: any(" erased " in x and "reason=retention" in x for x in server.log_lines), "a line of it")
    finally:
        server.stop()


def test_a_broken_database_is_told_and_put_aside_on_request(data):
    server = Server(data)
    Exam(server.url)
    server.stop()
    file = data / "exam.sqlite"
    for extra in data.glob("exam.sqlite-*"):
        extra.unlink()
    broken = os.urandom(len(file.read_bytes()))
    file.write_bytes(broken)
    with pytest.raises(NotReady) as problem:
        Server(data)
    assert str(file) in problem.value.output and "--fresh-database" in problem.value.output
    assert file.read_bytes() == broken, "nothing is touched without being asked"
    server = Server(data, "--fresh-database")
    try:
        aside = [f for f in data.iterdir() if "corrupt" in f.name]
        assert broken in [f.read_bytes() for f in aside if f.is_file()]
        assert Exam(server.url).describe()["participants"]
    finally:
        server.stop()


def test_a_second_server_on_the_same_data_is_refused(data):
    server = Server(data)
    try:
        with pytest.raises(NotReady) as problem:
            Server(data)
        assert str(data) in problem.value.output
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(15) == 0
        Server(data).stop()
    finally:
        server.stop()


def test_a_number_is_not_given_again_after_a_restart(data):
    """A student who made room in a full session is no longer among the participants, but had a number all the same."""
    server = Server(data)
    exam = Exam(server.url)
    exam.student("Ada")
    gone = exam.student("Bert")
    server.process.kill()
    server.process.wait()
    with sqlite3.connect(data / "exam.sqlite") as database:
        database.execute("DELETE FROM participants WHERE participant = ?", (gone.id,))
    database.close()
    server = Server(data)
    exam.url = server.url
    try:
        assert exam.student("Cleo").exam_number == gone.exam_number + 1
    finally:
        server.stop()
