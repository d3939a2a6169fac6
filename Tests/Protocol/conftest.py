"""Exams on the real server."""
import pytest

from clients import Exam
from media import vp8


@pytest.fixture
def exam(server):
    """A new exam; only the teacher who created it is in it."""
    exam = Exam(server.url)
    yield exam
    exam.leave()


@pytest.fixture
def teacher(exam):
    """Its teacher, who watches everybody."""
    return exam.teacher().watch()


@pytest.fixture
def neighbour(exam, teacher):
    """A student who streams while others misbehave. At the end the stream must still be running."""
    neighbour = exam.student("Nora Neighbour").start("video/x-vp8", vp8())
    teacher.expect_tiles(neighbour, 1)
    yield neighbour
    teacher.expect_tiles(neighbour, 3, timeout=10)
    assert not neighbour.closed.is_set() and not neighbour.find("error") and not neighbour.find("restart")
