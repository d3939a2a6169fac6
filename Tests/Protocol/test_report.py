"""The report of an exam, over the wire and from the command line."""
import json

from clients import Exam, request
from media import absent, face
from support.server import run


def an_exam(exam, teacher):
    ada = exam.student("Ada <b>").start("image/jpeg", face())
    ada.expect("check", state="ok", faces=1)
    ada.upload.play(absent())
    alert = teacher.expect_alert(ada, "face_missing", "confirmed")
    ada.send("note", alert_id=alert["alert_id"], text="I bent down")
    teacher.expect("alert", student_note="I bent down")
    return ada, alert


def test_the_report_as_a_page_and_as_data(exam, teacher):
    ada, alert = an_exam(exam, teacher)
    page = exam.request("GET", "/report")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    text = page.body.decode()
    assert "Ada &lt;b&gt;" in text and "I bent down" in text and "data:image/jpeg;base64," in text
    assert "<script" not in text and "Ada <b>" not in text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    data = exam.request("GET", "/report?format=json").json
    assert alert["alert_id"] in json.dumps(data)
    csv = exam.request("GET", "/report?format=csv")
    assert csv.headers["content-type"].startswith("text/csv") and "I bent down" in csv.body.decode()

    assert (exam.request("GET", "/report?format=pdf").status, exam.request("GET", "/report?format=pdf").code) == (
        400, "bad_request")
    for zone, words in (("Etc/GMT+5", "Etc/GMT+5 (UTC−05:00)"), ("Etc/GMT%2B5", "Etc/GMT+5 (UTC−05:00)"),
                        ("Japan", "Japan (UTC+09:00)"), ("Asia%2FCalcutta", "Asia/Calcutta (UTC+05:30)")):
        assert words in exam.request("GET", f"/report?time_zone={zone}").body.decode()
    assert "+09:00" in exam.request("GET", "/report?format=csv&time_zone=Japan").body.decode()
    for zone in ("Mars", "IST", "", "..%2F..%2Fetc%2Fpasswd", "Europe/" * 200):
        refused = exam.request("GET", f"/report?time_zone={zone}")
        assert refused.status == 400 and "such as Europe/Berlin" in refused.json["detail"]
    assert exam.request("GET", "/report", token=ada.token).code == "wrong_role"
    exam.end()
    after = exam.request("GET", "/report")
    assert after.status == 200 and "I bent down" in after.body.decode()


def test_the_command_beside_a_running_server(exam, teacher, server, tmp_path):
    _, alert = an_exam(exam, teacher)
    code, output = run("report", exam.code, "--data-dir", server.data, "--format", "json")
    assert code == 0 and alert["alert_id"] in output and "not finished" in output
    page = tmp_path / "report.html"
    code, output = run("report", exam.code, "--data-dir", server.data, "--output", page)
    assert code == 0 and "I bent down" in page.read_text()

    picture = server.data / "pictures" / exam.code / f"{alert['alert_id']}.jpg"
    picture.unlink()
    code, output = run("report", exam.code, "--data-dir", server.data, "--output", page)
    assert code == 0 and alert["alert_id"] in output and "picture" in output
    assert "I bent down" in page.read_text()
    missing = exam.request("GET", f"/alerts/{alert['alert_id']}.jpg")
    assert (missing.status, missing.code) == (404, "picture_missing")
    kept, = exam.request("GET", f"/students/{alert['student']}/data").json["alerts"]
    assert kept["picture_state"] == "missing" and "picture_jpeg_base64" not in kept


def test_reports_of_what_is_not_there(server, tmp_path):
    other = Exam(server.url)
    wrong = f"{(int(other.code) + 1) % 1_000_000:06}"
    code, output = run("report", wrong, "--data-dir", server.data)
    assert code != 0 and wrong in output and str(server.data) in output and other.code in output
    assert run("report", "12", "--data-dir", server.data)[0] != 0
    code, output = run("report", other.code, "--data-dir", server.data, "--time-zone", "Berlin")
    assert code != 0 and "“Berlin”" in output and "such as Europe/Berlin" in output
    code, output = run("report", other.code, "--data-dir", tmp_path / "nowhere")
    assert code != 0 and "nowhere" in output
    assert request(server.url, "GET", f"/api/sessions/{wrong}/report", token=other.teacher_token).status == 401
    other.leave()
