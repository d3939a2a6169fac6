"""What a student can see of what the server and the teachers see."""
import base64

from clients import wait_until
from media import absent, face, jpeg_size


def test_students_hear_of_their_own_alerts_and_have_a_word(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(absent())
    alert = ada.expect("alert", kind="face_missing", state="confirmed")
    assert alert == teacher.expect_alert(ada, "face_missing", "confirmed")

    ada.send("note", alert_id=alert["alert_id"], text="I bent down for my pen")
    for client in (ada, teacher):
        assert client.expect("alert", student_note="I bent down for my pen")["alert_id"] == alert["alert_id"]
    for sender, text, id in ((bert, "hers", alert["alert_id"]), (ada, " ", alert["alert_id"]), (ada, "x", "a0")):
        sender.send("note", alert_id=id, text=text)
        sender.expect("error", code="bad_note")
    teacher.send("acknowledge", alert_id=alert["alert_id"], note="told me so")
    ada.expect("alert", state="acknowledged", note="told me so")
    assert not bert.find("alert"), "nobody hears of another's alerts"

    ada.upload.stop()
    ada.reset()
    back = exam.student("Ada", ada.joined)
    back.hello("image/jpeg")
    assert back.expect("alert", alert_id=alert["alert_id"])["student_note"] == "I bent down for my pen"
    assert exam.journal("alert_noted")["payload"]["alert"]["student_note"] == "I bent down for my pen"


def test_students_know_who_watches(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    ada.expect("watchers", teachers=["Grace Hopper"], focus=[])
    colleague = exam.colleague("Alan Turing")
    ada.expect("watchers", teachers=["Alan Turing", "Grace Hopper"], focus=[])
    colleague.watch(ada, view="focus")
    ada.expect("watchers", focus=["Alan Turing"])
    since = ada.mark
    colleague.send("watch", view="off")
    ada.expect("watchers", since, focus=[])
    colleague.close()
    ada.expect("watchers", since, teachers=["Grace Hopper"], focus=[])


def test_students_see_what_teachers_see_of_them_and_of_nobody_else(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    answer = exam.request("GET", f"/students/{ada.id}/live.jpg?view=tile", token=ada.token)
    assert answer.status == 200 and jpeg_size(answer.body) == (320, 240)
    for path in ("live.jpg", "live.mjpeg", "data"):
        assert exam.request("GET", f"/students/{bert.id}/{path}", token=ada.token).status == 403
    assert not [w for w in ada.find("watchers") if "Ada" in w["focus"] + w["teachers"]]


def test_all_that_is_kept_about_a_student_can_be_taken_along(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert")
    bert.hello("image/jpeg")
    ada.expect("check", state="ok", faces=1)
    ada.send("chat", text="Is the clock right?")
    bert.send("chat", text="only Bert's")
    ada.upload.play(absent())
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    for token in (ada.token, teacher.token):
        answer = exam.request("GET", f"/students/{ada.id}/data", token=token)
        assert answer.status == 200 and "attachment" in answer.headers["content-disposition"]
        data = answer.json
        assert (data["name"], data["session"]["code"]) == ("Ada", exam.code)
        kept = data["alerts"][0]
        assert kept["alert_id"] == alert["alert_id"] and kept["thresholds"]["window"] == 3
        assert jpeg_size(base64.b64decode(kept["picture_jpeg_base64"]))
        assert [line["text"] for line in data["chat"]] == ["Is the clock right?"]
        assert "only Bert's" not in answer.body.decode()
    exam.end()
    assert exam.request("GET", f"/students/{ada.id}/data", token=ada.token).status == 200, "after the end, too"


def test_students_have_their_own_and_nothing_else_also_when_the_exam_is_over(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    bert = exam.student("Bert")
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(absent())
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    for is_over in (False, True):
        if is_over:
            exam.end()
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/report"), ("DELETE", "/data"),
                             ("GET", f"/students/{ada.id}/data")):
            answer = exam.request(method, path, token=bert.token)
            assert (answer.status, answer.code) == (403, "wrong_role"), (is_over, method, path)
        picture = f"/alerts/{alert['alert_id']}.jpg"
        assert [exam.request("GET", picture, token=one.token).status for one in (ada, bert)] == [200, 404]
        assert exam.request("GET", f"/students/{bert.id}/data", token=bert.token).status == 200
    assert exam.request("GET", "/report").status == 200


def test_hands_are_lowered_by_teachers_and_stay_down(exam, teacher):
    ada = exam.student("Ada").start("image/jpeg", face())
    assert ada.expect("hand")["up"] is False
    ada.send("hand", up=True)
    line = teacher.expect_participant(ada, lambda line: line["hand"])
    assert line["hand_since"].endswith("Z")
    since = ada.mark
    teacher.send("lower_hand", student=ada.id)
    assert ada.expect("hand", since)["up"] is False
    assert exam.journal("hand_down")["fields"]["by"] == "Grace Hopper"
    wait_until(lambda: not exam.describe()["participants"][1]["hand"], "the hand is down")
