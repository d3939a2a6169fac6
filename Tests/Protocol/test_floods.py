"""Sockets that send more than allowed: they are closed with 1008 and a reason, and nobody else notices."""
import json
import os
import socket
import statistics
import struct
import time

import pytest
from clients import frame, wait_until
from media import face


def wire(opcode, payload=b"", final=True):
    """One frame of a client as it goes over the wire; the mask is zero."""
    size = len(payload)
    length = struct.pack(">B", 0x80 | size) if size < 126 else struct.pack(">BH", 0x80 | 126, size) if size < 65536 \
        else struct.pack(">BQ", 0x80 | 127, size)
    return bytes([opcode | (0x80 if final else 0)]) + length + bytes(4) + payload


def text(**fields):
    return wire(1, json.dumps(fields).encode())


PICTURE = frame(face()[0][0], key=True)
# What is sent first, what is sent repeatedly, and a part of the reason.
FLOODS = {
    "pings": (b"", wire(9), "pings"),
    "long pings": (b"", wire(9, bytes(125)), "pings"),
    "pongs": (b"", wire(10), "pings"),
    "pings between pieces": (wire(2, b"\1", final=False), wire(9), "pings"),
    "tiny messages": (b"", wire(2, b"\1"), "binary"),
    "empty messages": (b"", wire(2), "binary"),
    "small frames": (b"", wire(2, frame(b"x", key=True)), "window"),
    "pictures": (b"", wire(2, PICTURE), "window|binary"),
    "large messages": (b"", wire(2, bytes(200_000)), "binary"),
    "empty pieces": (wire(2, b"\1", final=False), wire(0, final=False), "frames"),
    "tiny pieces": (wire(1, b"x", final=False), wire(0, b"x", final=False), "frames"),
    "hands": (b"", text(type="hand", up=True), "text"),
    "statuses": (b"", text(type="status", page="hidden"), "text"),
    "chats": (b"", text(type="chat", text="x" * 2000), "text"),
    "hellos": (b"", text(type="hello", media="image/jpeg"), "text"),
    "texts that are no messages": (b"", wire(1, b"[" * 1000), "text"),
    "large texts": (b"", wire(1, b"[" * 100_000), "text"),
}
TEACHERS_FLOODS = {
    "pings": (b"", wire(9), "pings"),
    "acknowledgements": (b"", text(type="ack", frames=1), "text"),
    "watches": (b"", text(type="watch", view="tile", students="all"), "text"),
    "pictures": (b"", wire(2, PICTURE), "binary"),
}


def flood(client, beginning, piece, seconds=20):
    """Sends as fast as the server takes it, until it closes."""
    many = piece * max(1, 60_000 // len(piece))
    end = time.monotonic() + seconds
    try:
        client.socket.socket.sendall(beginning)
        while not client.closed.is_set():
            assert time.monotonic() < end, "still not closed"
            client.socket.socket.sendall(many)
    except OSError:
        pass


def check(flooder, kind, exam, teacher, neighbour, server):
    beginning, piece, word = kind
    memory, seen = server.resident_megabytes, len(teacher.pictures)
    flood(flooder, beginning, piece)
    assert flooder.expect_close() == 1008
    reason = flooder.socket.protocol.close_reason
    assert any(part in reason for part in word.split("|")), reason
    teacher.expect_tiles(neighbour, 4)
    ages = [p.at - p.captured / 1e6 for p in teacher.tiles(neighbour, seen)]
    print(f"tiles of a neighbour: median {statistics.median(ages) * 1000:.0f} ms, at most {max(ages) * 1000:.0f} ms: {reason}")
    assert statistics.median(ages) < 0.3, ages
    assert server.resident_megabytes < memory + 60
    wait_until(lambda: any(reason in line for line in server.log_lines[-200:]), "a line in the log that names the budget")


@pytest.mark.parametrize("kind", FLOODS)
def test_a_student_who_floods_is_closed(exam, teacher, neighbour, server, kind):
    flooder = exam.student(f"Flood {kind}")
    flooder.hello("image/jpeg")
    check(flooder, FLOODS[kind], exam, teacher, neighbour, server)
    # A client that behaves again is let in again.
    back = exam.student(flooder.name, flooder.joined).start("image/jpeg", face())
    teacher.expect_tiles(back, 1)


@pytest.mark.parametrize("kind", TEACHERS_FLOODS)
def test_a_teacher_who_floods_is_closed(exam, teacher, neighbour, server, kind):
    check(exam.colleague(), TEACHERS_FLOODS[kind], exam, teacher, neighbour, server)


def test_the_most_that_pages_send_is_no_flood(exam, teacher, neighbour):
    """Thirty pictures a second, 2 MB in all, and a teacher who acknowledges each of many tiles by itself."""
    busy = exam.student("Busy")
    busy.hello("image/jpeg")
    padded = face()[0][0] + os.urandom(60_000)
    busy.start("image/jpeg", [(padded, True)], rate=30)
    colleague = exam.colleague().watch()
    for second in range(4):
        for _ in range(500):
            colleague.send("ack", frames=1)
        colleague.expect_tiles(neighbour, 3)
    assert busy.sequence > 60
    for client in (busy, colleague):
        assert not client.closed.is_set(), client.close_code


def test_what_many_send_at_once_keeps_nobody_waiting(exam, teacher, neighbour, server):
    """Each sends no more than one student may, all at the same moment."""
    students = [exam.student(f"Student {number}") for number in range(40)]
    note = text(type="note", alert_id="\1" * 290, text="x", id=1)
    for student in students:
        student.hello("image/jpeg")
        student.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    memory, seen = server.resident_megabytes, len(teacher.pictures)
    began = time.monotonic()
    for student in students:
        student.socket.socket.sendall(note * 300)
    teacher.expect_tiles(neighbour, 10)
    ages = [p.at - p.captured / 1e6 for p in teacher.tiles(neighbour, seen)]
    print(f"tiles of a neighbour: at most {max(ages) * 1000:.0f} ms")
    # All of it is several seconds of work for the thread that does everything.
    assert max(ages) < 1.5, ages
    for student in students:
        student.expect("error", code="bad_note")
    # Fifty are answered individually; of the others one a second.
    wait_until(lambda: server.metrics()["exam_websocket_received_bytes_total"] > 40 * 300 * len(note) * 0.9, "all is dealt with")
    passed = time.monotonic() - began
    answers = max(len(student.find("error")) for student in students)
    assert answers <= 50 + 12 * (passed + 1), answers
    assert server.resident_megabytes < memory + 60
    assert not any(student.closed.is_set() for student in students)
