"""The table of alert kinds, and what happens to a kind that is not in it."""
import json

import pytest

from clients import Exam, request
from media import face
from support.alert_kinds import FILE
from support.journal import Journal
from support.server import Server

TOLD = json.loads(FILE.read_text(encoding="utf-8"))
KINDS = TOLD["kinds"]


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_anybody_is_told_the_kinds_as_they_are_written_down(server):
    answer = request(server.url, "GET", "/api/alert-kinds")
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.json == TOLD, "`make alert-kinds` writes docs/alert-kinds.json anew"


def test_the_rules_are_those_of_this_server(data, tmp_path):
    settings = tmp_path / "exam.yaml"
    settings.write_text("alerts: {looking_away: {window: 8, share: 0.5, limit: 45, good_looks: 5, clear_after: 4, cooldown: 7}}")
    server = Server(data, "--config", settings)
    try:
        told = request(server.url, "GET", "/api/alert-kinds").json["kinds"]
    finally:
        server.stop()
    other = {"window": 8, "share": 0.5, "limit": 45, "good_looks": 5, "clear_after": 4, "cooldown": 7}
    assert told == [row | (other if row["kind"] == "looking_away" else {}) for row in KINDS]


@pytest.mark.parametrize("row", [row for row in KINDS if row["source"] == "page"], ids=lambda row: row["kind"])
def test_every_word_of_the_page_does_what_the_table_says(exam, teacher, row):
    field, says = row["says"]["field"], row["says"]
    students = {word: exam.student(word) for word in says["bad"]}
    for word, student in students.items():
        student.hello("image/jpeg")
        student.send("status", **{field: word})
    for word, student in students.items():
        alert = teacher.expect_alert(student, row["kind"], "confirmed", timeout=row["window"] + 10)
        assert (alert["said"], alert["severity"]) == (word, row["severity"])
        student.send("status", **{field: says["good"][0]})
        teacher.expect_alert(student, row["kind"], "cleared")
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", **{field: "perhaps"})
    assert ada.expect("error")["detail"] == f"{field}: is one of {', '.join(says['good'] + says['bad'])}, not perhaps"


def test_an_alert_of_a_kind_that_a_newer_server_had_is_kept_and_told_as_such(data):
    server = Server(data)
    exam = Exam(server.url)
    ada = exam.join("Ada", "student")["participant_id"]
    server.stop()
    with Journal(data, exam.code) as journal:
        journal.alert(1, ada, "Ada", kind="something_new", open=True)
        journal.alert(2, ada, "Ada")
        journal.add("accommodated", ada, "Ada", {"accommodation": {
            "kind": "something_new", "effect": "mute", "factor": 1, "reason": "x", "by": "Ms Smith", "at": 5}}, 6)
    server = Server(data)
    try:
        exam.url = server.url
        assert [alert["kind"] for alert in exam.describe()["alerts"]] == ["page_hidden"]
        events = exam.request("GET", "/events?format=json").json
        assert [event["payload"]["alert"]["kind"] for event in events if event["kind"] == "alert_confirmed"] == [
            "something_new", "page_hidden"]
        report = exam.request("GET", "/report?format=json").json
        assert report["session"]["unknown_events"] == {"alert_confirmed": 1, "accommodated": 1}
        assert [alert["kind"] for student in report["students"] for alert in student["alerts"]] == ["page_hidden"]
    finally:
        server.stop()
