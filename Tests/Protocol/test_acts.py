"""People who repeat an action: the journal and the others are spared, and the last message counts."""
import time

import pytest
from clients import wait_until
from media import face


def events(exam, *kinds):
    return [e for e in exam.request("GET", "/events").json if e["kind"] in kinds]


def journal_bytes(exam):
    return len(exam.request("GET", "/events").body)


def flood(client, messages, seconds, a_second=200):
    """Sends this many messages a second, for this long."""
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        while sent < passed * a_second:
            client.send(**next(messages))
            sent += 1
        time.sleep(0.005)
    return sent


def numbered(make):
    number = 0
    while True:
        yield make(number)
        number += 1


def test_a_teacher_who_writes_without_end_is_slowed_down(exam, teacher, neighbour):
    colleague = exam.colleague()
    flood(teacher, numbered(lambda n: dict(type="chat", to="teachers", text=f"{n} " + "x" * 1900)), 6)
    refused = teacher.expect("error", code="too_many")
    assert refused["retry_after"] >= 1 and f"{refused['retry_after']} s" in refused["detail"]
    assert journal_bytes(exam) < 0.7e6
    # It is over when it is reported to be, and nobody else had to wait.
    colleague.send("chat", to="teachers", text="quiet, please")
    teacher.expect("chat", text="quiet, please")

    def heard():
        teacher.send("chat", to="teachers", text="sorry")
        return colleague.find("chat", text="sorry")
    wait_until(heard, "the teacher can write again", 60)


def test_who_sees_all_alerts_at_once_is_not_slowed_down(exam, teacher):
    """A key held down: faster than any teacher."""
    students = [exam.student(f"Student {number}") for number in range(30)]
    for student in students:
        student.hello("image/jpeg")
        student.send("status", camera="denied")
    alerts = [teacher.expect_alert(student, "camera_off", "confirmed") for student in students]
    for _ in range(10):
        for alert in alerts:
            teacher.send("acknowledge", alert_id=alert["alert_id"], note="seen")
    for student in students:
        teacher.expect_alert(student, "camera_off", "acknowledged", note="seen")
    for _ in range(3):
        teacher.send("pause", student="all", reason="fire drill")
        teacher.send("resume", student="all")
    wait_until(lambda: len(events(exam, "resumed")) == 3, "the exam goes on")
    assert len(events(exam, "alert_acknowledged")) == 300
    assert not teacher.find("error")


def test_of_many_notes_the_last_one_is_kept(exam, teacher, neighbour):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", camera="denied")
    alert = ada.expect("alert", kind="camera_off")["alert_id"]
    seconds = 5
    flood(ada, numbered(lambda n: dict(type="note", alert_id=alert, text=f"note {n} " + "x" * 1900)), seconds, 50)
    ada.send("note", alert_id=alert, text="the last one")
    teacher.expect_alert(ada, "camera_off", "confirmed", student_note="the last one")
    assert ada.expect("alert", student_note="the last one")
    noted = events(exam, "alert_noted")
    assert len(noted) <= seconds + 3 and noted[-1]["fields"]["note"] == "the last one"
    # What was confirmed to the page is in the journal, and the reverse.
    told = {m.get("student_note") for m in ada.find("alert")} - {None}
    assert told == {e["fields"]["note"] for e in noted}


def test_a_note_that_waits_when_the_exam_ends_is_kept(exam, teacher):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", camera="denied")
    alert = ada.expect("alert", kind="camera_off")["alert_id"]
    for text in ("first", "second", "third"):
        ada.send("note", alert_id=alert, text=text)
    ada.send("chat", text="done")
    teacher.expect("chat", text="done")
    exam.end()
    ada.expect("ended")
    assert [e["fields"]["note"] for e in events(exam, "alert_noted")] == ["first", "third"]


def test_hands_and_pages_that_flicker(exam, teacher, neighbour):
    ada, bert = exam.student("Ada"), exam.student("Bert")
    for student in (ada, bert):
        student.hello("image/jpeg")
    flood(ada, numbered(lambda n: dict(type="hand", up=n % 2 == 0)), 8, 40)
    flood(bert, numbered(lambda n: dict(type="status", camera="denied" if n % 2 == 0 else "live")), 8, 40)
    ada.send("hand", up=True)
    bert.send("status", camera="denied")
    ada.expect("error", code="too_many")
    # Whatever was skipped, the last message is processed, even if no more are sent.
    teacher.expect_participant(ada, lambda line: line["hand"] and line["hand_since"])
    wait_until(lambda: {p["id"]: p for p in exam.describe()["participants"]}[ada.id]["hand"], "her hand is up")
    wait_until(lambda: {p["id"]: p for p in exam.describe()["participants"]}[bert.id].get("camera") == "denied",
               "his camera is off")
    wait_until(lambda: [a for a in exam.describe()["alerts"] if a["kind"] == "camera_off"][-1]["state"] == "confirmed",
               "the alert stands")
    assert len(events(exam, "hand_up", "hand_down")) < 75
    assert len(events(exam, "alert_confirmed", "alert_cleared")) < 150


def test_looking_here_and_there_is_not_told_without_end(exam, teacher, neighbour):
    ada = exam.student("Ada").start("image/jpeg", face())
    teacher.expect_tiles(ada, 1)
    since = ada.mark
    for number in range(500):
        teacher.watch(ada, neighbour, view="focus", fps=1 + number % 5)
        teacher.send("watch", view="focus", students=[neighbour.id])
    teacher.watch(ada, view="focus")
    ada.expect("watchers", since, focus=["Grace Hopper"])
    teacher.watch(view="tile").expect_tiles(ada, 3)
    teacher.send("watch", view="focus", students=[])
    wait_until(lambda: ada.find("watchers", since)[-1]["focus"] == [], "the last wish counts")
    assert len(ada.find("watchers", since)) < 40
    assert len(ada.find("keyframe", since)) < 5
    assert not teacher.find("error")


@pytest.mark.parametrize("size", [1, 1900])
def test_acknowledging_without_end_is_slowed_down(exam, teacher, size):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", camera="denied")
    alert = teacher.expect_alert(ada, "camera_off", "confirmed")["alert_id"]
    flood(teacher, numbered(lambda n: dict(type="acknowledge", alert_id=alert, note="x" * size)), 6)
    teacher.expect("error", code="too_many")
    assert len(events(exam, "alert_acknowledged")) <= 600 + 8 * 5
    assert journal_bytes(exam) < 0.9e6


def test_removing_without_end_is_slowed_down(exam, teacher):
    """Each removed student counts as one act, even when many are removed at once."""
    ids = [exam.join(f"Stray {number}", invite=exam.invite)["participant_id"] for number in range(201)]
    for _ in range(500):
        teacher.send("lower_hand", student=ids[0])
    teacher.send("dismiss", students=ids[:-1], reason="Nobody's")
    wait_until(lambda: len(events(exam, "dismissed")) == 200, "they are removed")
    assert not teacher.find("error")
    teacher.send("dismiss", student=ids[-1], reason="Nobody's", id=7)
    assert teacher.expect("error", code="too_many", id=7)["retry_after"] >= 1
    assert len(events(exam, "dismissed")) == 200
    assert ids[-1] in [p["id"] for p in exam.describe()["participants"]]
