"""What the server tells the service manager that has started it."""
import os
import signal
import socket
import time

import pytest

from clients import Exam, wait_until
from support.server import Server


class Manager:
    """Listens at NOTIFY_SOCKET, as systemd does. `address` begins with a zero if it is abstract."""

    def __init__(self, address, watchdog=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)
        self.environment = {"NOTIFY_SOCKET": address.replace("\0", "@")}
        if watchdog:
            self.environment["WATCHDOG_USEC"] = str(int(watchdog * 1_000_000))
        self.told = []

    def read(self):
        while True:
            try:
                self.told.append(dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n")))
            except BlockingIOError:
                return self.told

    def expect(self, what):
        """Everything that was told up to a message with this word."""
        def found():
            told = self.read()
            return next((told[:i + 1] for i, message in enumerate(told) if what in message), None)
        told = wait_until(found, lambda: f"{what} is not in {self.told}")
        self.told = self.told[len(told):]
        return told

    def close(self):
        self.socket.close()


@pytest.fixture(params=["path", "abstract"])
def address(request, tmp_path):
    return str(tmp_path / "notify") if request.param == "path" else f"\0exam-monitoring-test-{os.getpid()}"


def test_it_is_told_of_the_start_of_a_reload_and_of_the_end(tmp_path, address):
    manager = Manager(address)
    server = Server(tmp_path / "data", environment=manager.environment)
    try:
        ready = manager.expect("READY")
        assert len(ready) == 1 and ready[0]["READY"] == "1" and server.url in ready[0]["STATUS"]
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        server.reload()
        reloading = manager.expect("RELOADING")[-1]
        assert before <= int(reloading["MONOTONIC_USEC"]) / 1e6 <= time.clock_gettime(time.CLOCK_MONOTONIC)
        assert manager.expect("READY")[-1] == {"READY": "1"}
        wait_until(lambda: any("pipelines read anew" in line for line in server.log_lines), server.log_lines)
    finally:
        assert server.stop() == 0
    assert manager.expect("STOPPING")[-1] == {"STOPPING": "1"}
    manager.close()


def test_it_hears_from_a_server_that_is_well_and_not_from_one_that_hangs(tmp_path):
    manager = Manager(str(tmp_path / "notify"), watchdog=1)
    server = Server(tmp_path / "data", environment=manager.environment)
    try:
        exam = Exam(server.url)
        exam.teacher()
        exam.student("Ada")
        manager.expect("READY")
        status = "exams: 1, connected students: 1, teachers: 1"
        wait_until(lambda: manager.expect("WATCHDOG")[-1]["STATUS"] == status, status)
        arrived = []
        for _ in range(4):
            manager.expect("WATCHDOG")
            arrived.append(time.monotonic())
        # Twice in the time after which it would be started anew; with room for a busy machine.
        assert arrived[-1] - arrived[0] < 3 * 1
        server.process.send_signal(signal.SIGSTOP)
        manager.read()
        manager.told = []
        time.sleep(1.5)
        assert not manager.read()
        server.process.send_signal(signal.SIGCONT)
        manager.expect("WATCHDOG")
        exam.leave()
    finally:
        server.process.send_signal(signal.SIGCONT)
        assert server.stop() == 0
        manager.close()


def test_without_a_manager_or_with_one_that_is_gone_nothing_is_missed(tmp_path):
    for environment in ({"NOTIFY_SOCKET": str(tmp_path / "nowhere"), "WATCHDOG_USEC": "100000"},
                        {"NOTIFY_SOCKET": "nonsense"}, {"NOTIFY_SOCKET": "/" + "x" * 300},
                        {"NOTIFY_SOCKET": str(tmp_path / "nowhere"), "WATCHDOG_USEC": "many", "WATCHDOG_PID": "1"}):
        server = Server(tmp_path / "data", environment=environment)
        Exam(server.url).leave()
        assert server.stop() == 0
