"""Containers as recorders send them: restarted, with a time that goes back, with another codec than announced."""
import time

import pytest
from clients import wait_until
from media import FIXTURES, pieces, vp8, webm, webm_blocks

MEDIA = "video/webm;codecs=vp8"
CLUSTER = b"\x1f\x43\xb6\x75"
ODD = FIXTURES.parent / "Tests/Protocol/fixtures"


def expect_nothing_wrong(teacher, student):
    assert not teacher.alerts(student)
    assert not student.find("error"), student.find("error")


def send(student, messages, rate=10):
    """In this thread, at the rate of a recorder."""
    for payload, key in messages:
        wait_until(lambda: student.sequence - student.acknowledged <= 4, f"acknowledgements of {student.name}")
        student.send_frame(payload, key)
        time.sleep(1 / rate)


def again():
    """The recorder's messages from the beginning, repeated for longer than a test lasts."""
    return webm() * 3


def at_a_message(messages):
    return messages


def in_the_middle(messages):
    """After the rest of the previous recorder's output."""
    (first, key), *rest = messages
    return [(webm()[40][0][:700] + first, key), *rest]


def split_between_two(at):
    def split(messages):
        (first, key), *rest = messages
        return [(webm()[40][0][:300] + first[:at], False), (first[at:], key), *rest]
    split.__name__ = f"split after {at}"
    return split


def twice(messages):
    header = messages[0][0][:messages[0][0].index(CLUSTER)]
    return [(header, True), (header + header[:20] + header, True), *messages]


def behind_garbage(messages):
    return [(b"garbage" * 500, False), (b"\x1a\x45\xdf\xa3" * 500, False), (b"\0" * 900, False), *messages]


@pytest.mark.parametrize("how", [
    at_a_message, in_the_middle, split_between_two(1), split_between_two(3), split_between_two(30), split_between_two(126),
    twice, behind_garbage], ids=lambda how: how.__name__)
def test_a_header_that_comes_again(exam, teacher, how):
    student = exam.student("Ada").start(MEDIA, webm(), loop=False)
    teacher.expect_tiles(student, 20)
    student.upload.stop()
    for _ in range(2):
        since = len(teacher.pictures)
        upload = how(again())
        send(student, upload[:25])
        assert len(teacher.tiles(student, since)) >= 5, "pictures of the second recorder"
    expect_nothing_wrong(teacher, student)
    assert not student.find("restart"), "the page need not do anything"
    # All of it was seen: a blind spot would be reported after two seconds.
    assert not [e for e in exam.request("GET", "/events").json if e["kind"] == "blind_spot"]


def test_a_time_that_goes_back(exam, teacher):
    """Like the pieces of a file sent in another order: the header does not come again."""
    student = exam.student("Ada")
    student.hello(MEDIA)
    header, clusters = webm_clusters()
    send(student, pieces(header + clusters[2] + clusters[3], 40))
    assert teacher.tiles(student)
    for _ in range(2):
        since = len(teacher.pictures)
        send(student, [message for cluster in clusters[:2] for message in pieces(cluster, 20)])
        assert len(teacher.tiles(student, since)) >= 10
    expect_nothing_wrong(teacher, student)
    assert not student.find("restart")


def webm_clusters():
    data = b"".join(payload for payload, _ in webm())
    header, *clusters = data.split(CLUSTER)
    return header, [CLUSTER + cluster for cluster in clusters]


def test_a_time_that_goes_back_within_a_cluster(exam, teacher):
    student = exam.student("Ada")
    student.hello(MEDIA)
    header, blocks = webm_blocks()
    send(student, [(header + blocks[0](3000), True)] + [(block(3000 + 100 * n), False) for n, block in enumerate(blocks[1:20], 1)])
    since = len(teacher.pictures)
    send(student, [(block(100 * (n % 10)), False) for n, block in enumerate(blocks[20:60])])
    assert len(teacher.tiles(student, since)) > 10
    expect_nothing_wrong(teacher, student)


def test_what_is_dropped_in_silence(exam, teacher):
    """A demuxer skips data of unknown tracks. The page is asked to restart, and teachers are told nothing."""
    student = exam.student("Ada")
    student.hello(MEDIA)
    header, blocks = webm_blocks()
    send(student, [(header + blocks[0](0), True)] + [(block(100 * n), False) for n, block in enumerate(blocks[1:20], 1)])
    assert teacher.tiles(student)
    stopped = time.monotonic()
    for n, block in enumerate(blocks[20:60], 20):
        send(student, [(block(100 * n, track=2), False)])
        if student.find("restart"):
            break
    student.expect("restart", timeout=1)
    since = len(teacher.pictures)
    send(student, webm()[:10])
    assert teacher.tiles(student, since)
    assert teacher.tiles(student, since)[0].at - stopped_at(stopped) < 3
    assert "decoded" in student.expect("error", code="undecodable")["detail"]
    send(student, webm()[10:50])
    assert not teacher.alerts(student)
    assert {spot["cause"] for spot in blind_spots(exam)} <= {"pipeline"}


def stopped_at(monotonic):
    """A moment of the monotonic clock as a time of day."""
    return time.time() - (time.monotonic() - monotonic)


def blind_spots(exam):
    return [e["detail"] if "detail" in e else e for e in exam.request("GET", "/events").json if e["kind"] == "blind_spot"]


@pytest.mark.parametrize("file, media", [
    ("vp9.webm", "video/webm"), ("opus_first.webm", "video/webm"), ("vp9.webm", "video/webm;codecs=vp8"),
    ("opus_first.webm", 'Video/WebM; codecs="opus, vp8.0"')])
def test_what_the_container_holds_is_played(exam, teacher, file, media):
    student = exam.student("Ada").start(media, pieces((ODD / file).read_bytes(), 100), loop=False)
    teacher.expect_tiles(student, 5)
    assert not student.find("error") and not student.find("restart")


def test_a_recorder_that_takes_up_another_codec(exam, teacher):
    student = exam.student("Ada")
    student.hello("video/webm")
    for messages in (webm()[:30], pieces((ODD / "vp9.webm").read_bytes(), 120)[:30], webm()[:30]):
        since = len(teacher.pictures)
        send(student, messages)
        assert len(teacher.tiles(student, since)) >= 5
    expect_nothing_wrong(teacher, student)


@pytest.mark.parametrize("media", [
    "video/webm;codecs=h264", "video/webm;codecs=avc1.42E01E", "video/webm;codecs=av1", "video/webm;codecs=av01.0.04M.08",
    "video/webm;codecs=hvc1", "video/webm;codecs=opus", 'video/webm;codecs="vp8', "video/mp4", "video/x-vp8;codecs=vp9"])
def test_what_no_file_is_for_is_refused_at_once(exam, media):
    student = exam.student("Ada")
    student.send("hello", media=media)
    assert student.expect("error", code="unsupported_media", timeout=5)["detail"]
    assert not student.find("welcome")
    # Another media type is welcome.
    student.hello("image/jpeg")


def test_a_container_of_what_no_file_is_for(exam, teacher, server):
    student = exam.student("Ada")
    student.hello("video/webm")
    for payload, key in webm()[:3]:
        student.send_frame(payload.replace(b"\x86\x85V_VP8", b"\x86\x85V_AV1"), key)
    assert "av1" in student.expect("error", code="unsupported_media")["detail"]
    line = teacher.expect_participant(student, lambda line: line.get("no_picture_reason"))
    assert line["state"] == "no_picture"
    assert line["no_picture_reason"] == {"code": "unsupported_media", "media": "video/webm", "codec": "av1"}
    assert not student.find("restart")
    student.start("video/x-vp8", vp8())
    teacher.expect_participant(student, lambda line: line["state"] == "live" and "no_picture_reason" not in line)


def undecodable():
    """A valid container, except for the content of its frames."""
    header, blocks = webm_blocks()
    return [(header + blocks[0](0, junk=True), True)] + [
        (block(100 * n, junk=True), False) for n, block in enumerate(blocks[1:100], 1)]


def test_what_never_gives_a_picture_is_given_up(exam, teacher, server):
    student = exam.student("Ada").start(MEDIA, undecodable())
    began, restarts = time.monotonic(), 0

    def given_up():
        """A page restarts its container whenever it is asked to."""
        nonlocal restarts
        if len(student.find("restart")) > restarts:
            restarts += 1
            student.upload.play(undecodable())
        return student.find("error", code="unsupported_media")
    assert "no picture" in wait_until(given_up, "given up", timeout=60)[0]["detail"]
    assert time.monotonic() - began > 1 + 2 + 4 + 8, "from the second failure on each costs twice as much time"
    assert 3 <= len(student.find("restart")) <= 6
    line = teacher.expect_participant(student, lambda line: line.get("no_picture_reason", {}).get("code") == "no_picture_made")
    assert line["state"] == "no_picture"
    wait_until(lambda: [x for x in server.log_lines if 'name=Ada' in x and "unsupported_media" in x], "a line in the log")
    # It stays given up, whatever arrives.
    since = student.mark
    sent = student.sequence
    wait_until(lambda: student.sequence > sent + 40, "more of it")
    assert not student.find("restart", since) and not student.find("error", since)
    student.upload.stop()
    student.start(MEDIA, webm(), loop=False)
    teacher.expect_tiles(student, 2)


def test_headers_at_full_speed(exam, teacher, server, neighbour):
    """Pipelines are not started as fast as somebody requests them, with or without pictures."""
    stopped = server.metrics()["exam_pipelines_stopped_total"]
    students = [exam.student(name) for name in ("With Pictures", "Without")]
    for student in students:
        student.hello(MEDIA)
    header = webm()[0][0][:webm()[0][0].index(CLUSTER)]
    messages = [webm()[0][0], (header + webm()[0][0][len(header):len(header) + 20]) * 20]
    end = time.monotonic() + 6
    while time.monotonic() < end:
        for student, message in zip(students, messages):
            wait_until(lambda: student.sequence - student.acknowledged < 4, "room in the window")
            student.send_frame(message, True)
        time.sleep(0.1)  # so that each produces a picture
    assert server.metrics()["exam_pipelines_stopped_total"] - stopped <= 20, "one a second of the first, six of the second"
    for student in students:
        student.start("video/x-vp8", vp8())
        teacher.expect_tiles(student, 2)


def test_announcements_at_full_speed(exam, teacher, server, neighbour):
    """A page that sends hello again and again gets a pipeline a second, and the one requested last."""
    stopped = server.metrics()["exam_pipelines_stopped_total"]
    student = exam.student("Ada")
    began = time.monotonic()
    for number in range(40):
        student.send("hello", media=(MEDIA, "image/jpeg")[number % 2])
        time.sleep(0.15)
    student.start("video/x-vp8", vp8())
    teacher.expect_tiles(student, 2)
    pipelines = server.metrics()["exam_pipelines_stopped_total"] - stopped
    assert 1 <= pipelines <= time.monotonic() - began + 1
    assert not student.find("error")
