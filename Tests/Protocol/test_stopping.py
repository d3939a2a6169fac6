"""SIGTERM while people read stored data, or have them erased: everybody gets an answer, and the server is gone in five seconds."""
import concurrent.futures
import http.client
import time

from clients import Exam, request
from support.journal import Journal
from support.server import Server

# More than two threads can read in the time that a stopping server allows.
ALERTS = 60_000


def ask(server, method, path, token):
    """The answer, after how long, and whether it was complete."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        try:
            body, is_whole = answer.read(), True
        except http.client.IncompleteRead as part:
            body, is_whole = part.partial, False
        return answer.status, body, is_whole, answer.headers.get("Retry-After"), time.monotonic()
    finally:
        connection.close()


def test_who_reads_or_erases_when_the_server_ends_gets_an_answer(tmp_path):
    server = Server(tmp_path / "data")
    exam, other = Exam(server.url), Exam(server.url)
    teachers = [exam.teacher_token, *(exam.join(name, "teacher", teacher_key=exam.key)["token"] for name in ("Alan", "Kurt"))]
    students = [exam.join(f"Student {n}") for n in range(4)]
    server.process.kill()
    server.process.wait()
    with Journal(server.data, exam.code) as journal:
        for number in range(ALERTS):
            # Of many students: reading or writing one is not interrupted.
            journal.alert(number, f"p{number % 600}", f"Student {number % 600}", note="x" * 100)
    server = Server(server.data)
    reports = [("GET", f"{exam.path}/report?format=json", token) for token in teachers for _ in range(2)]
    waiting = [("GET", f"{exam.path}/students/{s['participant_id']}/data", s["token"]) for s in students]
    waiting += [("GET", f"{exam.path}/events", token) for token in teachers]
    waiting.append(("DELETE", f"{other.path}/data", other.teacher_token))
    with concurrent.futures.ThreadPoolExecutor(len(reports + waiting)) as pool:
        answers = [pool.submit(ask, server, *question) for question in reports]
        # This many are open besides the one that asks; and the reports are first in line.
        wait_for_connections(server, len(reports))
        answers += [pool.submit(ask, server, *question) for question in waiting]
        wait_for_connections(server, len(reports + waiting))
        assert not any(answer.done() for answer in answers), "the history is not big enough"
        began = time.monotonic()
        assert server.stop() == 0
        took = time.monotonic() - began
        answers = [answer.result() for answer in answers]
    assert took < 5.5, took
    refused = [answer for answer in answers if answer[0] == 503]
    # All except those being served by the two threads at that moment, and those at once.
    assert len(refused) >= len(answers) - 2
    assert all(b'"stopping"' in body and whole and wait for _, body, whole, wait, _ in refused)
    assert sum(at - began < 1.5 for *_, at in refused) >= len(answers) - 2
    assert all(status in (200, 503) for status, *_ in answers)
    assert "not everything ended in time" not in "\n".join(server.log_lines)
    # The store was closed, not just left: there are no other files beside the database that would have to be recovered.
    assert not (server.data / "exam.sqlite-wal").exists()
    # Nothing is lost, and what was not erased can be.
    server = Server(server.data)
    try:
        assert request(server.url, "DELETE", f"{other.path}/data", token=other.teacher_token).status == 200
        assert request(server.url, "GET", exam.path, token=exam.teacher_token).status == 200
    finally:
        server.stop()


def wait_for_connections(server, count):
    while server.metrics()["exam_connections"] <= count:
        time.sleep(0.01)
    request(server.url, "GET", "/healthz")
