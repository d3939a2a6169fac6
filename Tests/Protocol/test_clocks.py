"""The system's clock is set by a day during an exam: it must not affect anybody's times."""
import datetime
import json
import re
import sqlite3
import time

import pytest
from clients import Exam, Teacher, request, wait_until
from media import absent, face
from support.clocks import DAY, Clocks
from support.server import run


@pytest.fixture
def clocks(tmp_path):
    return Clocks(tmp_path)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def times_in(value):
    """All times and all durations, in seconds, of a document."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\S+", one):
                yield "time", name, seconds(one)
            elif isinstance(one, (int, float)) and name in ("seconds", "duration"):
                yield "duration", name, one
            else:
                yield from times_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from times_in(one)


def assert_in_order(events):
    times = [seconds(event["at"]) for event in events]
    assert all(later > earlier - 1 for earlier, later in zip(times, times[1:])), times


class Watch:
    """Compares everything reported about an exam with the time that really passed."""

    def __init__(self):
        self.begin = time.time()

    def expect_true_times(self, *documents, ahead=0):
        """`ahead`: how much later an exception may end."""
        now, count = time.time(), 0
        for kind, name, value in times_in(list(documents)):
            count += 1
            if kind == "duration":
                assert 0 <= value < now - self.begin + 1, (name, value)
            else:
                assert self.begin - 1 < value < now + 1 + ahead * (name == "until"), (name, value - now)
        assert count
        return count


def wait_for_log(server, *words):
    return wait_until(
        lambda: [line for line in server.log_lines if all(word in line for word in words)],
        lambda: f"{words} among {server.log_lines[-10:]}")[-1]


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_set_during_an_exam_changes_nothing_in_it(clocks, data, days):
    server = clocks.server(data)
    try:
        watch = Watch()
        exam = Exam(server.url)
        teacher = exam.teacher().watch()
        watch.expect_true_times(teacher.expect("welcome"))
        ada = exam.student("Ada").start("image/jpeg", face())
        bert = exam.student("Bert").start("image/jpeg", face())
        for student in (ada, bert):
            student.expect("check", state="ok", faces=1)
        teacher.send("loosen", student=bert.id, kind="page_hidden", factor=3, minutes=0.5, reason="reader")
        teacher.send("pause", student=bert.id, reason="water")
        teacher.expect_participant(bert, lambda line: "paused" in line)
        teacher.send("mute", student=ada.id, kind="page_hidden", minutes=0.05, reason="a look at the task")
        teacher.expect_participant(ada, lambda line: "page_hidden" in line["accommodations"])
        ada.upload.play(absent())
        alert = teacher.expect_alert(ada, "face_missing", "confirmed")

        clocks.set(days * DAY)
        told = wait_for_log(server, "clock was set", "24:00:0" if days > 0 else "-24:00:0")
        assert abs(seconds(told.split()[0]) - time.time()) < 10, "the log keeps the time of the exam"

        ada.send("chat", text="after it")
        ada.upload.play(face())
        since = teacher.mark
        cleared = teacher.expect_alert(ada, "face_missing", "cleared")
        assert cleared["alert_id"] == alert["alert_id"] and cleared["since"] == alert["since"]
        # The same within its cooldown is the same alert, not a new one.
        ada.upload.play(absent())
        again = teacher.expect_alert(ada, "face_missing", "confirmed", since)
        assert again["alert_id"] == alert["alert_id"] and again["repeats"] == 1
        ada.upload.play(face())
        # A temporary exception ends after its time and no sooner.
        teacher.expect_participant(bert, lambda line: "page_hidden" in line["accommodations"])
        ada.send("status", page="hidden")
        teacher.expect_alert(ada, "page_hidden", "confirmed")
        ada.send("status", page="visible")
        teacher.expect_alert(ada, "page_hidden", "cleared")
        teacher.send("resume", student=bert.id)
        teacher.expect_participant(bert, lambda line: "paused" not in line)
        teacher.expect("heartbeat", since)
        ada.close()
        teacher.expect_participant(ada, lambda line: line["state"] == "left")

        events = exam.request("GET", "/events").json
        report = exam.request("GET", "/report?format=json").json
        watch.expect_true_times(teacher.messages, bert.messages, events, report, ahead=31)
        assert_in_order(events)
        exam.end()
        report = exam.request("GET", "/report?format=json").json
        watch.expect_true_times(report, ahead=31)
        # Between exams the times follow the clock.
        wait_for_log(server, "no exam is on: all times follow")
        later = Exam(server.url)
        created = later.journal("session_created")["at"]
        assert abs(seconds(created) - time.time() - days * DAY) < 10
        later.end()
    finally:
        server.stop()


@pytest.mark.parametrize("kill, days", [(True, 1), (False, -1)])
def test_a_clock_that_is_set_while_the_server_is_down_changes_nothing_in_an_exam(clocks, data, tmp_path, kill, days):
    config = tmp_path / "config.yaml"
    config.write_text("alerts: {face_missing: {cooldown: 300}}")
    server = clocks.server(data, "--config", str(config))
    watch = Watch()
    exam = Exam(server.url)
    teacher = exam.teacher()
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(absent())
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    ada.upload.play(face())
    teacher.expect_alert(ada, "face_missing", "cleared")
    teacher.send("mute", student=ada.id, kind="page_hidden", minutes=0.8, reason="a look at the task")
    teacher.expect_participant(ada, lambda line: "page_hidden" in line["accommodations"])
    server.process.kill() if kill else server.stop()
    server.process.wait()
    ada.upload.stop()
    assert [c.expect_close() for c in (teacher, ada)] == [1006 if kill else 1001] * 2

    clocks.set(days * DAY)
    output = tmp_path / "report.json"
    code, said = run(
        "report", exam.code, "--data-dir", data, "--format", "json", "-o", output, environment=clocks.environment)
    assert code == 0, said
    watch.expect_true_times(json.loads(output.read_text()), ahead=49)
    server = clocks.server(data, "--config", str(config))
    try:
        exam.url = server.url
        wait_for_log(server, "clock was set", "none on the exams that are on")
        again = Teacher(exam, teacher.token, teacher.id)
        line = next(p for p in again.expect("roster")["participants"] if p["id"] == ada.id)
        assert "page_hidden" in line["accommodations"]
        back = exam.student("Ada", ada.joined).start("image/jpeg", face())
        back.expect("check", state="ok")
        back.upload.play(absent())
        assert again.expect_alert(back, "face_missing", "confirmed", repeats=1)["alert_id"] == alert["alert_id"]
        back.upload.play(face())
        back.send("status", page="hidden")
        again.expect_alert(back, "page_hidden", "confirmed", timeout=70)
        assert exam.journal("blind_spot", back)["fields"]["cause"] == "restart"
        events = exam.request("GET", "/events").json
        assert_in_order(events)
        watch.expect_true_times(events, again.messages, exam.request("GET", "/report?format=json").json, ahead=49)
        exam.everybody = [back, again]
        exam.leave()
    finally:
        server.stop()


def test_retention_believes_a_clock_that_is_far_ahead_a_day_after_the_log_said_so(clocks, data):
    server = clocks.server(data)
    exam, *old = [Exam(server.url) for _ in range(4)]
    for one in (exam, *old):
        one.end()
    # Those are due whatever the clock is set to: when they are gone, retention has run.
    with sqlite3.connect(data / "exam.sqlite") as database:
        database.executemany(
            "UPDATE sessions SET ended_at = ended_at - ? WHERE code = ?", [(31 * DAY * 1_000_000, o.code) for o in old[:1]])
    clocks.set(400 * DAY)
    wait_for_log(server, " warning ", "retention does not believe it yet", "+9600:00:0", "exams_due_by_it=3", "believed_in=24:00:00")
    server.stop()

    def after(hours, *, ahead):
        clocks.set(ahead + hours * 3600, since_boot=hours * 3600)
        return clocks.server(data)

    def expect_erased(*exams):
        for one in exams:
            wait_until(
                lambda: any(" erased " in x and "reason=retention" in x and one.code in x for x in server.log_lines),
                f"{one.code} is erased")

    def is_kept(one):
        return request(server.url, "GET", f"{one.path}/events", token=one.teacher_token).status == 200

    server = after(0.01, ahead=400 * DAY)
    expect_erased(old[0])
    assert all(map(is_kept, (exam, *old[1:])))
    server.stop()
    with sqlite3.connect(data / "exam.sqlite") as database:
        database.execute("UPDATE sessions SET ended_at = ended_at - ? WHERE code = ?", (32 * DAY * 1_000_000, old[1].code))
    server = after(23.5, ahead=400 * DAY)
    expect_erased(old[1])
    assert is_kept(exam) and is_kept(old[2])
    server.stop()
    server = after(24.5, ahead=400 * DAY)
    expect_erased(exam, old[2])
    server.stop()


def test_retention_forgets_what_a_clock_said_that_was_set_right(clocks, data):
    server = clocks.server(data)
    exam, old = Exam(server.url), Exam(server.url)
    exam.end()
    old.end()
    server.stop()
    with sqlite3.connect(data / "exam.sqlite") as database:
        database.execute("UPDATE sessions SET ended_at = ended_at - ? WHERE code = ?", (32 * DAY * 1_000_000, old.code))
    clocks.set(-20 * DAY)
    server = clocks.server(data)
    wait_until(lambda: request(server.url, "GET", "/readyz").status == 200, "ready")
    clocks.set(400 * DAY)
    wait_for_log(server, "retention does not believe it yet", "exams_due_by_it=2")
    clocks.set(0)
    wait_for_log(server, "clock was set", "-9600:00:0")
    server.stop()
    # The clock was 20 days behind for a while, so its current time is trusted only a day after that.
    clocks.set(25 * 3600, since_boot=25 * 3600)
    server = clocks.server(data)
    try:
        wait_until(lambda: any(" erased " in x and old.code in x for x in server.log_lines), "it is erased")
        assert request(server.url, "GET", f"{exam.path}/events", token=exam.teacher_token).status == 200
    finally:
        server.stop()
