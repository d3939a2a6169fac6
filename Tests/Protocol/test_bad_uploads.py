"""Uploads that cannot be used: the sender is told, the log has the sender's name, and nobody else notices."""
import contextlib
import random
import struct

import pytest
from clients import frame, wait_until
from media import CLIPS, absent, face, h264, jpeg, resized_jpeg, resized_vp8, resized_webm, vp8, vp9_webm, webm
from websockets.exceptions import ConnectionClosed

GROWTH = 60  # megabytes that the debug build of the server may keep of what one test sent


@pytest.fixture(autouse=True)
def flat_memory(server, neighbour):
    before = server.resident_megabytes
    yield
    wait_until(lambda: server.resident_megabytes < before + GROWTH,
               lambda: f"memory from {before} to {server.resident_megabytes} MB")


def expect_logged(server, student, *words):
    wait_until(
        lambda: [line for line in server.log_lines
                 if f'name="{student.name}"' in line and all(word in line for word in words)],
        lambda: f"{words} of {student.name} in the log: " + str([x for x in server.log_lines if student.name in x]))


BAD_MESSAGES = {
    "Short Header": ("image/jpeg", b"\1\0\0"),
    "Empty Message": ("image/jpeg", b""),
    "Header Only": ("video/x-vp8", frame(b"")),
    "Version Nought": ("video/x-vp8", frame(vp8()[0][0], key=True, version=0)),
    "Version Two": ("video/x-vp8", frame(vp8()[0][0], key=True, version=2)),
    "Huge JPEG": ("image/jpeg", frame(resized_jpeg(16000, 16000), key=True)),
    "Wide JPEG": ("image/jpeg", frame(resized_jpeg(1921, 16), key=True)),
    "Flat JPEG": ("image/jpeg", frame(resized_jpeg(0, 240), key=True)),
    "Huge VP8": ("video/x-vp8", frame(resized_vp8(16000, 16000), key=True)),
    "Half JPEG": ("image/jpeg", frame(jpeg()[0][0][:4000], key=True)),
    "Text As JPEG": ("image/jpeg", frame(b"GET / HTTP/1.1\r\n\r\n", key=True)),
}


def test_messages_that_are_no_frames(exam, teacher, server):
    students = {name: exam.student(name) for name in BAD_MESSAGES}
    for name, (media, message) in BAD_MESSAGES.items():
        students[name].hello(media)
        students[name].raw(message)
    for name, student in students.items():
        assert student.expect("error", code="bad_frame")["detail"]
        expect_logged(server, student, "upload_refused", "bad_frame")
    # A student who sent one bad message continues as if nothing had happened.
    for name in ("Half JPEG", "Huge VP8", "Version Two"):
        media = BAD_MESSAGES[name][0]
        students[name].start(media, CLIPS[media]())
        teacher.expect_tiles(students[name], 2)


def test_a_container_with_a_huge_picture(exam, teacher, server):
    student = exam.student("Huge WebM")
    student.hello("video/webm;codecs=vp8")
    data = resized_webm(16000, 16000)
    for at in range(0, len(data), 4000):
        student.send_frame(data[at:at + 4000])
    student.expect("restart")
    expect_logged(server, student, "16000x16000")
    # It is told to restart, and can.
    student.start("video/webm;codecs=vp8", webm(), loop=False)
    teacher.expect_tiles(student, 2)


def test_garbage_of_every_media_type_at_once(exam, teacher, server):
    noise = random.Random(1)
    students = {media: exam.student(f"Garbage {media}") for media in CLIPS}
    kinds = [  # how garbage may look: all of it, or after a good beginning
        lambda media: noise.randbytes(noise.randint(1, 2000)),
        lambda media: CLIPS[media]()[0][0][:noise.randint(8, 60)] + noise.randbytes(500),
    ]
    for media, student in students.items():
        student.start(media, [(noise.choice(kinds)(media), noise.random() < 0.3) for _ in range(200)], rate=100)
        student.upload.window = 24  # more than allowed, but less than what ends the connection
    for media, student in students.items():
        wait_until(lambda: student.sequence >= 300, f"garbage sent as {media}")
        wait_until(lambda: student.find("error") or student.find("restart"), f"{media}: told", timeout=8)
        student.upload.stop()
    for media, student in students.items():
        assert len(student.find("error")) < 25, f"{media}: told too often"
        expect_logged(server, student, "upload_refused")
    # All of them may start behaving.
    for media, student in students.items():
        student.start(media, CLIPS[media](), loop="webm" not in media)
    for student in students.values():
        teacher.expect_tiles(student, 1)


def test_streams_cut_anywhere(exam, server):
    noise = random.Random(2)
    vp9_webm(), h264()
    students = []
    for number in range(15):
        media = list(CLIPS)[number % len(CLIPS)]
        student = exam.student(f"Cut {number:02}")
        student.hello(media)
        data = CLIPS[media]()
        for payload, key in data[:noise.randint(0, 8)]:
            student.send_frame(payload, key)
        if number % 3 == 0:  # in the middle of a message of the container
            payload = data[0][0]
            student.send_frame(payload[:noise.randint(1, len(payload) - 1)], True)
        if number % 3 == 1:  # in the middle of a WebSocket frame
            student.socket.socket.sendall(struct.pack(">BBHI", 0x82, 0x80 | 126, 5000, 0) + b"\1" * noise.randint(0, 900))
        student.reset()
        students.append(student)
    for student in students:
        expect_logged(server, student, "disconnected")
    wait_until(lambda: all(p["state"] == "left" for p in exam.describe()["participants"] if p["name"].startswith("Cut")),
               "all of them have left")


def test_messages_that_are_too_large(exam, server):
    whole, parts, text = exam.student("Large Whole"), exam.student("Large Parts"), exam.student("Large Text")
    for student in (whole, parts, text):
        student.hello("image/jpeg")
    whole.raw(frame(bytes(256 * 1024)))
    parts.raw(frame(bytes(10_000)) if n == 0 else bytes(10_000) for n in range(40))
    text.send("chat", text="x" * 256 * 1024)
    for student in (whole, parts, text):
        assert student.expect_close() == 1009
        expect_logged(server, student, "disconnected", "1009")
    # Just within the limit is accepted, in one piece or many.
    exact = exam.student("Large Enough")
    exact.hello("image/jpeg")
    message = frame(jpeg()[0][0][:-2] + bytes(256 * 1024 - 16 - len(jpeg()[0][0])) + b"\xff\xd9", key=True)
    assert len(message) == 256 * 1024
    exact.raw(message)
    exact.expect("ack", seq=0)
    exact.raw(message[at:at + 5000] for at in range(0, len(message), 5000))
    exact.expect("ack")
    assert not exact.closed.is_set() and not exact.find("error")


def test_capture_times_that_no_clock_shows(exam, teacher):
    student = exam.student("Odd Clock")
    student.hello("image/jpeg")
    for captured in (-2 ** 63, 2 ** 63 - 1, 0, -1, 1):
        # Until one was seen: pictures above the rate of the tile are not encoded.
        def seen():
            student.send_frame(face()[0][0], True, captured)
            return any(p.captured == captured for p in teacher.tiles(student))
        wait_until(seen, f"a picture taken at {captured}")
    assert not student.find("error")


def test_a_sender_who_minds_neither_window_nor_rate(exam, teacher, server):
    """A thousand good pictures as fast as they can be sent: the socket is closed, and the student may come back."""
    student = exam.student("Fire Hose")
    student.hello("image/jpeg")
    pictures = face() + absent()
    with contextlib.suppress(ConnectionClosed):
        for number in range(1000):
            student.send_frame(*pictures[number % len(pictures)])
    assert student.expect_close() == 1008
    expect_logged(server, student, "disconnected", "1008")
    back = exam.student("Fire Hose", student.joined).start("image/jpeg", face())
    teacher.expect_tiles(back, 2)
