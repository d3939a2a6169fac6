"""A teacher's verdict on an alert: told to all teachers and to no student, kept, counted, reported and exported."""
import csv
import io
import json
import sqlite3
import subprocess
import time

import pytest

from clients import Exam, request
from support.journal import Journal
from support.server import BINARY, ROOT, Server

LONG = 7000  # alerts: more than the server holds in memory


def camera_off(exam, name="Ada"):
    """A student with an open alert, and the alert."""
    student = exam.student(name)
    student.hello("image/jpeg")
    student.send("status", camera="denied")
    return student, student.expect("alert", kind="camera_off")["alert_id"]


def judge(teacher, alert, verdict):
    since = teacher.mark
    teacher.send("verdict", alert_id=alert, verdict=verdict)
    return teacher.expect("alert", since, alert_id=alert)


def verdict_of(alert):
    return alert.get("verdict"), alert.get("verdict_by")


def counted(exam):
    lines = request(exam.url, "GET", "/metrics").body.decode().splitlines()
    found = [line.split() for line in lines if line.startswith("exam_alert_verdicts_total{") and "camera_off" in line]
    return {name.split('verdict="')[1].split('"')[0]: int(value) for name, value in found}


def test_teachers_see_the_last_verdict_and_students_none(exam, teacher):
    before = counted(exam)
    colleague = exam.colleague()
    ada, alert = camera_off(exam)
    teacher.expect("alert", alert_id=alert)
    colleague.expect("alert", alert_id=alert)
    since, of_ada = colleague.mark, ada.mark
    told = judge(teacher, alert, "right")
    assert verdict_of(told) == ("right", "Grace Hopper") and told["verdict_at"].endswith("Z")
    assert colleague.expect("alert", since, alert_id=alert) == told
    since = teacher.mark
    told = judge(colleague, alert, "wrong")
    assert told["verdict"] == "wrong" and told["verdict_by"] != "Grace Hopper"
    assert teacher.expect("alert", since, alert_id=alert) == told
    # What happens to the alert later leaves the verdict; it can be judged when it is over.
    ada.send("status", camera="live")
    over = teacher.expect_alert(ada, "camera_off", "cleared", since)
    assert verdict_of(over) == verdict_of(told)
    again = judge(teacher, alert, "right")
    assert again["state"] == "cleared" and verdict_of(again) == ("right", "Grace Hopper")
    assert verdict_of(judge(colleague, alert, None)) == (None, None)
    assert verdict_of(judge(teacher, alert, "wrong")) == ("wrong", "Grace Hopper")
    assert verdict_of(next(a for a in exam.describe()["alerts"] if a["alert_id"] == alert)) == ("wrong", "Grace Hopper")
    late = exam.teacher()
    assert verdict_of(late.expect("alert", alert_id=alert)) == ("wrong", "Grace Hopper")

    # The same once more changes nothing.
    late.send("verdict", alert_id=alert, verdict="wrong")
    late.send("chat", to="all", text="a sign that all before has come")
    ada.expect("chat", of_ada)
    assert not [message for message in ada.messages[of_ada:] if "verdict" in json.dumps(message)]
    events = [event for event in exam.request("GET", "/events").json if event["kind"] == "alert_judged"]
    assert [(event["fields"]["verdict"], event["name"] == "Grace Hopper") for event in events] == [
        ("right", True), ("wrong", False), ("right", True), ("none", False), ("wrong", True)]
    after = counted(exam)
    assert {verdict: after[verdict] - before[verdict] for verdict in after} == {"right": 2, "wrong": 2}
    # Nor has the student's own copy of what is kept.
    copy = exam.request("GET", f"/students/{ada.id}/data", token=ada.token)
    assert copy.status == 200 and alert in copy.body.decode() and "verdict" not in copy.body.decode()


@pytest.mark.parametrize("change, why, detail", [
    ({"alert_id": "nothing"}, "unknown_alert", "there is no alert nothing in this session"),
    ({"alert_id": 7}, None, "alert_id has the wrong type"),
    ({"alert_id": None}, None, "alert_id must not be null"),
    ({"verdict": "perhaps"}, None, "verdict is right, wrong or null, not perhaps"),
    ({"verdict": True}, None, "verdict has the wrong type"),
    ({"verdict": ...}, None, "the field verdict is missing"),
])
def test_what_is_no_verdict_is_refused_with_a_reason(exam, teacher, change, why, detail):
    _, alert = camera_off(exam)
    fields = {"alert_id": alert, "verdict": "right"} | change
    since = teacher.mark
    teacher.send("verdict", id=5, **{name: value for name, value in fields.items() if value is not ...})
    error = teacher.expect("error", since)
    assert (error["code"], error.get("why"), error["id"]) == ("bad_message", why, 5)
    assert detail in error["detail"]
    assert all("verdict" not in a for a in exam.describe()["alerts"])


def test_the_alert_of_another_exam_and_a_student_have_no_say(exam, teacher):
    ada, alert = camera_off(exam)
    other = Exam(exam.url)
    stranger = other.teacher()
    stranger.send("verdict", alert_id=alert, verdict="wrong")
    assert stranger.expect("error")["why"] == "unknown_alert"
    other.leave()
    since = teacher.mark
    ada.send("verdict", alert_id=alert, verdict="wrong")
    ada.send("chat", text="a sign that all before has come")
    teacher.expect("chat", since)
    assert all("verdict" not in a for a in exam.describe()["alerts"])
    assert not [event for event in exam.request("GET", "/events").json if event["kind"] == "alert_judged"]


@pytest.mark.parametrize("kill", [True, False])
def test_they_are_there_again_after_a_restart_and_in_the_report_for_good(tmp_path, kill):
    server = Server(tmp_path / "data")
    try:
        exam = Exam(server.url)
        teacher = exam.teacher()
        ada, first = camera_off(exam)
        bert, second = camera_off(exam, "Bert")
        judge(teacher, first, "right")
        told = judge(teacher, second, "wrong")
        if kill:
            server.process.kill()
            server.process.wait()
        else:
            assert server.stop() == 0
        server = Server(server.data)
        exam.url = server.url
        teacher = exam.teacher()
        again = teacher.expect("alert", alert_id=second)
        assert all(again[field] == told[field] for field in ("verdict", "verdict_by", "verdict_at"))
        assert teacher.expect("alert", alert_id=first)["verdict"] == "right"
        assert verdict_of(judge(teacher, first, None)) == (None, None)
        exam.end()
        teacher.expect("ended")

        report = exam.request("GET", "/report?format=json").json
        assert report["totals"]["by_kind"][-1] == {
            "kind": "camera_off", "alerts": 2, "right": 0, "wrong": 1, "not_judged": 1}
        alerts = {a["alert_id"]: a for student in report["students"] for a in student["alerts"]}
        assert verdict_of(alerts[second]) == ("wrong", "Grace Hopper") and verdict_of(alerts[first]) == (None, None)
        lines = list(csv.DictReader(io.StringIO(exam.request("GET", "/report?format=csv").body.decode("utf-8-sig"))))
        assert [(one["verdict"], one["verdict_by"]) for one in lines if one["alert_id"] == second] == [("wrong", "Grace Hopper")]
        assert [(one["right"], one["wrong"], one["not_judged"], one["right_share"]) for one in lines
                if one["record"] == "total" and one["kind"] == "camera_off"] == [("0", "1", "1", "")]
        assert "judged wrong by" in exam.request("GET", "/report?format=html").body.decode()

        export = exam.request("GET", "/report?format=verdicts")
        assert export.headers["content-type"] == "application/jsonl" and exam.code not in export.headers["content-disposition"]
        [line] = [json.loads(line) for line in export.body.splitlines()]
        assert set(line) == {"kind", "verdict", "since", "confirmed", "until", "confidence", "thresholds"}
        assert (line["kind"], line["verdict"]) == ("camera_off", "wrong")
        assert 0 < line["since"] <= line["confirmed"] < 60
        assert line["thresholds"] == {"window": 0, "share": 1, "cooldown": 30}
        for word in ("Ada", "Bert", "Grace", exam.code, second, bert.id, time.strftime("%Y-")):
            assert word not in export.body.decode()
        # Neither a student nor a stranger gets it.
        assert exam.request("GET", "/report?format=verdicts", token=ada.token).status == 403
        assert exam.request("GET", "/report?format=verdict").status == 400
        command = subprocess.run(
            [BINARY, "report", exam.code, "--format", "verdicts", "--data-dir", server.data], cwd=ROOT, capture_output=True, check=True)
        assert command.stdout == export.body and command.stderr == b""

        # They are erased with all else.
        assert exam.request("DELETE", "/data").status == 200
        with sqlite3.connect(server.data / "exam.sqlite") as database:
            assert database.execute("SELECT count(*) FROM events").fetchone() == (0,)
    finally:
        server.stop()


def test_an_alert_that_only_the_journal_has_is_judged(tmp_path):
    server = Server(tmp_path / "data")
    try:
        exam = Exam(server.url)
        students = [exam.join(f"Student {number}")["participant_id"] for number in range(40)]
        assert server.stop() == 0
        with Journal(server.data, exam.code) as journal:
            for number in range(LONG):
                journal.alert(number, students[number % 40], "S")
        server = Server(server.data)
        exam.url = server.url
        teacher, colleague = exam.teacher(), exam.colleague()
        colleague.expect("history", of="alerts")
        oldest = f"a{0:012}"
        # It is in no page of the past any more.
        page = exam.request("GET", "?alerts_before=1000").json
        assert page["alerts"] == [] or min(a["alert_id"] for a in page["alerts"]) > oldest
        since = colleague.mark
        told = judge(teacher, oldest, "wrong")
        assert verdict_of(told) == ("wrong", "Grace Hopper") and told["state"] == "cleared"
        assert colleague.expect("alert", since, alert_id=oldest) == told
        # In the order in which they were sent, though each is looked up first.
        since = teacher.mark
        for verdict in ("right", None, "wrong", "right"):
            teacher.send("verdict", alert_id=oldest, verdict=verdict)
        for verdict in ("right", None, "wrong", "right"):
            assert teacher.expect("alert", since, alert_id=oldest).get("verdict") == verdict
            since += 1 + next(n for n, m in enumerate(teacher.messages[since:]) if m["type"] == "alert")
        report = exam.request("GET", "/report?format=json").json
        assert [a["verdict"] for s in report["students"] for a in s["alerts"] if a["alert_id"] == oldest] == ["right"]
        teacher.send("verdict", alert_id=f"a{LONG:012}", verdict="right")
        assert teacher.expect("error")["why"] == "unknown_alert"
        exam.leave()
    finally:
        server.stop()
