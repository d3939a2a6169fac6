"""The Debian package, from a clean system to a purged one; the tests run in their order. Needs root and a network."""
import re
import shutil
import subprocess
import sys

import pytest

from clean_root import CleanRoot
from support import proxies
from support.server import ROOT

sys.path.insert(0, str(ROOT / "Tests/Protocol"))
from clients import Exam, request, wait_until  # noqa: E402
from media import vp8  # noqa: E402

BUILT = ROOT / ".build-package"
SERVICE = "exam-monitoring.service"
DATA, SETTINGS = "/var/lib/exam-monitoring", "/etc/exam-monitoring/exam-monitoring.yaml"


@pytest.fixture(scope="module")
def package():
    [package] = BUILT.glob("exam-monitoring_*.deb")
    return package


@pytest.fixture(scope="module")
def newer(package, tmp_path_factory):
    """The same package as a later version."""
    folder = tmp_path_factory.mktemp("newer")
    subprocess.run(["dpkg-deb", "-R", package, folder / "tree"], check=True)
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+later", control.read_text()))
    subprocess.run(["dpkg-deb", "-b", "--root-owner-group", "-Znone", folder / "tree", folder / "newer.deb"], check=True)
    return folder / "newer.deb"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = CleanRoot(BUILT / "clean-root", tmp_path_factory.mktemp("debian") / "root")
    yield root
    root.stop()
    shutil.rmtree(root.folder)


@pytest.fixture(scope="module")
def free_port():
    return proxies.free_port()


@pytest.fixture(scope="module")
def exam():
    """What the tests of the running service have in common."""
    return {}


def active(root):
    return root.run("systemctl", "is-active", SERVICE, check=False).stdout.strip()


def test_lintian_finds_no_error(package):
    found = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", package], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_service_is_confined():
    unit = ROOT / "deploy/debian" / SERVICE
    told = subprocess.run(["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True, check=True).stdout
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", told)[1]) < 2.0, told


def test_it_is_installed_without_a_question(root, package, free_port):
    shutil.copy(package, root.path("/root/exam-monitoring.deb"))
    root.run("apt-get", "update", "-qq")
    root.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "systemd", "/root/exam-monitoring.deb")
    assert root.run("stat", "-c", "%a %U", DATA).stdout.split() == ["700", "exam-monitoring"]
    assert root.run("stat", "-c", "%a %U %G", SETTINGS).stdout.split() == ["640", "root", "exam-monitoring"]
    shown = root.run("exam-monitoring", "config", "show", "--config", SETTINGS).stdout
    assert "host: 127.0.0.1 " in shown and "port: 8080 " in shown and f"data_dir: {DATA} " in shown
    assert root.run("exam-monitoring", "pipelines", "check").stdout.count(": good") == len(list((ROOT / "Pipelines").glob("*.launch")))
    assert root.path("/usr/share/man/man1/exam-monitoring-serve.1.gz").exists()
    for shell, words in (("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")):
        [file] = [path for path in root.path("/usr/share").rglob("*exam-monitoring*") if shell in str(path) and path.is_file()]
        assert words in file.read_text()
    # The tests have the machine's network, where 8080 may be somebody's.
    settings = root.path(SETTINGS)
    settings.write_text(settings.read_text() + f"port: {free_port}\n")


def test_it_runs_as_a_service_on_loopback(root, free_port, exam):
    root.boot()
    wait_until(lambda: active(root) == "active", lambda: root.run("journalctl", "--no-pager", "-u", SERVICE, check=False).stdout, timeout=120)
    exam["on"] = on = Exam(f"http://127.0.0.1:{free_port}")
    student = on.student("Ada").start("video/x-vp8", vp8())
    on.teacher().watch().expect_tiles(student, 3)
    status = lambda: root.run("systemctl", "status", "--no-pager", SERVICE).stdout
    wait_until(lambda: "exams: 1, connected students: 1, teachers: 1" in status(), status)
    pid = root.run("systemctl", "show", "-p", "MainPID", "--value", SERVICE).stdout.strip()
    confined = dict(line.split(":\t", 1) for line in root.run("cat", f"/proc/{pid}/status").stdout.splitlines() if ":\t" in line)
    assert confined["Uid"].split()[0] != "0" and confined["NoNewPrivs"] == "1" and confined["Seccomp"] == "2"
    assert int(confined["CapEff"], 16) == int(confined["CapBnd"], 16) == 0


def test_settings_are_read_anew(root):
    settings = root.path(SETTINGS)
    settings.write_text(settings.read_text() + "maximum_sessions: 7\n")
    root.run("systemctl", "reload", SERVICE)
    log = root.path(DATA) / "server.log"
    wait_until(lambda: "settings read anew changed=maximum_sessions" in log.read_text(), log.read_text)


def test_a_password_can_be_a_credential(root, free_port):
    root.path("/etc/exam-monitoring/password").write_text("correct horse\n")
    folder = root.path(f"/etc/systemd/system/{SERVICE}.d")
    folder.mkdir()
    # As docs/operations.md has it.
    lines = (ROOT / "docs/operations.md").read_text().split("```ini\n")[1].split("```")[0]
    assert "LoadCredential=" in lines
    (folder / "password.conf").write_text(lines)
    root.run("systemctl", "daemon-reload")
    root.run("systemctl", "restart", SERVICE)
    create = lambda password: request(f"http://127.0.0.1:{free_port}", "POST", "/api/sessions", {"name": "Grace"}, password).status
    assert (create(None), create("correct horse")) == (401, 201)
    shutil.rmtree(folder)
    root.run("systemctl", "daemon-reload")


def test_one_that_hangs_is_started_anew(root):
    root.run("systemctl", "kill", "-s", "STOP", SERVICE)
    wait_until(lambda: "watchdog" in root.run("systemctl", "show", "-p", "Result", "--value", SERVICE).stdout
               or root.run("systemctl", "show", "-p", "NRestarts", "--value", SERVICE).stdout.strip() != "0", "no restart", timeout=60)
    wait_until(lambda: active(root) == "active", "it is not active again", timeout=60)


def test_an_upgrade_keeps_settings_data_and_exams(root, newer, free_port, exam):
    shutil.copy(newer, root.path("/root/newer.deb"))
    root.run("dpkg", "-i", "/root/newer.deb")
    wait_until(lambda: active(root) == "active", "it is not active", timeout=60)
    assert f"\nport: {free_port}\n" in root.path(SETTINGS).read_text()
    assert root.run("dpkg-query", "-W", "-f", "${Version}", "exam-monitoring").stdout.endswith("+later")
    on = exam["on"]
    assert on.describe()["session"]["code"] == on.code
    student = on.student("Ben").start("video/x-vp8", vp8())
    on.teacher().watch().expect_tiles(student, 3)
    on.leave()


def test_removing_keeps_the_data_and_purging_does_not(root):
    root.run("dpkg", "--remove", "exam-monitoring")
    assert active(root) != "active" and root.path(f"{DATA}/exam.sqlite").exists() and root.path(SETTINGS).exists()
    root.run("dpkg", "--purge", "exam-monitoring")
    left = root.run("find", "/", "-xdev", "-name", "*exam-monitoring*", "-not", "-path", "/proc/*", "-not", "-path", "/root/*",
                    "-not", "-path", "/sys/*", "-not", "-path", "/run/*").stdout
    assert left == "" and root.run("id", "exam-monitoring", check=False).returncode != 0
