"""Whatever writes or reads the log may hang: nobody in an exam notices, and the server stops in time."""
import fcntl
import os
import select
import statistics
import subprocess
import time

from clients import Exam, wait_until
from media import face
from support.server import BINARY, ROOT, Server


def filled(descriptor):
    """A pipe that accepts nothing more, like a disk that hangs."""
    os.set_blocking(descriptor, False)
    try:
        while True:
            os.write(descriptor, b"\n" * 65536)
    except BlockingIOError:
        os.set_blocking(descriptor, True)


def acknowledged_in(student, count):
    """Milliseconds from each picture to its acknowledgement."""
    times = []
    for _ in range(count):
        sequence, began = student.sequence, time.monotonic()
        student.send_frame(*face()[0])
        wait_until(lambda: student.acknowledged >= sequence, "an acknowledgement")
        times.append((time.monotonic() - began) * 1000)
    return times


def test_a_log_that_hangs_holds_up_nobody(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    os.mkfifo(data / "server.log")
    pipe = os.open(data / "server.log", os.O_RDWR)
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
    filled(pipe)
    server = Server(data)
    exam = Exam(server.url)
    student = exam.student("Ada")
    student.hello("image/jpeg")
    times = acknowledged_in(student, 20)
    print(f"acknowledgements: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms")
    assert statistics.median(times) < 100
    # Meanwhile lines go to standard error, and are written once the log accepts data again.
    wait_until(lambda: any(" joined name=Ada" in line for line in server.log), "a line on standard error")
    text = b""
    while b"joined name=Ada" not in text:
        text += os.read(pipe, 65536)
    filled(pipe)
    exam.join("Bert")
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 8
    os.close(pipe)


def test_the_log_has_a_cap(tmp_path):
    """It is renamed when it is full, this many old ones are kept, and nothing between them is lost."""
    data = tmp_path / "data"
    server = Server(data, environment={"EXAM_MONITORING_MAXIMUM_LOG_MEGABYTES": "0.01", "EXAM_MONITORING_OLD_LOGS": "2"})
    exam = Exam(server.url)
    names = [f"Student {number:03} " + "x" * 60 for number in range(190)]
    for name in names:
        exam.join(name, invite=exam.invite)
    assert server.stop() == 0
    files = [data / "server.log.2", data / "server.log.1", data / "server.log"]
    assert sorted(data.glob("server.log*")) == sorted(files)
    assert all(10_000 <= file.stat().st_size < 11_000 for file in files[:2]) and files[2].stat().st_size < 11_000
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    text = "".join(file.read_text() for file in files)
    kept = [name for name in names if name in text]
    assert len(kept) < len(names) and kept == names[-len(kept):]


def test_a_terminal_that_hangs_holds_up_nobody(tmp_path):
    reader, writer = os.pipe()
    filled(writer)
    process = subprocess.Popen(
        [BINARY, "serve", "--port", "0", "--data-dir", str(tmp_path / "data")], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=writer, text=True)
    assert select.select([process.stdout], [], [], 20)[0], "it does not become ready"
    url = process.stdout.readline().rsplit(" ", 1)[-1].strip()
    student = Exam(url).student("Ada")
    student.hello("image/jpeg")
    assert statistics.median(acknowledged_in(student, 10)) < 100
    process.terminate()
    assert process.wait(8) == 0
    assert " stopped" in (tmp_path / "data/server.log").read_text().splitlines()[-1]
    os.close(reader)
    os.close(writer)
