"""Long answers that nobody reads, and who waits because of them."""
import socket
import urllib.parse

import pytest
from clients import Exam, wait_until
from support.journal import Journal
from support.server import Server


@pytest.fixture
def long(tmp_path):
    """An exam whose journal is larger than any client's receive window."""
    server = Server(tmp_path)
    exam = Exam(server.url)
    exam.students = [exam.join(f"Student {n}") for n in range(20)]
    assert server.stop() == 0
    with Journal(tmp_path, exam.code) as journal:
        for person in exam.students:
            for number in range(2000):
                journal.chat(number, person["participant_id"], "Ada", f"line {number} " + "c" * 1000)
    server = Server(tmp_path)
    exam.url = server.url
    yield exam
    server.stop()


def data(exam, person):
    return exam.request("GET", f"/students/{person['participant_id']}/data", token=person["token"])


def asks_and_takes_nothing(exam, person):
    """A connection on which one's own data were requested, and their first bytes have arrived."""
    address = urllib.parse.urlsplit(exam.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect((address.hostname, address.port))
    connection.sendall(
        f"GET {exam.path}/students/{person['participant_id']}/data HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {person['token']}\r\n\r\n".encode())
    return connection, int(connection.recv(12).split()[1])


def test_nobody_has_more_than_one_and_teachers_are_not_kept_out(long):
    held = []
    for person in long.students:
        connection, status = asks_and_takes_nothing(long, person)
        held.append((connection, status, person))
    first = long.students[0]
    assert held[0][1] == 200
    refused = data(long, first)
    assert (refused.status, refused.code) == (429, "answer_pending") and int(refused.headers["retry-after"]) > 0
    assert "still on its way" in refused.json["detail"]
    # Students together have their share, and no more.
    assert [status for _, status, _ in held].count(200) == 16
    assert long.request("GET", "/report?format=csv").status == 200
    assert long.request("GET", "/events").status == 200
    for connection, _, _ in held:
        connection.close()
    wait_until(lambda: data(long, first).status == 200, "the place of who hung up is free")
    # And from the one who has read everything, at once.
    for _ in range(3):
        assert data(long, first).status == 200
