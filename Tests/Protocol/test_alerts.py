"""Alerts as sent to the student and the teachers."""
import datetime

from clients import wait_until
from media import absent, face, jpeg_size, vp8


def test_a_missing_face(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(absent())
    ada.expect("check", state="suspected", kind="face_missing")
    assert not teacher.alerts(ada), "a suspicion is told to the student alone"
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    assert alert["severity"] == "high" and alert["repeats"] == 0 and 0.8 <= alert["confidence"] <= 1
    assert alert["since"].endswith("Z") and len(alert["since"]) == len("2026-03-01T09:00:00.000Z")
    ada.expect("check", state="alert", kind="face_missing")

    picture = exam.request("GET", alert["picture"].removeprefix(exam.path))
    assert picture.status == 200 and picture.headers["content-type"] == "image/jpeg"
    assert jpeg_size(picture.body) == (320, 240)
    # The student may see it too, and nobody else's.
    bert = exam.student("Bert")
    for token, status in ((ada.token, 200), (bert.token, 404)):
        assert exam.request("GET", alert["picture"].removeprefix(exam.path), token=token).status == status
    assert alert["alert_id"] in {a["alert_id"] for a in exam.describe()["alerts"]}

    teacher.send("acknowledge", alert_id=alert["alert_id"], note="I asked her")
    seen = teacher.expect_alert(ada, "face_missing", "acknowledged", alert_id=alert["alert_id"])
    assert (seen["acknowledged_by"], seen["note"]) == ("Grace Hopper", "I asked her")

    before = ada.mark
    ada.upload.play(face())
    cleared = teacher.expect_alert(ada, "face_missing", "cleared", alert_id=alert["alert_id"])
    assert cleared["until"] > cleared["since"] == alert["since"]
    ada.expect("check", before, state="ok")

    since = teacher.mark
    ada.upload.play(absent())
    again = teacher.expect_alert(ada, "face_missing", "confirmed", since)
    assert (again["alert_id"], again["repeats"]) == (alert["alert_id"], 1)
    assert "until" not in again


def test_causes_and_what_they_mask(exam, teacher):
    """Camera off, page hidden, video stopped, connection lost: side by side, each for one student."""
    names = ("Camera", "Page", "Still", "Gone", "Muted")
    camera, page, still, gone, muted = students = [exam.student(name).start("image/jpeg", face()) for name in names]
    for student in students:
        student.expect("check", state="ok", faces=1)

    camera.send("status", camera="ended")
    camera.upload.stop()
    alert = teacher.expect_alert(camera, "camera_off", "confirmed", timeout=2)
    assert alert["severity"] == "high"
    camera.expect("check", state="alert", kind="camera_off")

    teacher.send("mute", student=muted.id, kind="video_stopped", minutes=5, reason="dinner")
    teacher.expect_participant(muted, lambda line: "video_stopped" in line["accommodations"])
    muted.upload.stop()

    page.send("status", page="hidden")
    hidden = teacher.expect_alert(page, "page_hidden", "confirmed", timeout=5)
    assert hidden["severity"] == "medium"
    page.send("status", page="visible")
    teacher.expect_alert(page, "page_hidden", "cleared")

    still.upload.stop()
    gone.upload.stop()
    gone.reset()
    teacher.expect_participant(gone, lambda line: line["state"] == "left")
    teacher.expect_participant(still, lambda line: line["state"] == "no_picture")
    for student in (still, gone):
        stopped = teacher.expect_alert(student, "video_stopped", "confirmed", timeout=10)
        assert stopped["severity"] == "high" and stopped["confidence"] == 1
        # Five seconds lie between the onset and the report.
        since_confirmed = exam.journal("alert_confirmed", student)["at"]
        assert 4.5 < seconds(since_confirmed) - seconds(stopped["since"]) < 8
    # They stopped earlier than those two, so theirs would be here.
    assert [a["kind"] for a in teacher.alerts(camera)] == ["camera_off"]
    assert not teacher.alerts(muted)
    assert {a["kind"] for s in (still, gone) for a in teacher.alerts(s)} == {"video_stopped"}

    camera.send("status", camera="live")
    teacher.expect_alert(camera, "camera_off", "cleared")
    back = exam.student("Gone", gone.joined).start("video/x-vp8", vp8())
    cleared = teacher.expect_alert(back, "video_stopped", "cleared")
    assert cleared["repeats"] == 0


def test_a_hint_is_told_to_the_student_while_there_is_nothing_else(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.send("status", page="visible", camera="live", program="obs")
    ada.expect("check", state="suspected", kind="virtual_camera")
    hint = teacher.expect_alert(ada, "virtual_camera", "confirmed", timeout=20)
    assert (hint["severity"], hint["said"]) == ("low", "obs")
    assert exam.journal("alert_confirmed", ada)["payload"]["alert"]["said"] == "obs"
    ada.expect("check", state="alert", kind="virtual_camera", severity="low")
    since = ada.mark
    ada.upload.play(absent())
    ada.expect("check", since, state="suspected", kind="face_missing")
    ada.expect("check", since, state="alert", kind="face_missing", severity="high")
    ada.upload.play(face())
    ada.expect("check", since, state="alert", kind="virtual_camera", severity="low")
    teacher.send("mute", student=ada.id, kind="virtual_camera", reason="her only camera")
    teacher.expect_alert(ada, "virtual_camera", "cleared")
    ada.expect("check", since, state="ok")


def test_a_muted_alert_is_over_at_once_and_comes_back_after_it(exam, teacher):
    ada = exam.student("Ada")
    ada.hello("image/jpeg")
    ada.send("status", camera="denied")
    teacher.expect_alert(ada, "camera_off", "confirmed")
    teacher.send("mute", student=ada.id, kind="camera_off", minutes=10, reason="her camera is broken")
    teacher.expect_alert(ada, "camera_off", "cleared")
    assert exam.journal("accommodated")["fields"]["reason"] == "her camera is broken"
    since = teacher.mark
    teacher.send("mute", student=ada.id, kind="camera_off", minutes=0, reason="repaired")
    teacher.expect_alert(ada, "camera_off", "confirmed", since, repeats=1)


def test_a_wave_of_alerts_is_told_to_every_teacher_alike(exam, teacher):
    colleague = exam.colleague()
    students = [exam.student(f"Student {n}") for n in range(5)]
    for student in students:
        student.hello("image/jpeg")
        student.send("status", camera="denied")
    for student in students:
        told = [t.expect_alert(student, "camera_off", "confirmed") for t in (teacher, colleague)]
        assert told[0] == told[1]
    wait_until(lambda: len(exam.describe()["alerts"]) >= 5, "five alerts in the description")


def seconds(time):
    return datetime.datetime.fromisoformat(time).timestamp()
