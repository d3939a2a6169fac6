"""An exam keeps only so much of what people write, and what matters beyond that."""
import time

from clients import Exam, Teacher
from support.server import Server

SMALL = {"EXAM_MONITORING_MAXIMUM_JOURNAL_MEGABYTES": "0.15"}


def test_a_full_exam_refuses_what_is_written_and_keeps_what_matters(tmp_path):
    server = Server(tmp_path / "data", environment=SMALL)
    try:
        exam = Exam(server.url)
        teacher, ada = exam.teacher(), exam.student("Ada")
        ada.hello("image/jpeg")
        ada.send("status", camera="denied")
        alert = teacher.expect_alert(ada, "camera_off", "confirmed")["alert_id"]
        for number in range(60):
            teacher.send("chat", to="teachers", text=f"{number} " + "x" * 1900)
            teacher.expect("chat", text=f"{number} " + "x" * 1900)
            if teacher.find("notice", code="quota"):
                break
            if number > 15:
                time.sleep(0.3)  # usage is checked several times a second
        # There is a warning while there is space left, also for those who join then.
        teacher.expect("notice", code="quota", state="nearly_full")
        exam.colleague().expect("notice", code="quota", state="nearly_full")
        assert not teacher.find("error")
        mark = teacher.mark
        for number in range(60):
            teacher.send("chat", to="teachers", text=f"{number} " + "x" * 1900)
        teacher.expect("error", code="quota")
        teacher.expect("notice", since=mark, code="quota", state="full")
        for message in ({"type": "chat", "text": "may I?"}, {"type": "note", "alert_id": alert, "text": "sorry"}):
            mark = ada.mark
            ada.send(**message)
            ada.expect("error", since=mark, code="quota")
        mark = teacher.mark
        teacher.send("acknowledge", alert_id=alert, note="seen")
        teacher.expect("error", since=mark, code="quota")
        mark = teacher.mark
        teacher.send("loosen", student=ada.id, kind="page_hidden", factor=3, reason="reader")
        teacher.expect("error", since=mark, code="quota")
        teacher.send("acknowledge", alert_id=alert)
        teacher.expect("alert", since=mark, alert_id=alert)
        exam.student("Alan")
        assert exam.journal("joined")["name"] == "Alan"

        # After a restart it is as full as before, and those who join are told.
        server.process.kill()
        server.process.wait()
        server = Server(server.data, environment=SMALL)
        exam.url = server.url
        again = Teacher(exam, teacher.token, teacher.id)
        again.expect("notice", code="quota", state="full")
        again.send("chat", to="teachers", text="still?")
        again.expect("error", code="quota")
    finally:
        server.stop()
