"""The real server as a process of its own, for the tests that talk to it from outside."""
import collections
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("EXAM_MONITORING", str(ROOT / ".build/debug/exam-monitoring"))
READY = re.compile(r"ExamMonitoring is ready at (https?://\S+:(\d+))")


class NotReady(Exception):
    """The server ended before it listened."""

    def __init__(self, code, output):
        super().__init__(f"{BINARY} did not become ready (exit code {code}):\n{output}")
        self.code, self.output = code, output


class Server:
    """Listens once the constructor returns. `port` 0 takes any free one; `prefix` is a command that runs the server."""

    def __init__(self, data, *options, port=0, environment=None, prefix=()):
        self.data = pathlib.Path(data)
        self.log = []
        self.process = subprocess.Popen(
            [*prefix, BINARY, "serve", "--port", str(port), "--data-dir", str(data), *options],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | (environment or {}))
        for line in self.process.stdout:
            self.log.append(line)
            if found := READY.search(line):
                self.url, self.port = found[1].rstrip("/"), int(found[2])
                break
        else:
            raise NotReady(self.process.wait(10), "".join(self.log))
        threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True).start()

    def stop(self):
        """Stops the server like an operator and returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    @property
    def log_lines(self):
        """The lines of server.log."""
        return (self.data / "server.log").read_text(encoding="utf-8").split("\n")[:-1]

    @property
    def resident_megabytes(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def metrics(self):
        """The metrics without labels, by name, and those with labels under name{labels}."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return collections.defaultdict(float, {
            name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))})


def run(*arguments, environment=None, timeout=60):
    """Runs a server command that ends by itself; its exit code and all its output."""
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [BINARY, *map(str, arguments)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, timeout=timeout,
            env=os.environ | (environment or {}))
        output.seek(0)
        return done.returncode, output.read()
