"""What is detected in pictures besides faces, and what teachers may change about it."""
from clients import wait_until
from media import absent, black, face


def test_a_covered_camera_is_no_missing_face(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(black())
    covered = teacher.expect_alert(ada, "camera_covered", "confirmed")
    assert covered["severity"] == "high" and covered["thresholds"]["window"] == 2
    ada.expect("check", state="alert", kind="camera_covered")
    ada.upload.play(face())
    cleared = teacher.expect_alert(ada, "camera_covered", "cleared")
    assert cleared["duration"] > 0
    assert {a["kind"] for a in teacher.alerts(ada)} == {"camera_covered"}


def test_a_picture_that_stands_still(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(face()[:1])
    frozen = teacher.expect_alert(ada, "picture_frozen", "confirmed")
    assert frozen["severity"] == "medium"
    ada.upload.play(face())
    teacher.expect_alert(ada, "picture_frozen", "cleared")
    assert {a["kind"] for a in teacher.alerts(ada)} == {"picture_frozen"}


def test_a_loosened_kind_takes_longer_and_says_so(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    teacher.send("loosen", student=ada.id, kind="face_missing", factor=2, minutes=10, reason="a cold, many tissues")
    line = teacher.expect_participant(ada, lambda line: line["accommodations"])
    allowed = line["accommodations"]["face_missing"]
    assert (allowed["effect"], allowed["factor"], allowed["by"]) == ("loosen", 2, "Grace Hopper")
    ada.upload.play(absent())
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    assert alert["thresholds"]["window"] == 6
    event = exam.journal("accommodated")
    assert event["participant"] == ada.id and event["payload"]["accommodation"]["reason"] == "a cold, many tissues"
    teacher.send("tighten", student=ada.id, kind="face_missing", reason="gone home")
    teacher.expect_participant(ada, lambda line: not line["accommodations"], teacher.mark)


def test_accommodations_with_faults_change_nothing(exam, teacher):
    ada = exam.student("Ada")
    good = dict(student=ada.id, kind="face_missing", factor=2, minutes=5, reason="why not")
    for change, word in ((dict(factor=0.5), "factor"), (dict(factor=11), "factor"), (dict(minutes=-1), "minutes"),
                         (dict(reason=" "), "reason"), (dict(kind="nonsense"), "kind"), (dict(student="p"), "student")):
        since = teacher.mark
        teacher.send("loosen", **(good | change))
        assert word in teacher.expect("error", since)["detail"]
    since = teacher.mark
    teacher.send("loosen", **{name: value for name, value in good.items() if name != "factor"})
    assert "factor" in teacher.expect("error", since)["detail"]
    assert not exam.describe()["participants"][1]["accommodations"]


def test_a_pause_of_one_and_of_all(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert").start("image/jpeg", face())
    for student in (ada, bert):
        student.expect("check", state="ok", faces=1)
        assert student.expect("pause")["paused"] is False
    teacher.send("pause", student=ada.id, reason="the doctor is here")
    told = ada.expect("pause", paused=True)
    assert (told["reason"], told["by"]) == ("the doctor is here", "Grace Hopper")
    teacher.expect_participant(ada, lambda line: line.get("paused", {}).get("reason") == "the doctor is here")
    for student in (ada, bert):
        student.upload.play(absent())
    teacher.expect_alert(bert, "face_missing", "confirmed")
    assert not teacher.alerts(ada), "nothing is raised about who is paused"

    teacher.send("pause", student="all", reason="fire alarm")
    teacher.expect_alert(bert, "face_missing", "cleared")
    carl = exam.student("Carl")
    carl.hello("image/jpeg")
    assert carl.expect("pause", paused=True)["reason"] == "fire alarm"
    since = teacher.mark
    teacher.send("resume", student="all")
    for student in (ada, bert, carl):
        wait_until(lambda: not student.find("pause")[-1]["paused"], "the exam goes on")
        teacher.expect_participant(student, lambda line: "paused" not in line, since)
    teacher.expect_alert(ada, "face_missing", "confirmed")
    kinds = [e["kind"] for e in exam.request("GET", "/events").json]
    assert kinds.count("paused") == 2 and kinds.count("resumed") == 1
