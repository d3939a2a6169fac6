"""Settings: told and checked by the program, and read anew by a server that runs."""
import json
import os
import subprocess

import pytest

from clients import Exam, request, wait_until
from support.server import BINARY, ROOT, Server

PASSWORD, OTHER = "correct horse", "battery staple"


def config(*arguments, **environment):
    return subprocess.run(
        [BINARY, "config", *map(str, arguments)], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)


@pytest.fixture
def settings(tmp_path):
    return tmp_path / "exam.yaml"


@pytest.fixture
def running(tmp_path, settings):
    """A server with settings that a test writes anew."""
    settings.write_text(f"teacher_password: {PASSWORD}\n")
    server = Server(tmp_path / "data", "--config", settings)
    yield server
    assert server.stop() == 0


def reload(server, *words):
    """Sends the signal; returns the new lines of the log once all of it was read anew and they have these words."""
    before = len(server.log_lines)
    server.reload()
    new = lambda: server.log_lines[before:]
    wait_until(
        lambda: any("pipelines read anew" in line for line in new()) and all(any(w in line for line in new()) for w in words),
        lambda: "\n".join(new()))
    return new()


def creates(server, password):
    return request(server.url, "POST", "/api/sessions", {"name": "Grace"}, password).status


def test_the_template_can_be_used_as_it_is(settings):
    template = config("template")
    assert template.returncode == 0 and all(line.startswith("#") for line in template.stdout.splitlines() if line)
    settings.write_text(template.stdout)
    assert config("check", "--config", settings).returncode == 0
    assert config("show", "--changed", "--config", settings).stdout == ""


def test_what_is_in_force_is_told_with_its_place(settings):
    settings.write_text(f"teacher_password: {PASSWORD}\nport: 1\nalerts: {{face_missing: {{window: 4}}}}\n")
    shown = config("show", "--changed", "--config", settings, EXAM_MONITORING_PORT="8081")
    assert shown.returncode == 0 and PASSWORD not in shown.stdout
    assert {tuple(part.strip() for part in line.split(" # ")) for line in shown.stdout.splitlines()} == {
        ("port: 8081", "EXAM_MONITORING_PORT in the environment"), ('teacher_password: "(hidden)"', f"{settings}, line 1"),
        ("alerts.face_missing.window: 4", f"{settings}, line 3")}
    told = {row["key"]: row for row in json.loads(config("show", "--json", "--config", settings).stdout)}
    assert told["port"] == {"key": "port", "value": "1", "from": f"{settings}, line 2", "default": "8080"}
    assert told["retention_days"]["unit"] == "days" and PASSWORD not in json.dumps(told)


def test_all_that_is_wrong_is_told_at_once(tmp_path, settings):
    settings.write_text("port: 70000\nteacher_pasword: x\nretention_days: long\n")
    checked = config("check", "--config", settings)
    assert checked.returncode == 1
    for line, words in enumerate(("port: 70000 is outside 0 to 65535", "did you mean teacher_password?", "long is not a number"), 1):
        assert words in checked.stderr and f"line {line})" in checked.stderr
    settings.write_text(f"web_dir: {tmp_path}\nmodels_dir: {tmp_path}\ncertificate: /nowhere/c.pem\nprivate_key: /nowhere/k.pem\n"
                        f"pipelines_dir: {tmp_path}/none\ndata_dir: {settings}\n")
    checked = config("check", "--config", settings)
    assert checked.returncode == 1
    for key in ("web_dir", "make models", "certificate", "private_key", "pipelines_dir", "data_dir"):
        assert key in checked.stdout, checked.stdout


def test_a_data_folder_is_made_with_those_above_it(tmp_path, settings):
    settings.write_text(f"data_dir: {tmp_path}/a/b/c\n")
    assert config("check", "--config", settings).returncode == 0
    for wrong in (settings / "data", ""):
        settings.write_text(f'data_dir: "{wrong}"\n')
        checked = config("check", "--config", settings)
        assert checked.returncode == 1 and "setting data_dir: " in checked.stdout, wrong


def test_no_error_quotes_the_file(settings):
    for text in (f"teacher_password: {PASSWORD}\nport: 1\nport: 2\n", f"teacher_password: {PASSWORD}: x\n", f"teacher_password:{PASSWORD}\nport: 1\n",
                 f"teacher_password: @{PASSWORD}\n", f"teacher_password: '{PASSWORD}\n", f"teacher_password: *{PASSWORD}\n", f"{PASSWORD}\n",
                 f"teacher_password: [{PASSWORD}]\n", f"teacher_password: {{a: {PASSWORD}}}\n", "teacher_password: correct\x01 horse\n"):
        settings.write_text(text)
        checked = config("check", "--config", settings)
        assert checked.returncode == 1 and "setting " in checked.stderr, text
        assert "correct" not in checked.stdout + checked.stderr, checked.stderr


def test_a_signal_brings_settings_into_force(running, settings):
    assert (creates(running, OTHER), creates(running, PASSWORD)) == (401, 201)
    settings.write_text(f"teacher_password: {OTHER}\nmaximum_sessions: 2\ncheck_workers: 1\nalerts: {{page_hidden: {{cooldown: 7}}}}\n")
    lines = reload(running, "settings read anew", "when the server is started again")
    assert any('changed="teacher_password maximum_sessions alerts.page_hidden.cooldown"' in line for line in lines)
    assert any("settings=check_workers" in line for line in lines)
    assert (creates(running, PASSWORD), creates(running, OTHER), creates(running, OTHER)) == (401, 201, 503)
    told = {row["kind"]: row for row in request(running.url, "GET", "/api/alert-kinds").json["kinds"]}
    assert (told["page_hidden"]["cooldown"], told["face_missing"]["cooldown"]) == (7, 30)


def test_an_exam_that_is_on_keeps_its_rules(running, settings):
    old = Exam(running.url, password=PASSWORD)
    settings.write_text(f"teacher_password: {PASSWORD}\nmaximum_participants: 2\nalerts: {{page_hidden: {{window: 0}}}}\n")
    reload(running, "settings read anew")
    new = Exam(running.url, password=PASSWORD)
    windows = []
    for exam in (old, new):
        teacher, student = exam.teacher(), exam.student("Ada")
        student.hello("image/jpeg")
        student.send("status", page="hidden")
        windows.append(teacher.expect_alert(student, "page_hidden", "confirmed")["thresholds"]["window"])
        for name in ("Ben", "Cleo"):
            answer = exam.request("POST", "/participants", {"name": name, "role": "student"})
            assert answer.status == (409 if exam is new and name == "Cleo" else 201)
        exam.leave()
    assert windows == [1, 0]


def test_settings_that_cannot_be_used_change_nothing(running, settings):
    for text, word in (("maximum_sessions: 0\n", "maximum_sessions"), ("maximum_sesions: 1\n", "did you mean"), ("port: [", "cannot use")):
        settings.write_text(text)
        lines = reload(running, "the settings stay as they were")
        assert any(word in line and str(settings) in line for line in lines)
        assert (creates(running, OTHER), creates(running, PASSWORD)) == (401, 201)
    # Somebody who writes it anew empties it first.
    settings.write_text("")
    assert any("has no settings any more" in line for line in reload(running, "the settings stay as they were"))
    settings.unlink()
    reload(running, "the settings stay as they were")
    assert (creates(running, None), creates(running, PASSWORD)) == (401, 201)


def test_that_no_password_is_needed_waits_for_a_restart(running, settings):
    settings.write_text("maximum_sessions: 9\n")
    lines = reload(running, "settings read anew", "when the server is started again")
    assert any("settings=teacher_password" in line for line in lines)
    assert (creates(running, None), creates(running, PASSWORD)) == (401, 201)


def test_a_server_whose_settings_cannot_be_read_to_the_end_can_be_stopped(tmp_path, settings):
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    settings.write_text(f"teacher_password_file: {password}\n")
    server = Server(tmp_path / "data", "--config", settings)
    password.unlink()
    os.mkfifo(password)
    server.reload()
    # Whoever reads a pipe waits for somebody who writes; that the server does is seen by opening it without waiting.
    def is_read():
        try:
            return os.open(password, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return None
    writer = wait_until(is_read, "nobody reads it")
    assert server.stop() == 0
    os.close(writer)
