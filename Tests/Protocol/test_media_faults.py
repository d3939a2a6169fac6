"""What goes wrong between a camera and the face check, and what each side sees of it."""
import os
import random
import shutil
import time

import pytest
from clients import Exam, wait_until
from media import h264, jpeg, jpeg_size, vp8, vp8_clip, jpeg_clip
from support.server import ROOT, Server

CODECS = {"video/x-vp8": vp8, "image/jpeg": jpeg, "video/x-h264": h264}


def broken(how, messages):
    """Every tenth message is broken in some way, and followed by an intact one if it is a key frame."""
    noise = random.Random(3)
    out = []
    for number, (payload, key) in enumerate(messages):
        if number % 10 == 5:
            out.append((how(payload, noise), key))
            if key and how is not repeated:
                out.append((payload, key))
        else:
            out.append((payload, key))
    return out


def corrupt(payload, noise):
    data = bytearray(payload)
    for _ in range(20):
        data[noise.randrange(min(len(data) // 3, 200), len(data))] = noise.randrange(256)
    return bytes(data)


def cut(payload, noise):
    return payload[:noise.randrange(1, len(payload))]


def repeated(payload, noise):
    return payload


@pytest.mark.parametrize("how", [corrupt, cut, repeated])
@pytest.mark.parametrize("media", CODECS)
def test_frames_that_are_not_as_they_should_be(exam, teacher, neighbour, media, how):
    messages = [x for x in broken(how, CODECS[media]()[:60])]
    student = exam.student("Ada").start(media, messages)
    teacher.expect_tiles(student, 25)
    if how is repeated:
        assert not student.find("error")
    # The connection is open, and nobody is reported to have no picture.
    assert not student.closed.is_set() and not student.find("restart")
    assert {e["code"] for e in student.find("error")} <= {"bad_frame"}
    assert not [a for a in teacher.alerts(student) if a["kind"] == "video_stopped"]
    teacher.expect_participant(student, lambda line: line["state"] == "live")


SIZES = [(320, 240), (640, 480), (240, 320), (480, 360)]


def sized(media, width, height):
    if media == "video/x-vp8":
        return vp8_clip(width, height)
    if media == "image/jpeg":
        return jpeg_clip(width, height)
    return h264(width=width, height=height)


@pytest.mark.parametrize("media", CODECS)
def test_a_resolution_that_changes(exam, teacher, neighbour, media):
    """A phone that is turned, a browser that adapts: without a new hello, at a key frame."""
    clips = [sized(media, *size) for size in SIZES]
    student = exam.student("Ada").start(media, clips[0])
    teacher.watch(student, view="focus")
    for size, clip in zip(SIZES, clips):
        student.upload.play(clip)
        since = len(teacher.pictures)
        wait_until(lambda: [p for p in teacher.tiles(student, since) if p.view == 1 and jpeg_size(p.jpeg) == size],
                   lambda: f"{size} of {media}; got {student.messages[-4:]}")
    assert not student.find("error") and not student.find("restart")
    assert not [a for a in teacher.alerts(student) if a["kind"] in ("video_stopped", "picture_frozen")]


@pytest.fixture
def hanging_pipeline(tmp_path):
    """A server whose pipeline for JPEG does not return from a frame for half a minute, and so does not stop in time."""
    pipelines = shutil.copytree(ROOT / "Pipelines", tmp_path / "pipelines")
    file = pipelines / "image-jpeg.launch"
    # After the pictures of the first frame, so that the file passes its test.
    file.write_text(file.read_text() + "\ndecoded.\n! identity sleep-time=30000000\n! fakesink async=false sync=false\n")
    server = Server(tmp_path / "data", "--pipelines-dir", pipelines)
    yield server
    server.stop()


def test_a_decoder_that_does_not_come_back(hanging_pipeline):
    server = hanging_pipeline
    exam = Exam(server.url)
    teacher = exam.teacher().watch()
    nora = exam.student("Nora").start("video/x-vp8", vp8())
    teacher.expect_tiles(nora, 3)
    # More of them than there are threads.
    stuck = [exam.student(f"Stuck{n}").start("image/jpeg", jpeg()) for n in range(os.cpu_count() + 1)]
    begin = len(teacher.pictures)
    for student in stuck:
        student.expect("restart", timeout=30)
        line = teacher.expect_participant(student, lambda line: line.get("no_picture_reason"))
        assert line["state"] == "no_picture"
        assert line["no_picture_reason"] == {"code": "decoder_stuck", "media": "image/jpeg"}
        wait_until(lambda: [x for x in server.log_lines if student.name in x and "pipeline_warning" in x
                            and "code=stuck" in x], "a line in the log")
    # It is not the student's fault that no picture comes of what was sent.
    assert not [alert for student in stuck for alert in teacher.alerts(student)]
    wait_until(lambda: server.metrics()["exam_pipelines_abandoned_total"] > 0, "pipelines that do not end are counted")
    # Nobody else has to wait for it for long.
    teacher.expect_tiles(nora, 5, timeout=8)
    times = [p.at for p in teacher.tiles(nora, begin)]
    assert max(b - a for a, b in zip(times, times[1:])) < 5
    assert not teacher.alerts(nora)
    # A student whose pipeline is stuck can send something else.
    for student in stuck:
        student.upload.stop()
    stuck[0].start("video/x-vp8", vp8())
    teacher.expect_tiles(stuck[0], 2)
    exam.leave()
    # The server still stops in time.
    began = time.monotonic()
    assert server.stop() == 0 and time.monotonic() - began < 12
