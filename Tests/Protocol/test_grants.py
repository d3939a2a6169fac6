"""What a teacher grants a student, as extra time: told, kept, reported and taken back."""
import csv
import io

import pytest

from clients import Exam
from media import face
from support.server import Server


def granted(student, since):
    return [(one["kind"], one["amount"], one["reason"], one["by"]) for one in student.expect("granted", since)["granted"]]


def test_extra_time_reaches_the_student_all_teachers_and_the_report(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    assert granted(ada, 0) == []
    bert = exam.student("Bert").start("image/jpeg", face())
    since, of_bert = ada.mark, bert.mark
    teacher.send("grant", student=ada.id, kind="extra_time", amount=10, reason="a broken pen")
    assert granted(ada, since) == [("extra_time", 10, "a broken pen", "Grace Hopper")]
    line = teacher.expect_participant(ada, lambda line: line["accommodations"])
    assert line["accommodations"]["extra_time"]["amount"] == 10
    # The last one counts.
    since = ada.mark
    teacher.send("grant", student=ada.id, kind="extra_time", amount=15, reason="reads slowly")
    assert granted(ada, since) == [("extra_time", 15, "reads slowly", "Grace Hopper")]
    # It is about her alone, and about no alert.
    teacher.send("pause", student="all", reason="a sign that all before has come")
    bert.expect("pause", of_bert)
    assert not [message for message in bert.messages[of_bert:] if message["type"] == "granted"]

    report = exam.request("GET", "/report?format=json").json
    student = next(one for one in report["students"] if one["name"] == "Ada")
    assert [(one["kind"], one["effect"], one["amount"]) for one in student["accommodations"]] == [
        ("extra_time", "grant", 10), ("extra_time", "grant", 15)]
    lines = csv.DictReader(io.StringIO(exam.request("GET", "/report?format=csv").body.decode("utf-8-sig")))
    assert [(one["kind"], one["effect"], one["amount"], one["factor"]) for one in lines if one["record"] == "accommodation"] == [
        ("extra_time", "grant", "10", ""), ("extra_time", "grant", "15", "")]
    assert "Extra time: 15 minutes in all" in exam.request("GET", "/report?format=html").body.decode()

    since, of_teacher = ada.mark, teacher.mark
    teacher.send("tighten", student=ada.id, kind="extra_time", reason="it was for Bert")
    assert granted(ada, since) == []
    teacher.expect_participant(ada, lambda line: not line["accommodations"], of_teacher)
    assert "“Extra time” ended" in exam.request("GET", "/report?format=html").body.decode()


@pytest.mark.parametrize("change, why", [
    ({"amount": 0}, "the amount of extra_time is 1 to 600"), ({"amount": 601}, "the amount of extra_time is 1 to 600"),
    ({"amount": None}, "the amount of extra_time is 1 to 600"), ({"amount": 2.5}, "a number with a fraction"), ({"amount": "ten"}, "amount"),
    ({"kind": "face_missing"}, "kind"), ({"kind": "longer"}, "kind"), ({"reason": " "}, "the reason is empty"),
    ({"student": "nobody"}, "there is no student nobody in this session"),
])
def test_what_cannot_be_granted_is_refused_with_a_reason(exam, teacher, change, why):
    ada = exam.student("Ada").start("image/jpeg", face())
    since = teacher.mark
    teacher.send("grant", **({"student": ada.id, "kind": "extra_time", "amount": 10, "reason": "reads slowly"} | change))
    assert why in teacher.expect("error", since)["detail"]
    assert not [line for line in exam.describe()["participants"] if line["accommodations"]]


def test_it_is_told_again_when_the_page_or_the_server_comes_back(tmp_path):
    server = Server(tmp_path / "data")
    try:
        exam = Exam(server.url)
        teacher = exam.teacher()
        ada = exam.student("Ada").start("image/jpeg", face())
        teacher.send("grant", student=ada.id, kind="extra_time", amount=10, reason="reads slowly")
        teacher.expect_participant(ada, lambda line: line["accommodations"])
        ada.upload.stop()
        ada.reset()
        back = exam.student("Ada", ada.joined).start("image/jpeg", face())
        assert granted(back, 0) == [("extra_time", 10, "reads slowly", "Grace Hopper")]
        back.upload.stop()
        server.process.kill()
        server.process.wait()
        server = Server(server.data)
        exam.url = server.url
        again = exam.student("Ada", ada.joined).start("image/jpeg", face())
        assert granted(again, 0) == [("extra_time", 10, "reads slowly", "Grace Hopper")]
        again.close()
    finally:
        server.stop()
