"""Every media type reaches the teacher as pictures."""
import pytest
from media import CLIPS, h264, jpeg_size, layered_vp8, vp9_webm
from clients import wait_until

STAMPED = {"video/x-vp8", "image/jpeg", "video/x-h264"}


def test_every_media_type_becomes_tiles_and_focus_pictures(exam, teacher):
    # Before anybody waits for them.
    vp9_webm(), h264()
    students = {media: exam.student(media).start(media, clip(), loop=media in STAMPED) for media, clip in CLIPS.items()}
    teacher.watch(*students.values(), view="focus")
    for media, student in students.items():
        def pictures(view):
            return [p for p in teacher.tiles(student) if p.view == view]
        wait_until(lambda: len(pictures(0)) >= 3 and len(pictures(1)) >= 3,
                   lambda: f"pictures of {media}, who got {student.messages[-5:]}")
        for picture in pictures(0):
            width, height = jpeg_size(picture.jpeg)
            assert 16 <= width <= 320 and 16 <= height <= 320, media
        for picture in pictures(1):
            width, height = jpeg_size(picture.jpeg)
            assert 16 <= width <= 640 and 16 <= height <= 640, media
        # A container's pieces are not pictures, so their stamps say less.
        if media in STAMPED:
            assert {p.captured for p in teacher.tiles(student)} <= student.sent_times, media
            captured = [p.captured for p in pictures(0)]
            assert captured == sorted(set(captured)), f"{media}: older pictures after newer ones"
        assert not student.find("error") and not student.find("restart"), media
        assert student.find("ack"), media


def test_who_is_not_watched_is_not_sent(exam, teacher):
    watched, other = (exam.student(name).start("video/x-vp8", CLIPS["video/x-vp8"]()) for name in ("Ada", "Bert"))
    teacher.expect_tiles(other, 1)
    teacher.watch(watched)
    since = len(teacher.pictures)
    teacher.expect_tiles(watched, 2)
    # What was in flight when the choice changed may still arrive, and nothing after it.
    assert len(teacher.tiles(other, since)) <= 1
    since = len(teacher.pictures)
    teacher.expect_tiles(watched, 3)
    assert not teacher.tiles(other, since)


def test_upper_layers_that_nobody_needs_are_not_decoded_and_come_back_with_a_key_frame(exam, server):
    not_needed = 'exam_frames_dropped_total{cause="not_needed"}'
    before = server.metrics()[not_needed]
    student = exam.student("Ada").start("video/x-vp8", layered_vp8())
    # Checks use five pictures a second, so five of each second are dropped.
    wait_until(lambda: server.metrics()[not_needed] - before > 10, "frames that were left out")
    assert not student.find("keyframe")
    teacher = exam.teacher()
    teacher.watch(student, view="focus", fps=10)
    student.expect("keyframe")
    # The recording's next key frame is the requested one.
    wait_until(lambda: len({p.captured for p in teacher.tiles(student) if p.view == 1}) > 40, "focus pictures")
    captured = [p.captured for p in teacher.tiles(student) if p.view == 1][-15:]
    gaps = sorted(b - a for a, b in zip(captured, captured[1:]))
    assert gaps[len(gaps) // 2] < 150_000, "ten pictures a second"


@pytest.mark.parametrize("first, second", [("image/jpeg", "video/x-vp8"), ("video/x-vp8", "video/webm;codecs=vp8")])
def test_a_later_hello_replaces_the_stream(exam, teacher, first, second):
    student = exam.student("Ada").start(first, CLIPS[first]())
    teacher.expect_tiles(student, 1)
    student.upload.stop()
    student.start(second, CLIPS[second](), loop=second in STAMPED)
    teacher.expect_tiles(student, 3)
    assert not student.find("error")
