"""The load rehearsal, as an operator runs it before an exam."""
import json
import signal
import subprocess

import pytest
from support.server import BINARY, ROOT, Server, run

PASSWORD = "correct horse"
# These tests check what is reported, not how fast the machine is.
PATIENT = ("--limit-tile-ms", 5000, "--limit-unchecked", 10, "--limit-lost-frames", 0.5)


def simulate(server, *options, environment=None):
    return run("simulate", "--url", server.url, "--progress", 0.5, "--warm-up", 0.5, *options, environment=environment)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that others could reach: with a password and a self-made certificate."""
    server = Server(tmp_path_factory.mktemp("guarded"), "--self-signed",
                    environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    yield server
    server.stop()


def test_everybody_behaves_and_is_noticed(server, tmp_path):
    figures = tmp_path / "figures.json"
    code, output = simulate(
        server, "--students", 6, "--teachers", 2, "--frozen", 1, "--dark", 1, "--absent", 1, "--reconnecting", 1,
        "--minutes", 0.35, "--settle", 1, "--json", figures, *PATIENT)
    assert code == 0, output
    assert "\nHELD" in output and "coming in" not in output.splitlines()[-1]
    told = json.loads(figures.read_text())
    assert told["held"] and not told["violations"] and not told["interrupted"]
    assert told["behaviours"] == {"ordinary": 2, "frozen": 1, "dark": 1, "absent": 1, "reconnecting": 1}
    assert 20.5 < told["seconds"] < 30

    # Six cameras with ten pictures a second, one of which is away for three seconds.
    frames = told["frames"]
    assert frames["offered_per_second"] == pytest.approx(60, rel=0.08)
    assert 20 <= frames["not_sent"]["not_connected"] <= 60
    assert frames["sent"] == frames["offered"] - sum(frames["not_sent"].values())
    dropped = frames["dropped_by_server"]
    assert abs(frames["accepted"] + dropped.pop("not_needed") - frames["sent"]) <= 30 and not any(dropped.values())
    assert set(frames["dropped_by_server"]) >= {"refused", "decoder_behind", "waiting_for_key_frame"}

    # Two teachers, two tiles a second of each student, and a large picture ten times a second.
    assert told["tiles_per_second"] == pytest.approx(24, rel=0.25)
    assert told["focus_pictures"]["count"] > 150
    for times in (told["tiles"], told["focus_pictures"], told["acknowledgements"]):
        assert 0 < times["p50_ms"] <= times["p95_ms"] <= times["p99_ms"] <= times["max_ms"]
    assert 0.3 < told["longest_unchecked_s"] < 10

    delays = told["alerts"]["delays"]
    assert set(delays) == {"picture_frozen", "camera_covered", "face_missing"}
    assert 8 < delays["picture_frozen"]["mean_s"] and 1.5 < delays["camera_covered"]["mean_s"] < 8
    assert told["alerts"]["false_alerts"] == [] and told["alerts"]["missed"] == {}
    assert told["connections"]["lost"] == 0 and told["connections"]["planned_reconnects"] == 1
    assert told["connections"]["coming_back"]["count"] == 1

    assert told["server"]["pid"] == server.process.pid
    assert 0 < told["server"]["memory_begin_mb"] <= told["server"]["memory_peak_mb"]
    assert told["server"]["memory_after_mb"] > 0 and told["server"]["cpu_ms_per_frame"] > 0
    assert 0 < told["simulator"]["cpu_us_per_frame"] < 5000
    assert server.metrics()["exam_sessions"] == 0


@pytest.mark.parametrize("limit, value, words", [
    ("--limit-tile-ms", 0.001, "NOT HELD: first gave way capture to tile"),
    ("--limit-unchecked", 0.01, "NOT HELD: first gave way longest time a student was unchecked"),
])
def test_what_gives_way_is_named(server, tmp_path, limit, value, words):
    figures = tmp_path / "figures.json"
    code, output = simulate(server, "--students", 2, "--media", "image/jpeg", "--minutes", 0.03, "--settle", 0,
                            "--json", figures, *PATIENT, limit, value)
    assert code == 1 and words in output, output
    told = json.loads(figures.read_text())
    [violation] = told["violations"]
    assert not told["held"] and violation["allowed"] == value < violation["value"] and 0 < violation["since"] < 10


@pytest.mark.parametrize("upload", [
    ("--media", "video/webm;codecs=vp8"),
    ("--upload", "Recordings/jpeg_worker_320_q70.mjpeg"),
    ("--upload", "Recordings/empty_room_vp8.ivf", "--limit-false-alerts", 9),
])
def test_other_media_and_uploads(server, tmp_path, upload):
    figures = tmp_path / "figures.json"
    # Long enough for a second pass of the recording of 4.8 s.
    seconds = 6 if "--media" in upload else 2
    code, output = simulate(server, "--students", 2, "--minutes", seconds / 60, "--settle", 0, "--no-focus",
                            "--json", figures, *PATIENT, *upload)
    assert code == 0, output
    told = json.loads(figures.read_text())
    assert told["server_errors"] == {} and told["frames"]["accepted"] > 2 * seconds * 8
    assert told["tiles"]["count"] >= 2 * seconds and told["focus_pictures"]["count"] == 0


def test_ctrl_c_ends_it_with_the_verdict_so_far(server, tmp_path):
    figures = tmp_path / "figures.json"
    process = subprocess.Popen(
        [BINARY, "simulate", "--url", server.url, "--students", "2", "--minutes", "60", "--progress", "0.5",
         "--json", figures, *map(str, PATIENT)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if "2/2 students" in line:
            break
    assert server.metrics()["exam_sessions"] == 1
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=15)
    assert process.returncode == 0 and "ended early" in output and "HELD" in output, output
    assert json.loads(figures.read_text())["interrupted"]
    assert server.metrics()["exam_sessions"] == 0


def test_a_server_that_is_killed_is_not_held(tmp_path):
    server = Server(tmp_path / "data")
    process = subprocess.Popen(
        [BINARY, "simulate", "--url", server.url, "--students", "2", "--minutes", "0.07", "--progress", "0.5", "--settle", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if "2/2 students" in line:
            break
    server.process.kill()
    output, _ = process.communicate(timeout=40)
    assert process.returncode == 1 and "connections lost" in output and "NOT HELD" in output, output


def test_a_password_and_a_certificate_of_its_own(guarded, tmp_path):
    few = ("--students", 1, "--minutes", 0.03, "--settle", 0, *PATIENT)
    code, output = simulate(guarded, *few)
    assert code == 2 and "--insecure" in output, output
    code, output = simulate(guarded, *few, "--insecure")
    assert code == 2 and "password" in output and "EXAM_MONITORING_TEACHER_PASSWORD" in output, output
    password = tmp_path / "password"
    password.write_text("wrong horse\n")
    code, output = simulate(guarded, *few, "--insecure", "--teacher-password-file", password)
    assert code == 2 and "password wrong" in output, output
    code, output = simulate(guarded, *few, "--insecure",
                            environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    assert code == 0 and "\nHELD" in output, output


def test_what_cannot_run_says_why(server, tmp_path):
    nobody = tmp_path / "nobody.ivf"
    nobody.write_bytes(b"DKIF and nothing else")
    for options, words in [
        (("--url", "http://127.0.0.1:1"), ("cannot be reached", "exam-monitoring serve")),
        (("--url", "exam.example"), ("not the address of a server",)),
        (("--upload", tmp_path / "missing.ivf"), ("missing.ivf cannot be read", "no such file")),
        (("--upload", nobody), ("nobody.ivf is cut off",)),
        (("--media", "video/x-h264"), ("no recording of video/x-h264", "--upload")),
        (("--recordings-dir", tmp_path), ("cannot be read",)),
        (("--students", 2, "--dark", 3), ("--dark", "more than the 2 students")),
        (("--json", tmp_path / "no" / "folder.json"), ("folder.json",)),
        (("--server-pid", 99999999), ("--server-pid",)),
    ]:
        code, output = simulate(server, *options)
        assert code == 2 and output.startswith("Error: "), output
        assert all(word in output for word in words), output
    assert server.metrics()["exam_sessions"] == 0
