"""Testing one's own picture before the exam: judged like an upload, and never at the cost of an exam."""
import concurrent.futures
import time

from clients import Exam, request
from media import jpeg, resized_jpeg


def preview(exam, picture, source=None):
    return request(exam.url, "POST", f"{exam.path}/preview", picture, source=source)


def test_a_picture_is_refused_for_what_an_upload_is_refused_for(exam):
    good = jpeg()[0][0]
    assert preview(exam, good).json["faces"] == 1
    student = exam.student("Ada")
    student.hello("image/jpeg")
    for picture in (resized_jpeg(16000, 16000), resized_jpeg(1921, 16), good[:4000], b"GET / HTTP/1.1\r\n\r\n",
                    resized_jpeg(0, 240), b"\x89PNG\r\n\x1a\n" + good):
        since = student.mark
        time.sleep(1.1)  # at most one error per second and code is sent
        student.send_frame(picture, True)
        upload = student.expect("error", since, code="bad_frame")["detail"]
        answer = preview(exam, picture)
        assert answer.status == 422 and answer.code == "bad_picture"
        assert answer.json["detail"] == f"The picture could not be checked: {upload}"


def ask_often(*questions, threads=6):
    """Everybody asks at once; returns how many were let through, and how many are allowed in that time."""
    questions = iter(questions)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(lambda question: preview(*question), questions))
    busy = [answer for answer in answers if answer.status == 429]
    assert all(a.code == "busy" and int(a.headers["retry-after"]) >= 2 for a in busy)
    return len(answers) - len(busy), 40 + 10 * (time.monotonic() - began) + 1


def test_an_address_and_a_session_have_a_budget(server):
    """Distinguished from other addresses and sessions, which can still ask."""
    exams = [Exam(server.url) for _ in range(6)]
    tiny = resized_jpeg(0, 240)
    # One address in many sessions, and then many addresses in one session.
    passed, most = ask_often(*((exams[n % 5], tiny, "127.0.0.9") for n in range(250)))
    assert passed <= most
    assert preview(exams[0], tiny, "127.0.0.10").status == 422
    passed, most = ask_often(*((exams[5], tiny, f"127.0.2.{n % 50}") for n in range(250)))
    assert passed <= most
    assert preview(exams[1], tiny, "127.0.2.1").status == 422
    for exam in exams:
        exam.leave()


def test_few_are_looked_at_at_once(exam):
    """Within all budgets: those who come in addition are told to retry soon."""
    good = jpeg()[0][0]
    with concurrent.futures.ThreadPoolExecutor(39) as pool:
        answers = list(pool.map(lambda n: preview(exam, good, f"127.0.3.{n}"), range(1, 40)))
    assert {answer.status for answer in answers} == {200, 429}
    assert [a for a in answers if a.status == 429 and a.code == "busy" and a.headers["retry-after"] == "2"]
