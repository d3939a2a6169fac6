"""What an operator sees and does."""
import os
import pathlib
import re
import shutil
import stat

import pytest
from clients import Exam, request, wait_until
from media import face, vp8
from support.server import ROOT, NotReady, Server, run

PASSWORD = "correct horse"


@pytest.fixture
def pipelines(tmp_path):
    return shutil.copytree(ROOT / "Pipelines", tmp_path / "pipelines")


def test_health_and_metrics(server):
    assert request(server.url, "GET", "/healthz").body == b"ok\n"
    assert request(server.url, "GET", "/readyz").body == b"ready\n"
    answer = request(server.url, "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    kinds, helps, labels = {}, {}, {}
    sample = re.compile(r'([a-z_]+)(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (-?[0-9.e+-]+)')
    for line in answer.body.decode().removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            _, _, name, text = line.split(" ", 3)
            helps[name] = text
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in kinds and kind in ("counter", "gauge", "histogram")
            kinds[name] = kind
        else:
            found = sample.fullmatch(line)
            assert found and float(found[4]) >= 0, line
            name = re.sub("_(bucket|sum|count)$", "", found[1])
            if kinds.get(name) != "histogram":
                name = found[1]
                assert kinds[name] == ("counter" if name.endswith("_total") else "gauge"), line
            labels.setdefault(name, set()).update(re.findall('([a-z_]+)="', found[2] or ""))
    shown = {(name, kinds[name], frozenset(labels[name] - {"le"}), helps[name]) for name in helps}
    table = (ROOT / "docs/operations.md").read_text().partition("\n| metric | kind | labels | what |\n")[2]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| (.*) \|$", table, re.MULTILINE)
    documented = {(name, kind, frozenset(re.findall(r"`(\w+)`", of)), what) for name, kind, of, what in rows}
    assert set(kinds) == set(helps) and shown == documented


def test_a_life_over_tls(tmp_path, pipelines):
    """One server: its own certificate, a password, a reload that fails and one that does not, and its end."""
    data = tmp_path / "data"
    server = Server(data, "--self-signed", "--pipelines-dir", pipelines,
                    environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    assert server.url.startswith("https://127.0.0.1:")
    try:
        for token, code in ((None, "password_needed"), ("wrong horse", "password_wrong")):
            answer = request(server.url, "POST", "/api/sessions", {"name": "Eve"}, token)
            assert (answer.status, answer.code) == (401, code)
        exam = Exam(server.url, password=PASSWORD)
        teacher = exam.teacher().watch()
        ada = exam.student("Ada").start("video/x-vp8", vp8())
        teacher.expect_tiles(ada, 3)

        (pipelines / "image-jpeg.launch").write_text("# a tune\nappsrc name=ingest ! nosuchelement ! appsink name=faces\n")
        server.reload()
        line = wait_until(lambda: [x for x in server.log_lines if "the pipelines stay" in x], "a line in the log")[0]
        assert " error " in line and "image-jpeg.launch" in line and "nosuchelement" in line
        (pipelines / "image-jpeg.launch").write_text("decodedd. ! smal.\n")  # GStreamer crashes on this
        server.reload()
        wait_until(lambda: any("the pipelines stay" in x and "itself ended" in x for x in server.log_lines), "it in the log")
        bert = exam.student("Bert").start("image/jpeg", face())
        teacher.expect_tiles(bert, 1)
        teacher.expect_tiles(ada, 1)

        shutil.copy(ROOT / "Pipelines/image-jpeg.launch", pipelines)
        (pipelines / "image-x-new.launch").write_text((ROOT / "Pipelines/image-jpeg.launch").read_text())
        os.rename(data / "server.log", data / "server.log.1")
        server.reload()
        wait_until(lambda: (data / "server.log").exists(), "the log is opened anew")
        cleo = exam.student("Cleo").start("image/x-new", face())
        teacher.expect_tiles(cleo, 1)

        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        for file in data.iterdir():
            if "certificate" not in file.name:
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        everybody = (teacher, ada, bert, cleo)
        server.process.terminate()
        for client in everybody:
            assert client.expect_close() == 1001
    finally:
        assert server.stop() == 0
    logs = "".join(path.read_text() for path in data.glob("server.log*")) + "".join(server.log)
    assert "stopped" in logs and all(name in logs for name in ("Ada", "Bert", "Cleo"))
    for secret in [PASSWORD, "wrong horse", exam.key, *(client.token for client in everybody)]:
        assert secret not in logs


def test_no_token_is_ever_in_the_log(exam, teacher, server):
    joined = exam.join("Ada")
    request(exam.url, "GET", f"{exam.path}/socket?token={joined['token']}")
    request(exam.url, "GET", f"{exam.path}/alerts/{joined['token']}?TOKEN={joined['token']}&%74oken={joined['token']}")
    ada = exam.student("Ada", joined)
    ada.hello("image/jpeg")
    ada.reset()
    wait_until(lambda: any("disconnected" in line and ada.id in line for line in server.log_lines), "the end in the log")
    text = "\n".join(server.log_lines) + "".join(server.log)
    for secret in (joined["token"], exam.teacher_token, exam.key):
        assert secret not in text


def refused(*options, **others):
    with pytest.raises(NotReady) as problem:
        Server(*options, **others).stop()
    assert problem.value.code not in (0, None) and problem.value.code > 0, problem.value
    return problem.value.output


def test_a_broken_pipeline_file_stops_the_start(tmp_path, pipelines):
    (pipelines / "video-webm.launch").write_text("# one\n# two\nappsrc name=ingest\n! nosuchelement\n! appsink name=faces\n")
    output = refused(tmp_path / "data", "--pipelines-dir", pipelines)
    assert "video-webm.launch:4" in output and 'no element "nosuchelement"' in output


def test_where_it_cannot_listen_it_names_the_setting(tmp_path, server):
    output = refused(tmp_path / "data", port=server.port)
    assert f"setting port: 127.0.0.1:{server.port} is in use by another program; end that one, or choose another port" in output
    for host in ("exam.example", "203.0.113.7"):
        output = refused(tmp_path / "data", "--host", host, "--trusted-proxies", "127.0.0.1",
                         environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
        assert f"setting host: cannot listen on {host}: " in output and "0.0.0.0" in output and "public_url" in output


def test_the_server_is_the_process_that_was_started(server):
    folder = pathlib.Path(f"/proc/{server.process.pid}")
    assert b"G_SLICE=always-malloc" in (folder / "environ").read_bytes().split(b"\0")
    assert (folder / "comm").read_text().strip() == "exam-monitoring"[:15]


def test_settings_that_cannot_be_used(tmp_path, server):
    data = tmp_path / "data"
    assert "teacher_password" in refused(data, "--host", "0.0.0.0")
    output = refused(data, "--host", "0.0.0.0", environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    assert "certificate" in output and PASSWORD not in output
    assert "maximum_sessions" in refused(data, environment={"EXAM_MONITORING_MAXIMUM_SESSIONS": "many"})
    settings = tmp_path / "exam.yaml"
    settings.write_text("checks_per_second: 500\n")
    assert "checks_per_second" in refused(data, "--config", settings)
    assert "missing.yaml" in refused(data, "--config", tmp_path / "missing.yaml")
    models = tmp_path / "models"
    output = refused(data, "--models-dir", models)
    assert str(models) in output and "Fatal error" not in output
    output = refused(data, port=server.port)
    assert "in use" in output and str(server.port) in output and "Fatal error" not in output
    locked = tmp_path / "file"
    locked.write_text("")
    assert str(locked) in refused(locked / "data")


def test_pipelines_check(tmp_path, pipelines):
    code, output = run("pipelines", "check", "--pipelines-dir", pipelines)
    assert code == 0 and output.count(": good") == len(list(pipelines.glob("*.launch")))
    broken = {
        "no-element.launch": ("appsrc name=ingest ! nosuchelement ! appsink name=faces", "nosuchelement"),
        "no-tile.launch": ("appsrc name=ingest caps=image/jpeg format=time ! jpegdec ! appsink name=faces", "tile"),
        "empty.launch": ("", ""),
        "quote.launch": ('appsrc name="ingest', ""),
        # GStreamer's own parser crashes on these two names that no element has.
        "crash.launch": ("decodedd. ! smal.", "GStreamer itself ended"),
    }
    for name, (text, word) in broken.items():
        (tmp_path / name).write_text(text + "\n")
    good = pipelines / "image-jpeg.launch"
    code, output = run("pipelines", "check", good, *(tmp_path / name for name in broken), tmp_path / "missing.launch")
    assert code != 0 and f"{good}: good" in output and output.count(": good") == 1
    for name, (_, word) in broken.items():
        lines = [line for line in output.splitlines() if name in line]
        assert lines and word in "".join(lines), name
    assert "missing.launch" in output
