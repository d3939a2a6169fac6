"""Pictures of alerts are limited in number and bytes; beyond that alerts continue and say why they have none."""
from clients import Exam, Teacher, wait_until
from media import face
from support.server import Server

# Every time a page is hidden is an alert of its own, at once.
AT_ONCE = {
    "EXAM_MONITORING_ALERTS_PAGE_HIDDEN_WINDOW": "0",
    "EXAM_MONITORING_ALERTS_PAGE_HIDDEN_COOLDOWN": "0",
}


def come(exam, teacher, name, joined=None):
    """A student whom the teacher watches: an immediate alert has a picture only if somebody watches."""
    student = exam.student(name, joined).start("image/jpeg", face())
    student.expect("check", state="ok", faces=1)
    teacher.watch().expect_tiles(student, 1)
    return student


def hide(student, teacher):
    """An alert, and its end."""
    since = teacher.mark
    student.send("status", page="hidden")
    alert = teacher.expect_alert(student, "page_hidden", "confirmed", since)
    student.send("status", page="visible")
    teacher.expect_alert(student, "page_hidden", "cleared", since, alert_id=alert["alert_id"])
    assert ("picture" in alert) == (alert["picture_state"] == "kept"), alert
    return alert


def hide_until(state, student, teacher):
    alerts = []
    while (alert := hide(student, teacher))["picture_state"] != state:
        assert alert["picture_state"] == "kept" and len(alerts) < 50, alert
        alerts.append(alert)
    return alerts, alert


def size(server, code=""):
    return sum(file.stat().st_size for file in (server.data / "pictures" / code).rglob("*") if file.is_file())


def warnings(server, words):
    return [line for line in server.log_lines if " warning " in line and words in line]


def test_an_exam_whose_room_is_used_up_goes_on_and_no_other_suffers(tmp_path):
    environment = AT_ONCE | {"EXAM_MONITORING_MAXIMUM_EXAM_PICTURE_MEGABYTES": "0.1"}
    server = Server(tmp_path / "data", environment=environment)
    try:
        exam = Exam(server.url)
        teacher = exam.teacher()
        ada, other = come(exam, teacher, "Ada"), Exam(server.url)
        kept, refused = hide_until("exam_full", ada, teacher)
        assert len(kept) >= 2 and 80_000 < size(server, exam.code) <= 100_000
        assert full(teacher) == "exam"
        # The student is told the same, and so are those who look later.
        assert ada.expect("alert", alert_id=refused["alert_id"])["picture_state"] == "exam_full"
        hide(come(exam, teacher, "Alan"), teacher)
        assert len(warnings(server, f"pictures of session {exam.code} is used up")) == 1
        report = exam.request("GET", "/report?format=json").json
        states = [a["picture_state"] for s in report["students"] for a in s["alerts"]]
        assert states.count("exam_full") == 2 and states.count("kept") == len(kept)
        assert "exam’s pictures was used up" in exam.request("GET", "/report").body.decode()
        assert '"exam_full"' in exam.request("GET", "/report?format=csv").body.decode()
        # Everything else continues, here and in another exam.
        teacher.send("chat", to="all", text="go on")
        ada.expect("chat", text="go on")
        visitor = other.teacher()
        assert hide(come(other, visitor, "Bert"), visitor)["picture_state"] == "kept"
        assert not visitor.find("notice", code="pictures")
        assert exam.request("GET", kept[0]["picture"].removeprefix(exam.path)).status == 200

        # After a restart the existing pictures are counted again.
        server.process.kill()
        server.process.wait()
        server = Server(server.data, environment=environment)
        exam.url = server.url
        again = Teacher(exam, teacher.token, teacher.id)
        again.expect("notice", code="pictures", room="exam")
        back = come(exam, again, "Ada", ada.joined)
        assert hide(back, again)["picture_state"] == "exam_full" and size(server, exam.code) <= 100_000
    finally:
        server.stop()


def full(teacher):
    return wait_until(
        lambda: [m["room"] for m in teacher.find("notice", code="pictures", state="full")],
        "told that the room is used up")[0]


def test_one_student_cannot_use_up_the_room_of_the_exam(tmp_path):
    server = Server(tmp_path / "data", environment=AT_ONCE | {"EXAM_MONITORING_MAXIMUM_EXAM_PICTURES": "30"})
    try:
        exam = Exam(server.url)
        teacher = exam.teacher()
        ada, alan = come(exam, teacher, "Ada"), come(exam, teacher, "Alan")
        kept, _ = hide_until("student_full", ada, teacher)
        assert len(kept) == 3
        hide(ada, teacher)
        assert hide(alan, teacher)["picture_state"] == "kept"
        assert len(warnings(server, ada.id)) == 1
        assert not teacher.find("notice", code="pictures")
    finally:
        server.stop()


def test_the_room_of_all_exams_and_how_erasing_one_makes_room(tmp_path):
    server = Server(tmp_path / "data", environment=AT_ONCE | {"EXAM_MONITORING_MAXIMUM_PICTURES": "5"})
    try:
        first, second = Exam(server.url), Exam(server.url)
        teacher, other = first.teacher(), second.teacher()
        ada = come(first, teacher, "Ada")
        for _ in range(4):
            assert hide(ada, teacher)["picture_state"] == "kept"
        # Teachers are warned too whose own exam has none.
        other.expect("notice", code="pictures", state="nearly_full", room="server")
        kept, _ = hide_until("server_full", ada, teacher)
        assert len(kept) == 1
        bert = come(second, other, "Bert")
        assert hide(bert, other)["picture_state"] == "server_full"
        assert len(list((server.data / "pictures").rglob("*.jpg"))) == 5
        for one in (teacher, other):
            assert full(one) == "server"
        assert len(warnings(server, "pictures of all sessions is used up")) == 1
        mark = other.mark
        assert first.request("DELETE", "/data").json["pictures"] == 5
        wait_until(lambda: [m for m in other.find("notice", mark, code="pictures") if "state" not in m], "room again")
        assert hide(bert, other)["picture_state"] == "kept"
    finally:
        server.stop()
