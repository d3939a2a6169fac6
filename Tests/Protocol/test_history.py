"""However long an exam was, people who come back get in; older things are sent on request."""
import json
import socket

import pytest
from clients import PATIENCE, SUBPROTOCOL, Exam
from support.journal import Journal
from support.server import Server

ALERTS, LINES, OPEN = 5000, 10_000, 40
QUEUE = 8 * 1024 * 1024  # bytes that may wait for a socket before it is closed


@pytest.fixture(scope="module")
def long_exam(tmp_path_factory):
    """5,000 alerts with long notes and 10,000 lines of chat: more than ever fits into the outgoing queue."""
    data = tmp_path_factory.mktemp("long")
    server = Server(data)
    exam = Exam(server.url)
    ada, bert = exam.join("Ada"), exam.join("Bert")
    assert server.stop() == 0
    with Journal(data, exam.code) as journal:
        for number in range(ALERTS):
            journal.alert(number, ada["participant_id"] if number % 2 else bert["participant_id"], "Ada", "n" * 2000)
        for number in range(OPEN):
            journal.alert(ALERTS + number, ada["participant_id"], "Ada", "n" * 2000, open=True)
        for number in range(LINES):
            journal.chat(number, ada["participant_id"], "Ada", f"line {number} " + "c" * 250)
    server = Server(data)
    exam.url, exam.ada, exam.bert = server.url, ada, bert
    yield exam
    exam.leave()
    server.stop()


def bytes_of(messages):
    return sum(len(str(message)) for message in messages)


def older(client, of, since):
    """The page that follows the last marker."""
    before = client.find("history", of=of)[-1]["before"]
    client.send("history", of=of, before=before)
    return client.expect("history", since, of=of)


def test_a_teacher_gets_in_and_is_told_first_what_stands(long_exam):
    for _ in range(3):
        teacher = long_exam.teacher()
        teacher.expect("history", of="chat")
        teacher.expect("history", of="alerts")
        kinds = [m["type"] for m in teacher.messages]
        assert kinds[:2] == ["welcome", "roster"]
        alerts = teacher.find("alert")
        assert [a["state"] for a in alerts[:OPEN]] == ["confirmed"] * OPEN
        closed = [int(a["alert_id"][1:]) for a in alerts[OPEN:]]
        # A page also ends at a number of bytes of text.
        assert 20 < len(closed) <= 100 and closed == list(range(ALERTS - len(closed), ALERTS))
        numbers = [m["number"] for m in teacher.find("chat")]
        assert numbers == list(range(LINES - 99, LINES + 1))
        assert all(m["history"] for m in teacher.find("chat"))
        assert bytes_of(teacher.messages) < QUEUE / 8
        teacher.close()


def test_all_of_it_can_be_asked_for(long_exam):
    teacher = long_exam.teacher()
    teacher.expect("history", of="alerts")
    while "before" in (mark := teacher.find("history", of="alerts")[-1]):
        older(teacher, "alerts", teacher.mark)
    assert len({a["alert_id"] for a in teacher.find("alert")}) == len(teacher.find("alert")) == ALERTS + OPEN
    while "before" in (mark := teacher.find("history", of="chat")[-1]):
        older(teacher, "chat", teacher.mark)
    numbers = sorted(m["number"] for m in teacher.find("chat"))
    assert numbers == list(range(1, LINES + 1)) and "forgotten" not in mark
    assert bytes_of(teacher.messages) > QUEUE
    teacher.close()


def test_what_is_said_meanwhile_has_its_place(long_exam):
    teacher = long_exam.teacher()
    teacher.expect("history", of="chat")
    teacher.send("history", of="chat", before=LINES - 50)
    teacher.send("chat", to="teachers", text="now")
    live = teacher.expect("chat", text="now")
    assert "history" not in live and live["number"] > LINES
    teacher.close()


def test_numbers_that_nobody_gave_are_harmless(long_exam):
    teacher = long_exam.teacher()
    teacher.expect("history", of="chat")
    for of in ("chat", "alerts"):
        for before in (0, -5, -2 ** 63, 2 ** 63 - 1):
            since = teacher.mark
            teacher.send("history", of=of, before=before)
            mark = teacher.expect("history", since, of=of)
            assert ("before" in mark) == (before > 0)
    since = teacher.mark
    teacher.send("history", of="secrets")
    teacher.expect("error", since, code="bad_message")
    teacher.close()


class Sleeper:
    """A raw teacher's socket, from which nothing is read until requested."""

    def __init__(self, exam):
        host, port = exam.url.removeprefix("http://").split(":")
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((host, int(port)))
        self.socket.sendall(
            f"GET {exam.path}/socket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}, token.{exam.teacher_token}\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")
        assert b" 101 " in self.file.readline()
        while self.file.readline() != b"\r\n":
            pass

    def send(self, **fields):
        payload = json.dumps(fields).encode()
        assert len(payload) < 126
        self.socket.sendall(bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload)

    def next(self):
        """The next text message, or the server's close code."""
        while True:
            kind, length = self.file.read(2)
            if length >= 126:
                length = int.from_bytes(self.file.read(2 if length == 126 else 8), "big")
            payload = self.file.read(length)
            if kind == 0x81:
                return json.loads(payload)
            if kind == 0x88:
                return int.from_bytes(payload[:2], "big")


def test_who_does_not_read_is_told_no_more_than_fits(long_exam):
    """A client that asks again and again without reading makes the server hold one more page, and gets an answer to each."""
    ada = long_exam.student("Ada", long_exam.ada)
    ada.hello("image/jpeg")
    ada.expect("history", of="alerts")
    sleeper = Sleeper(long_exam)
    requests = 120  # pages that exceed the queue together
    for _ in range(requests):
        sleeper.send(type="history", of="alerts", before=4000)
    # Everything was sent to a student once before it was processed.
    sleeper.send(type="chat", to=ada.id, text="done")
    ada.expect("chat", text="done")
    pages, refused = 0, 0
    while pages + refused < requests + 1:
        message = sleeper.next()
        assert isinstance(message, dict), f"closed with {message} after {pages} pages and {refused} refusals"
        pages += message["type"] == "history" and message["of"] == "alerts"
        refused += message["type"] == "error" and "still on its way" in message["detail"]
    assert pages > 1 and refused > 1
    sleeper.socket.close()
    ada.close()


def test_a_student_gets_in_too(long_exam):
    bert = long_exam.student("Bert", long_exam.bert)
    bert.hello("image/jpeg")
    bert.expect("history", of="alerts")
    assert {a["student"] for a in bert.find("alert")} == {bert.id} and len(bert.find("alert")) <= 100
    older(bert, "alerts", bert.mark)
    ids = [a["alert_id"] for a in bert.find("alert")]
    assert len(set(ids)) == len(ids) and all(int(i[1:]) % 2 == 0 for i in ids)
    # Bert does not get what Ada wrote.
    assert not bert.find("chat") and "before" not in bert.expect("history", of="chat")
    bert.close()
    ada = long_exam.student("Ada", long_exam.ada)
    ada.hello("image/jpeg")
    ada.expect("history", of="alerts")
    assert len(ada.find("alert", state="confirmed")) == OPEN
    assert [m["number"] for m in ada.find("chat")] == list(range(LINES - 99, LINES + 1)) or len(ada.find("chat")) == 100
    ada.close()


def test_the_description_is_paged(long_exam):
    seen, path = [], ""
    while True:
        answer = long_exam.request("GET", path).json
        assert bytes_of([answer]) < QUEUE / 8
        seen += [a["alert_id"] for a in answer["alerts"]]
        if "alerts_before" not in answer:
            break
        path = f"?alerts_before={answer['alerts_before']}"
    assert len(seen) == len(set(seen)) == ALERTS + OPEN
