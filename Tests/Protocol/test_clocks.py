"""The system's clock is set by a day while an exam is on: nobody's times may show it."""
import datetime
import re
import time

import pytest
from clients import Exam, wait_until
from media import absent, face
from support.clocks import DAY, Clocks


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


class Watch:
    """Holds all that is told of an exam to the time that truly passed."""

    def __init__(self):
        self.begin = time.time()

    def expect_true_times(self, *documents, ahead=0):
        """`ahead`: what was granted may end so much later."""
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
        # The same again within its cooldown is the same alert, and not a new one.
        ada.upload.play(absent())
        again = teacher.expect_alert(ada, "face_missing", "confirmed", since)
        assert again["alert_id"] == alert["alert_id"] and again["repeats"] == 1
        ada.upload.play(face())
        # What was granted for a while is over after that while and no sooner.
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
        assert [e["at"] for e in events] == sorted(e["at"] for e in events)
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
