"""Students' pictures for any MJPEG client."""
import http.client
import subprocess
import time

import pytest
from clients import wait_until
from media import jpeg_size, vp8


@pytest.fixture
def ada(exam):
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    wait_until(lambda: ada.acknowledged > 3, "an upload")
    return ada


def path(exam, student, name="live.mjpeg", view="tile"):
    """An address that a program opens by itself, once."""
    path = f"{exam.path}/students/{student.id}/{name}"
    return f"{path}?view={view}&ticket={exam.request('POST', '/tickets', {'path': path}).json['ticket']}"


class Stream:
    """Parses the parts of a multipart answer strictly according to RFC 2046."""

    def __init__(self, exam, student, view="tile"):
        self.connection = http.client.HTTPConnection(exam.url.split("//")[1], timeout=10)
        self.connection.request("GET", path(exam, student, view=view))
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        kind, _, boundary = self.answer.headers["Content-Type"].partition(";")
        assert kind == "multipart/x-mixed-replace"
        self.boundary = boundary.strip().removeprefix("boundary=").strip('"').encode()
        self.read, self.begun = b"", False
        assert self.boundary and self.answer.headers["Cache-Control"] == "no-store"

    def part(self):
        """The next picture. A part has no length: it ends at the next boundary, which follows it immediately."""
        head = b"--%s\r\nContent-Type: image/jpeg\r\n\r\n" % self.boundary
        if not self.begun:
            self.expect(head)
            self.begun = True
        while (at := self.read.find(b"\r\n--%s\r\n" % self.boundary)) < 0:
            self.more()
        picture, self.read = self.read[:at], self.read[at + 2:]
        self.expect(head)
        return picture

    def expect(self, text):
        while len(self.read) < len(text):
            self.more()
        assert self.read.startswith(text), self.read[:100]
        self.read = self.read[len(text):]

    def more(self):
        data = self.answer.read1()
        if not data:
            raise EOFError
        self.read += data

    def close(self):
        self.answer.close()
        self.connection.close()


def test_the_parts_of_a_stream(exam, ada):
    for view, most in (("tile", 320), ("focus", 640)):
        stream = Stream(exam, ada, view)
        parts = [stream.part() for _ in range(4)]
        assert all(max(jpeg_size(part)) <= most for part in parts) and len(set(parts)) > 1
        stream.close()
    picture = exam.request("GET", path(exam, ada, "live.jpg").removeprefix(exam.path))
    assert picture.status == 200 and jpeg_size(picture.body) == (320, 240)


@pytest.mark.parametrize("client", [
    "curl -sN --max-time 2 {url}",
    "ffmpeg -v error -f mpjpeg -i {url} -frames:v 5 -f null -",
    "gst-launch-1.0 -q souphttpsrc location={url} is-live=true ! multipartdemux ! jpegdec ! fakesink num-buffers=5",
], ids=["curl", "ffmpeg", "gst-launch"])
def test_other_programs_can_read_it(exam, ada, client):
    command = [word.format(url=exam.url + path(exam, ada)) for word in client.split()]
    done = subprocess.run(command, capture_output=True, timeout=20)
    if command[0] == "curl":
        # It reads until its time is up; that is exit code 28.
        assert done.returncode == 28 and done.stdout.count(b"\xff\xd8\xff") >= 4 <= done.stdout.count(b"\xff\xd9\r\n")
    else:
        assert done.returncode == 0 and not done.stderr, done.stderr.decode()


def test_pictures_are_encoded_only_while_somebody_watches(exam, ada, server):
    def count(of, while_frames=15):
        """How much a counter grows while this many frames arrive."""
        start, before = ada.acknowledged, server.metrics()[of]
        wait_until(lambda: ada.acknowledged >= start + while_frames, "frames")
        return server.metrics()[of] - before

    encoded = "exam_pictures_encoded_total"
    wait_until(lambda: count(encoded) == 0, "nobody watches, so nothing is encoded")
    assert count(encoded) == 0
    stream = Stream(exam, ada)
    assert count(encoded) >= 3
    stream.close()
    wait_until(lambda: count(encoded, 5) == 0, "encoding ends with the last reader")
    teacher = exam.teacher().watch(ada, view="focus")
    assert count(encoded) >= 3
    teacher.watch(view="off")
    wait_until(lambda: count(encoded, 5) == 0, "encoding ends with the last teacher")
    teacher.watch(ada)
    assert count(encoded) >= 3
    teacher.reset()
    wait_until(lambda: count(encoded, 5) == 0, "encoding ends with the connection")


def test_a_student_without_pictures(exam):
    ada = exam.student("Ada")
    begin = time.monotonic()
    answer = exam.request("GET", path(exam, ada, "live.jpg").removeprefix(exam.path))
    assert (answer.status, answer.code) == (503, "no_picture") and answer.headers["retry-after"]
    assert time.monotonic() - begin < 6


def test_streams_end_with_the_exam(exam, ada, server):
    stream = Stream(exam, ada)
    stream.part()
    assert exam.end().status == 204
    begin = time.monotonic()
    with pytest.raises(EOFError):
        while time.monotonic() < begin + 12:
            stream.part()
    assert time.monotonic() < begin + 4, "the last picture is repeated although the exam is over"
    stream.close()
    wait_until(lambda: server.metrics()["exam_picture_streams"] == 0, "no stream is left")


def test_nobody_opens_streams_without_end(exam, ada):
    """Four for a student; for a teacher each student in both sizes, and at least four."""
    own = f"/students/{ada.id}/live.mjpeg"
    streams = [Stream(exam, ada) for _ in range(4)]
    for stream in streams:
        stream.part()
    refused = exam.request("GET", own)
    assert (refused.status, refused.code) == (429, "too_many_streams") and "retry-after" in refused.headers
    assert exam.request("GET", f"/students/{ada.id}/live.jpg").code == "too_many_streams"
    # Everybody has a quota of their own, and a stream that ends frees its place.
    assert exam.request("GET", f"/students/{ada.id}/live.jpg", token=ada.token).status == 200
    streams[0].close()
    wait_until(lambda: exam.request("GET", f"/students/{ada.id}/live.jpg").status == 200, "a place")
    for stream in streams[1:]:
        stream.close()
