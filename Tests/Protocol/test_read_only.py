"""A data folder, or something in it, that cannot be written: at startup, and during an exam."""
import os
import pathlib
import shutil
import tempfile

import pytest
from clients import Exam, wait_until
from media import absent, face
from support.server import NotReady, Server

# Root may write everywhere: it runs the server as another user.
IS_ROOT = os.geteuid() == 0
NOBODY = 65534
AS_SOMEBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if IS_ROOT else ()
# What the server itself creates, with a mode that makes it unusable.
PARTS = {"pictures": 0o500, "device.key": 0o000, "server.log": 0o400, "exam.lock": 0o400}


@pytest.fixture
def folder():
    """A data folder of the user who runs the server, in a place that user can reach."""
    path = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
    data = path / "data"
    data.mkdir()
    path.chmod(0o755)
    if IS_ROOT:
        os.chown(data, NOBODY, NOBODY)
    yield data
    for one in path.rglob("*"):
        if one.is_dir():
            one.chmod(0o700)
    shutil.rmtree(path)


def refused(data):
    with pytest.raises(NotReady) as problem:
        Server(data, prefix=AS_SOMEBODY).stop()
    assert problem.value.code > 0 and "Fatal error" not in problem.value.output
    return problem.value.output


def test_a_folder_that_cannot_be_written(folder):
    folder.chmod(0o500)
    for path, cause in ((folder, "Permission denied"), (folder / "a" / "b", "Permission denied")):
        output = refused(path)
        for words in (str(path), cause, "the user who runs this", "--data-dir"):
            assert words in output
    file = folder.parent / "file"
    file.write_text("")
    output = refused(file)
    assert str(file) in output and "Not a directory" in output and "--data-dir" in output


@pytest.mark.parametrize("part", PARTS)
def test_something_in_it_that_cannot_be_written(folder, part):
    path = folder / part
    path.mkdir() if part == "pictures" else path.touch()
    if IS_ROOT:
        os.chown(path, NOBODY, NOBODY)
    path.chmod(PARTS[part])
    output = refused(folder)
    for words in (str(path), "Permission denied", "the user who runs the server"):
        assert words in output


@pytest.mark.parametrize("name", ["exam.sqlite", "exam.sqlite-wal"] if IS_ROOT else [])
def test_a_database_of_somebody_else(folder, name):
    """As it is after the server was run as root once."""
    server = Server(folder, prefix=AS_SOMEBODY)
    Exam(server.url).join("Ada")
    server.process.kill()
    server.process.wait()
    file = folder / name
    before = file.read_bytes()
    os.chown(file, 0, 0)
    file.chmod(0o444)
    output = refused(folder)
    assert f"{file}: Permission denied" in output and "The user who runs this needs to write to it" in output
    assert file.read_bytes() == before
    os.chown(file, NOBODY, NOBODY)
    assert Server(folder, prefix=AS_SOMEBODY).stop() == 0


def test_while_an_exam_is_on_it_goes_on_and_what_waits_is_kept_afterwards(folder):
    server = Server(folder, prefix=AS_SOMEBODY)
    try:
        exam = Exam(server.url)
        teacher = exam.teacher().watch()
        ada = exam.student("Ada").start("image/jpeg", face())
        ada.expect("check", state="ok", faces=1)
        pictures = folder / "pictures"
        pictures.mkdir(exist_ok=True)
        pictures.chmod(0o500)
        folder.chmod(0o500)
        ada.upload.play(absent())
        alert = teacher.expect_alert(ada, "face_missing", "confirmed")
        told = teacher.expect("notice", code="store", state="pictures")["detail"]
        assert str(pictures) in told and "Permission denied" in told
        # Waiting data can be read, and everything else is kept and reported.
        assert exam.request("GET", f"/alerts/{alert['alert_id']}.jpg").status == 200
        teacher.send("chat", to="all", text="go on")
        ada.expect("chat", text="go on")
        assert exam.journal("chat")["fields"]["text"] == "go on"
        teacher.expect_tiles(ada, 3)

        mark = teacher.mark
        folder.chmod(0o700)
        pictures.chmod(0o700)
        if IS_ROOT:
            os.chown(pictures, NOBODY, NOBODY)
        wait_until(
            lambda: [m for m in teacher.find("notice", mark, code="store") if "state" not in m], "well again")
        assert (pictures / exam.code / f"{alert['alert_id']}.jpg").stat().st_size > 1000
    finally:
        server.stop()
