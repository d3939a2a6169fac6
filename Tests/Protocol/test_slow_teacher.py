"""A teacher who does not keep up gets fewer pictures, never old ones."""
import time

from clients import wait_until
from media import vp8


def test_no_more_than_the_credit_and_then_the_newest(exam, server):
    students = [exam.student(name).start("video/x-vp8", vp8()) for name in ("Ada", "Bert", "Cleo")]
    slow = exam.teacher(acknowledge=False).watch()
    credit = slow.expect("welcome")["credit"]
    wait_until(lambda: len(slow.pictures) >= credit, lambda: f"{len(slow.pictures)} of {credit} pictures")
    encoded = server.metrics()["exam_pictures_encoded_total"]
    wait_until(lambda: server.metrics()["exam_pictures_encoded_total"] >= encoded + 20, "pictures go on being made")
    assert len(slow.pictures) == credit

    asked = int(time.time() * 1e6)
    slow.send("ack", frames=2)
    wait_until(lambda: len(slow.pictures) == credit + 2, "a picture for each one acknowledged")
    for picture in slow.pictures[credit:]:
        assert picture.captured > asked - 1_000_000, "what comes next is from now"
    assert len({p.number for p in slow.pictures[credit:]}) == 2, "nobody comes twice while others wait"

    # A client that acknowledges more than there was, or takes it back, gets no more than the credit for it.
    for frames in (2 ** 63 - 1, 2 ** 63 - 1, -2 ** 63, -1, 0):
        slow.send("ack", frames=frames)
    wait_until(lambda: len(slow.pictures) >= 2 * credit + 2, "as many more as the credit allows")
    encoded = server.metrics()["exam_pictures_encoded_total"]
    wait_until(lambda: server.metrics()["exam_pictures_encoded_total"] >= encoded + 20, "pictures go on being made")
    # The second one came while what the first was waiting for was in flight.
    assert len(slow.pictures) <= 2 * credit + 2 + len(students)
    for student in students:
        captured = [p.captured for p in slow.tiles(student)]
        assert captured == sorted(set(captured)), "older after newer"


def test_the_rate_a_teacher_asks_for(exam):
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    teacher = exam.teacher().watch(ada, fps=1)
    times = [p.at for p in teacher.expect_tiles(ada, 4)]
    assert times[-1] - times[0] > 1.8
    # No faster than the server allows, whatever is requested.
    teacher.watch(ada, fps=1000)
    teacher.expect_tiles(ada, 2)
    times = [p.at for p in teacher.expect_tiles(ada, 10)]
    assert times[-1] - times[0] > 1
