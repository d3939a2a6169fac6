"""A long exam with everything that can go wrong: `soak.py --server BINARY [--minutes N]`.

Fifty students come and go, each on a connection that ends in every way; four hostile ones send bombs, floods and garbage or
read nothing; teachers come and go; in the middle the server is killed and started again. After the first tenth and at
the end everybody leaves for a moment and the server is measured: what it holds then must be the same. Everything that a
teacher was told must be in the journal.
"""
import argparse
import contextlib
import os
import pathlib
import random
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "Protocol"), str(HERE.parent / "support")]
import clients  # noqa: E402
import media  # noqa: E402
import server as server_process  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidHandshake  # noqa: E402

STUDENTS = 50
# Tolerated growth of memory, beyond which it counts as a leak.
TOLERANCE = 0.05
# How much libdispatch's pool may have grown.
SPARE_THREADS = 4
TROUBLE = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError, AssertionError)
HOSTILE_ADDRESS = "127.0.0.66"


class Watcher(clients.Teacher):
    """A teacher's page that keeps what it receives except the pictures."""

    def __init__(self, exam, token, id, acknowledge=True):
        self.count = 0
        super().__init__(exam, token, id, acknowledge)

    def got_picture(self, picture):
        self.count += 1
        if self.acknowledges:
            self.send("ack", frames=1)


class Room:
    """The participants, on threads of their own, until `stop`; `calm` makes everybody leave and stay away for a while."""

    def __init__(self, url):
        self.exam = clients.Exam(url)
        self.told = []
        self.random = random.Random(1)
        self.over = threading.Event()
        self.calm = threading.Event()
        self.inside = 0
        self.lock = threading.Lock()
        self.streams = 0
        joined = [self.exam.join(f"Student {n}") for n in range(STUDENTS)]
        colleagues = [self.exam.join(f"Teacher {n}", "teacher", teacher_key=self.exam.key) for n in range(3)]
        self.threads = [threading.Thread(target=self.loop, args=(self.study, j), daemon=True) for j in joined]
        self.threads += [threading.Thread(target=self.loop, args=(self.teach, j), daemon=True) for j in colleagues[:2]]
        self.threads += [
            threading.Thread(target=self.loop, args=(what, None), daemon=True)
            for what in (self.bomb, self.flood, self.garbage)]
        self.threads.append(threading.Thread(target=self.loop, args=(self.read_nothing, colleagues[2]), daemon=True))
        self.threads.append(threading.Thread(target=self.keep_watch, daemon=True))
        for thread in self.threads:
            thread.start()

    def loop(self, visit, joined):
        """One visit after the other; the server may be down, or may close at any time."""
        while not self.over.is_set():
            if self.calm.is_set():
                self.over.wait(0.2)
                continue
            with self.lock:
                self.inside += 1
            try:
                visit(joined)
            except TROUBLE:
                pass
            finally:
                with self.lock:
                    self.inside -= 1
            self.over.wait(self.random.uniform(0.2, 3))

    def stay(self, seconds):
        """Waits, but not into a calm."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.calm.is_set() and not self.over.is_set():
            time.sleep(0.1)

    def study(self, joined):
        client = clients.Student(self.exam, joined["token"], joined["participant_id"], "")
        try:
            kind = self.random.choice(["image/jpeg", "video/x-vp8", "video/x-vp8", "video/webm;codecs=vp8"])
            clip = media.CLIPS[kind]()
            client.start(kind, clip, rate=10)
            with self.lock:
                self.streams += 1
            if self.random.random() < 0.2:
                client.send("hand", up=True)
                client.send("chat", text="Is this right?")
                client.send("hand", up=False)
            if self.random.random() < 0.1:
                client.send("status", page="hidden")
            self.stay(self.random.uniform(10, 60))
        finally:
            self.leave(client)

    def leave(self, client):
        if getattr(client, "upload", None):
            client.upload.stop()
        if self.random.random() < 0.5:
            client.reset()
        else:
            client.close()

    def teach(self, joined):
        teacher = Watcher(self.exam, joined["token"], joined["participant_id"])
        try:
            teacher.watch(fps=2)
            teacher.send("chat", to="students", text="You have time.")
            self.stay(self.random.uniform(10, 40))
            for alert in [m for m in teacher.messages if m["type"] == "alert" and m["state"] != "cleared"][:5]:
                teacher.send("acknowledge", alert_id=alert["alert_id"])
        finally:
            self.collect(teacher)
            self.leave(teacher)

    def keep_watch(self):
        """The teacher who stays, and reconnects after a kill."""
        while not self.over.is_set():
            try:
                teacher = Watcher(self.exam, self.exam.teacher_token, self.exam.teacher_id)
                teacher.watch(fps=1)
                while not self.over.is_set() and not teacher.closed.wait(0.5):
                    pass
            except TROUBLE:
                self.over.wait(0.5)
                continue
            self.collect(teacher)
            teacher.close()

    def collect(self, teacher):
        with self.lock:
            self.told += [m for m in teacher.messages if m["type"] in ("alert", "chat")]

    # Hostile ones

    def join_from_afar(self, name):
        answer = clients.request(
            self.exam.url, "POST", f"{self.exam.path}/participants", {"name": name, "role": "student"},
            source=HOSTILE_ADDRESS)
        assert answer.status == 201, answer
        return clients.Student(self.exam, answer.json["token"], answer.json["participant_id"], name)

    def bomb(self, _):
        """Small files that would be large pictures."""
        client = self.join_from_afar("Bomb")
        try:
            kind, payload = self.random.choice([
                ("image/jpeg", media.resized_jpeg(30000, 30000)), ("video/x-vp8", media.resized_vp8(16383, 16383)),
                ("video/webm;codecs=vp8", media.resized_webm(16383, 16383))])
            client.hello(kind)
            for _ in range(20):
                client.send_frame(payload, key=True)
                self.stay(0.2)
        finally:
            client.close()

    def flood(self, _):
        client = self.join_from_afar("Flood")
        try:
            client.hello("image/jpeg")
            end = time.monotonic() + 10
            while time.monotonic() < end and not client.closed.is_set() and not self.calm.is_set():
                for _ in range(50):
                    client.raw(b"\x01\x01" + bytes(14) + b"x")
                    client.send("status", page=self.random.choice(["hidden", "visible"]))
                client.socket.ping()
        finally:
            client.close()

    def garbage(self, _):
        host, port = self.exam.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5, source_address=(HOSTILE_ADDRESS, 0)) as raw:
            raw.sendall(self.random.randbytes(2000))
            self.stay(0.5)
        client = self.join_from_afar("Garbage")
        try:
            client.hello(self.random.choice(list(media.CLIPS)))
            for _ in range(50):
                client.send_frame(self.random.randbytes(self.random.randrange(1, 20000)), key=True)
                self.stay(0.1)
        finally:
            client.close()

    def read_nothing(self, joined):
        """A teacher's page that requests everything and reads nothing."""
        host, port = self.exam.url.removeprefix("http://").split(":")
        with socket.socket() as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.settimeout(10)
            raw.connect((host, int(port)))
            raw.sendall(
                f"GET {self.exam.path}/socket HTTP/1.1\r\nHost: {host}:{port}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Sec-WebSocket-Protocol: {clients.SUBPROTOCOL}, token.{joined['token']}\r\n\r\n".encode())
            text = b'{"type":"watch","view":"tile","students":"all","fps":5}'
            raw.sendall(struct.pack(">BB", 0x81, 0x80 | len(text)) + bytes(4) + text)
            self.stay(self.random.uniform(20, 60))

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(30)


def thread_names(process):
    """The names of a process's threads; one that ends while they are read has none."""
    names = []
    for thread in (process / "task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            names.append((thread / "comm").read_text())
    return names


class Measured:
    """What the server holds while only one teacher is connected."""

    def __init__(self, server):
        proc = pathlib.Path(f"/proc/{server.process.pid}")
        self.megabytes = server.resident_megabytes
        self.descriptors = len(list((proc / "fd").iterdir()))
        names = thread_names(proc)
        # libdispatch keeps as many as were ever needed at one time, and names them after their quality of service.
        self.pooled = sum("qos" in name for name in names)
        self.threads = len(names) - self.pooled
        metrics = clients.request(server.url, "GET", "/metrics").body.decode()
        self.pipelines = int(float(next(
            line.split()[1] for line in metrics.splitlines() if line.startswith("exam_pipelines "))))
        self.files = {
            str(file.relative_to(server.data)) for file in server.data.rglob("*")
            if file.is_file() and file.suffix != ".jpg"}

    def __str__(self):
        return (f"{self.megabytes:.1f} MB, {self.descriptors} descriptors, {self.threads} threads and {self.pooled} of the pool, "
                f"{self.pipelines} pipelines, {len(self.files)} files beside pictures")


def measured_in_calm(server, room):
    """Everybody leaves; what they used is released within half a minute."""
    room.calm.set()
    clients.wait_until(lambda: room.inside == 0, lambda: f"{room.inside} are still inside", timeout=60)
    best = None
    end = time.monotonic() + 30
    while time.monotonic() < end:
        # Each figure individually: they are released at different times.
        now = Measured(server)
        if best:
            for what in ("megabytes", "descriptors", "threads", "pooled", "pipelines"):
                setattr(now, what, min(getattr(now, what), getattr(best, what)))
        best = now
        time.sleep(1)
    room.calm.clear()
    return best


def problems(first, last):
    if last.megabytes > first.megabytes * (1 + TOLERANCE):
        yield f"memory grew from {first.megabytes:.1f} to {last.megabytes:.1f} MB"
    for what in ("descriptors", "threads", "pipelines"):
        if getattr(last, what) > getattr(first, what):
            yield f"{what}: {getattr(first, what)} after the first tenth, {getattr(last, what)} at the end"
    if last.pooled > first.pooled + SPARE_THREADS:
        yield f"threads of the pool: {first.pooled} after the first tenth, {last.pooled} at the end"
    if extra := last.files - first.files:
        yield f"files that were not there: {sorted(extra)}"


def missing_from_journal(room):
    """What a teacher was sent and the journal does not contain."""
    events = room.exam.request("GET", "/events").json
    chat = {(e["participant"], e["fields"]["text"]) for e in events if e["kind"] == "chat"}
    alerts = {e["fields"]["alert"] for e in events if e["kind"] == "alert_confirmed"}
    for message in room.told:
        if message["type"] == "alert" and message["alert_id"] not in alerts:
            yield f"alert {message['id']} of {message['student']}"
        if message["type"] == "chat" and (message["from"], message["text"]) not in chat:
            yield f"chat of {message['from']}: {message['text']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="the server's binary")
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    server_process.BINARY = os.path.abspath(options.server)
    seconds = options.minutes * 60

    with tempfile.TemporaryDirectory(prefix="exam-soak-") as data:
        server = server_process.Server(data)
        port = server.port
        room = Room(server.url)
        begun = time.monotonic()

        def until(share):
            left = begun + share * seconds - time.monotonic()
            if left > 0:
                time.sleep(left)
            print(f"{time.monotonic() - begun:6.0f} s: {server.resident_megabytes:.1f} MB, "
                  f"{room.streams} streams begun, {room.inside} people inside", flush=True)

        until(0.1)
        first = measured_in_calm(server, room)
        print(f"after the first tenth: {first}", flush=True)
        until(0.3)
        until(0.5)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server = server_process.Server(data, port=port)
        print("killed, and started again", flush=True)
        until(0.7)
        until(0.9)
        until(1)
        last = measured_in_calm(server, room)
        print(f"at the end: {last}", flush=True)
        room.stop()
        faults = [*problems(first, last), *missing_from_journal(room)]
        print(f"{len(room.told)} alerts and lines of chat were told to teachers", flush=True)
        code = server.stop()
        if code != 0:
            faults.append(f"the server ended with {code}")
        for fault in faults:
            print(f"FAULT: {fault}")
    print(f"soak: {0 if faults else 1} passed, {1 if faults else 0} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
