"""Texts of only combining marks, wherever text is accepted: sorting them takes time that grows with the square of their number."""
import contextlib
import json
import os
import socket
import urllib.parse

import pytest
from clients import PATIENCE, request

# Out of canonical order, so that all of them have to be moved.
MARKS = "a" + "\u0300" * 30_000 + "\u0316" * 30_000
FEW = "a" + "\u0300" * 1_500 + "\u0316" * 1_500


def cpu_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def cheap(server):
    """What a test makes the server do takes next to no time."""
    before = cpu_seconds(server)
    yield
    took = cpu_seconds(server) - before
    assert took < 1, f"{took:.1f} s"


def raw(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


def test_in_the_body_of_a_request(exam, cheap):
    bodies = [
        raw(name=MARKS, role="student"), json.dumps({"name": MARKS[::2], "role": "student"}).encode(),
        raw(**{MARKS: 1, "name": "Ada", "role": "student"}),
        json.dumps({MARKS[::2]: 1, "name": "Ada", "role": "student"}).encode(),
        json.dumps({MARKS: 1, "name": "Ada", "role": "student"}, ensure_ascii=False).encode("utf-16-le"),
        json.dumps({MARKS[::2]: 1, "name": "Ada", "role": "student"}, ensure_ascii=False).encode("utf-32")]
    for path in ("/api/sessions", f"{exam.path}/participants"):
        for body in bodies:
            answer = request(exam.url, "POST", path, body, headers={"Content-Type": "application/json"})
            # The long ones exceed the limit of a body.
            assert answer.status in (400, 413), (path, body[:60])


def test_in_the_head_of_a_request(exam, cheap):
    # As many as fit into a head, twice.
    marks = urllib.parse.quote("a" + "\u0300" * 600 + "\u0316" * 600)
    assert request(exam.url, "GET", f"/{marks}").status == 400
    assert request(exam.url, "GET", f"/healthz?{marks}=1&x={marks}").status == 200
    for name in ("Origin", "Cookie", "X-Forwarded-For", "Accept"):
        assert request(exam.url, "GET", "/healthz", headers={name: FEW.encode()}).status == 200
    assert request(exam.url, "GET", exam.path, headers={"Authorization": b"Bearer " + FEW.encode()}).status == 401


@pytest.mark.parametrize("head", [
    "{marks} / HTTP/1.1", "GET /{marks} HTTP/1.1", "GET /healthz?{marks} HTTP/1.1", "GET /healthz?a={marks}&{marks} HTTP/1.1",
    "GET /healthz HTTP/1.1\r\n{marks}: a", "GET /healthz HTTP/1.1\r\nX: {marks}\r\nX: {marks}"])
@pytest.mark.parametrize("marks", [FEW, MARKS], ids=["few", "many"])
def test_as_they_are_in_the_head_of_a_request(exam, cheap, head, marks):
    parts = urllib.parse.urlsplit(exam.url)
    for _ in range(10):
        with socket.create_connection((parts.hostname, parts.port), PATIENCE) as client, contextlib.suppress(OSError):
            client.sendall((head.format(marks=marks) + "\r\nHost: localhost\r\nConnection: close\r\n\r\n").encode())
            while client.recv(65536):
                pass


def test_in_a_message(exam, cheap):
    for text in (raw(**{MARKS: 1, "type": "hello"}).decode(), json.dumps({"type": "hand", "up": True, MARKS[::2]: 1})):
        ada = exam.student("Ada")
        ada.hello("image/jpeg")
        ada.raw(text)
        ada.expect("error", code="bad_message")
    # What people write for fun is not an attack.
    ada.send("chat", text="Z" + "\u0300\u0316" * 40 + "algo")
    ada.expect("chat", text="Z" + "\u0300\u0316" * 40 + "algo")
