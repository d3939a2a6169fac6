"""A second stream of a student, beside the camera."""
import itertools
import time

import pytest
from clients import frame, request, wait_until
from media import black, jpeg, jpeg_size, vp8
from test_live import path

SECOND = 1


class SecondStream:
    """Sends pictures of the second source, one by one."""

    def __init__(self, student, messages=None):
        self.student, self.messages = student, itertools.cycle(messages or jpeg())
        self.sequence = 0

    def send(self):
        payload, key = next(self.messages)
        self.student.raw(frame(payload, self.sequence, key=key, source=SECOND))
        self.sequence += 1
        return self.student.expect("ack", source=SECOND, seq=self.sequence - 1)

    def until(self, condition, what):
        """Sends at the pace of a camera until it is so."""
        def met():
            self.send()
            time.sleep(0.1)
            return condition()
        return wait_until(met, what)


def pictures(teacher, student, source, view=0):
    return [p for p in teacher.pictures if (p.number, p.source, p.view) == (student.number, source, view)]


def test_a_second_source_is_watched_for_itself(exam, teacher):
    student = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(student, 2)
    student.hello("image/jpeg", source=SECOND)
    assert student.find("welcome")[-1]["source"] == SECOND
    second = SecondStream(student)
    for _ in range(5):
        second.send()
    assert not pictures(teacher, student, SECOND), "nobody has asked for it"
    teacher.watch(student, view="tile", source=SECOND)
    second.until(lambda: len(pictures(teacher, student, SECOND)) > 3, "tiles of the second source")
    teacher.watch(student, view="focus", source=SECOND)
    second.until(lambda: len(pictures(teacher, student, SECOND, view=1)) > 3, "large pictures of the second source")
    student.expect("watchers", focus=["Grace Hopper"])
    # They are the second one's own: the recording is smaller than the camera's picture.
    large = pictures(teacher, student, SECOND, view=1)[-1]
    assert jpeg_size(large.jpeg) == jpeg_size(jpeg()[0][0])
    # The camera goes on beside it, and one picture of each comes by plain HTTP.
    teacher.expect_tiles(student, 5)
    teacher.send("watch", view="off")
    assert not student.find("error") and not student.find("restart")
    address = path(exam, student, "live.jpg", view="focus") + "&source=0"
    answer = request(exam.url, "GET", address)
    assert answer.status == 200 and jpeg_size(answer.body) != jpeg_size(large.jpeg)
    answer = exam.request("GET", f"/students/{student.id}/live.jpg?source=2")
    assert (answer.status, answer.code) == (400, "bad_request")


def test_only_the_camera_is_checked_and_seen(exam, teacher):
    student = exam.student("Ada").start("video/x-vp8", vp8())
    student.expect("check", state="ok", faces=1)
    student.hello("image/jpeg", source=SECOND)
    second = SecondStream(student, black())
    teacher.watch(student, source=SECOND)
    since = student.mark
    started = time.monotonic()
    # Three times as long as it takes to say of a camera that it is covered.
    second.until(lambda: time.monotonic() - started > 6, "six seconds of black pictures")
    assert len(pictures(teacher, student, SECOND)) > 5
    assert not [m for m in student.find("check", since) if m["state"] != "ok" or m["light"] != "ok"]
    assert not teacher.alerts(student) and not student.find("error", since)
    # And without a camera there is nothing to see of a student, whatever else comes.
    bert = exam.student("Bert")
    bert.hello("image/jpeg", source=SECOND)
    second = SecondStream(bert)
    teacher.watch(bert, source=SECOND)
    second.until(lambda: len(pictures(teacher, bert, SECOND)) > 3, "tiles of the second source alone")
    bert.raw(frame(b"no picture at all", source=SECOND))
    bert.expect("error", code="bad_frame", source=SECOND)
    line = next(p for p in exam.describe()["participants"] if p["id"] == bert.id)
    assert line["state"] == "no_picture" and not line["seen"] and "no_picture_reason" not in line
    assert exam.journal("stream_began", bert)["fields"] == {"media": "image/jpeg", "source": "1"}


def test_what_is_wrong_with_one_source_says_which(exam, teacher):
    student = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(student, 2)
    # Not announced.
    student.raw(frame(jpeg()[0][0], source=SECOND))
    assert "hello" in student.expect("error", code="bad_frame")["detail"]
    student.send("hello", media="image/jpeg", source=2)
    assert "source" in student.expect("error", code="bad_message")["detail"]
    since = student.mark
    student.send("hello", media="video/x-theora", source=SECOND)
    student.expect("error", since, code="unsupported_media", source=SECOND)
    student.hello("image/jpeg", source=SECOND)
    student.raw(frame(b"no picture at all", source=SECOND))
    student.expect("error", code="bad_frame", source=SECOND)
    wait_until(lambda: exam.journal("upload_refused", student)["fields"].get("source") == "1", "it is journalled as such")
    teacher.expect_tiles(student, 5)
    line = next(p for p in exam.describe()["participants"] if p["id"] == student.id)
    assert line["state"] == "live"


@pytest.mark.parametrize("end", ["close", "replace"])
def test_it_goes_with_the_connection(exam, teacher, server, end):
    student = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(student, 2)
    before = server.metrics()["exam_pipelines"]
    student.hello("image/jpeg", source=SECOND)
    SecondStream(student).send()
    assert server.metrics()["exam_pipelines"] == before + 1
    if end == "close":
        student.close()
    again = exam.student("Ada", student.joined)
    student.expect_close()
    again.start("video/x-vp8", vp8())
    teacher.expect_tiles(again, 2)
    wait_until(lambda: server.metrics()["exam_pipelines"] == before, "the pipeline of the second source ended")
    # Nothing of it is looked at before the next hello.
    again.raw(frame(jpeg()[0][0], source=SECOND))
    again.expect("ack", source=SECOND, seq=0)
    assert server.metrics()["exam_pipelines"] == before
    again.hello("image/jpeg", source=SECOND)
    teacher.watch(again, source=SECOND)
    second = SecondStream(again)
    second.until(lambda: len(pictures(teacher, again, SECOND)) > 1, "tiles of the second source again")
