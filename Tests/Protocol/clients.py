"""Clients of the wire protocol: an exam, its teachers and its students, without a browser."""
import http.client
import itertools
import json
import socket
import ssl
import struct
import threading
import time
import urllib.parse
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PATIENCE = 20  # seconds until a condition counts as failed
SUBPROTOCOL = "exam-monitoring.v1"


def wait_until(condition, what, timeout=PATIENCE):
    """Returns what `condition` gives once that is true."""
    end = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {timeout} s: {what() if callable(what) else what}"
        time.sleep(0.03)
    return found


def unverified():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The problem document's code."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.json["status"] == self.status and self.json["title"]
        return self.json.get("code")


def request(url, method, path, body=None, token=None, headers=(), source=None):
    """One HTTP request to a path below `url`; `body` is JSON unless it is bytes. `source` is the address it comes from."""
    parts = urllib.parse.urlsplit(url)
    path = parts.path + path
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=PATIENCE, context=unverified())
    else:
        connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=PATIENCE, source_address=source and (source, 0))
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@dataclass
class Picture:
    view: int
    number: int
    captured: int
    jpeg: bytes
    at: float
    source: int = 0

    @classmethod
    def parse(cls, message):
        version, view, source, number, captured = struct.unpack_from(">BBHIq", message)
        assert version == 1, message[:16].hex()
        return cls(view, number, captured, message[16:], time.time(), source)


def frame(payload, sequence=0, captured=None, key=False, version=1, source=0):
    captured = int(time.time() * 1e6) if captured is None else captured
    # `key` may also be the complete flags.
    return struct.pack(">BBHIq", version, int(key), source, sequence & 0xFFFFFFFF, captured) + payload


class Client:
    """A connected socket that records everything it receives."""

    def __init__(self, exam, token):
        self.token = token
        self.messages = []
        self.pictures = []
        self.last_text = None
        self.lock = threading.Lock()
        url = exam.url.replace("http", "ws", 1) + f"/api/sessions/{exam.code}/socket"
        self.socket = connect(
            url, subprotocols=[SUBPROTOCOL, f"token.{token}"], compression=None, max_size=None, max_queue=None, ping_interval=None, legacy=True,
            open_timeout=PATIENCE, close_timeout=3, ssl=unverified() if url.startswith("wss") else None)
        self.closed = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            for message in self.socket:
                if isinstance(message, str):
                    self.got_text(json.loads(message))
                else:
                    self.got_picture(Picture.parse(message))
        except (ConnectionClosed, OSError):
            pass
        self.closed.set()

    def got_text(self, message):
        self.messages.append(message)

    def got_picture(self, picture):
        self.pictures.append(picture)

    def send(self, type=None, **fields):
        self.raw(json.dumps(({"type": type} if type else {}) | fields, ensure_ascii=False))

    def raw(self, message):
        with self.lock:
            self.socket.send(message)

    @property
    def mark(self):
        """For `since`: what arrives from now on."""
        return len(self.messages)

    def find(self, type, since=0, **fields):
        return [m for m in self.messages[since:]
                if m["type"] == type and all(m.get(name) == value for name, value in fields.items())]

    def expect(self, type, since=0, timeout=PATIENCE, **fields):
        """The first message since then with these fields."""
        return wait_until(
            lambda: self.find(type, since, **fields), timeout=timeout,
            what=lambda: f"{type} {fields} among {self.messages[since:][-25:]}, closed {self.close_code}")[0]

    def expect_close(self, timeout=PATIENCE):
        assert self.closed.wait(timeout), f"still open after {timeout} s; last {self.messages[-3:]}"
        return self.close_code

    @property
    def close_code(self):
        return self.socket.protocol.close_code if self.closed.is_set() else None

    def close(self):
        self.socket.close()

    def reset(self):
        """Drops the connection like a crash."""
        raw = self.socket.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Not close alone: the reader's thread would keep the descriptor alive.
        self.socket.protocol.fail(1006)
        raw.close()


class Teacher(Client):
    def __init__(self, exam, token, id, acknowledge=True):
        self.id = id
        self.acknowledges = acknowledge
        super().__init__(exam, token)

    def got_picture(self, picture):
        super().got_picture(picture)
        if self.acknowledges:
            self.send("ack", frames=1)

    def watch(self, *students, view="tile", **fields):
        self.send("watch", view=view, students=[s.id for s in students] or "all", **fields)
        return self

    def tiles(self, student, since=0):
        return [p for p in self.pictures[since:] if p.number == student.number and p.source == 0]

    def expect_tiles(self, student, count=3, timeout=PATIENCE):
        """Acknowledges this many more pictures."""
        since = len(self.pictures)
        return wait_until(
            lambda: (tiles := self.tiles(student, since))[count - 1:] and tiles, timeout=timeout,
            what=lambda: f"{count} pictures of {student.name}, {len(self.tiles(student, since))} came; who watches is "
            f"closed {self.close_code}, who sends {student.close_code} and got {student.messages[-5:]}")

    def expect_alert(self, student, kind, state, since=0, timeout=PATIENCE, **fields):
        return self.expect("alert", since, timeout, student=student.id, kind=kind, state=state, **fields)

    def expect_participant(self, student, condition, since=0):
        """The student's roster entry once the condition holds."""
        def lines():
            return [m["participant"] for m in self.messages[since:]
                    if m["type"] == "participant" and m["participant"]["id"] == student.id]
        return wait_until(lambda: [line for line in lines() if condition(line)], lambda: f"among {lines()}")[-1]

    def alerts(self, student):
        return [m for m in self.messages if m["type"] == "alert" and m["student"] == student.id]


class Student(Client):
    def __init__(self, exam, token, id, name):
        self.id, self.name = id, name
        self.acknowledged = -1
        self.sequence = 0
        self.sent_times = set()
        self.upload = None
        super().__init__(exam, token)

    @property
    def number(self):
        return self.exam_number

    def got_text(self, message):
        super().got_text(message)
        if message["type"] == "ack" and "source" not in message:
            self.acknowledged = message["seq"]

    def hello(self, media, **fields):
        since = self.mark
        self.send("hello", media=media, **fields)
        return self.expect("welcome", since)

    def send_frame(self, payload, key=False, captured=None):
        captured = int(time.time() * 1e6) if captured is None else captured
        self.sent_times.add(captured)
        self.raw(frame(payload, self.sequence, captured, key))
        self.sequence += 1

    def start(self, media, messages=None, **options):
        """Sends hello and streams in the background."""
        self.hello(media)
        self.upload = Upload(self, messages, **options)
        self.upload.start()
        return self

    def close(self):
        if self.upload:
            self.upload.stop()
        super().close()


class Upload(threading.Thread):
    """Sends messages at the rate of a camera, in a loop, and obeys the window."""

    def __init__(self, student, messages, rate=10, loop=True):
        super().__init__(daemon=True)
        self.student, self.rate, self.loop = student, rate, loop
        self.window = student.find("welcome")[-1]["window"]
        self.stopping = threading.Event()
        self.play(messages)

    def play(self, messages):
        """Continues with these instead."""
        self.messages = itertools.cycle(messages) if self.loop else iter(messages)

    def run(self):
        student = self.student
        due = time.monotonic()
        while not self.stopping.is_set():
            due = max(due + 1 / self.rate, time.monotonic() - 1)
            if self.stopping.wait(max(0, due - time.monotonic())):
                return
            while student.sequence - student.acknowledged > self.window:
                if self.stopping.wait(0.01):
                    return
            message = next(self.messages, None)
            if message is None:
                return
            try:
                student.send_frame(*message)
            except ConnectionClosed:
                return

    def stop(self):
        self.stopping.set()
        if self.is_alive():
            self.join(5)


class Exam:
    """A session at the server and everybody who joined."""

    def __init__(self, url, name="Grace Hopper", password=None, title="Compilers"):
        self.url = url
        answer = request(url, "POST", "/api/sessions", {"name": name, "title": title}, password)
        assert answer.status == 201, answer
        self.code, self.key = answer.json["code"], answer.json["teacher_key"]
        self.invite = answer.json["invite"]
        self.teacher_token, self.teacher_id = answer.json["token"], answer.json["participant_id"]
        self.everybody = []

    @property
    def path(self):
        return f"/api/sessions/{self.code}"

    def request(self, method, path="", body=None, token=None, **options):
        return request(self.url, method, self.path + path, body, token or self.teacher_token, **options)

    def describe(self):
        return self.request("GET").json

    def journal(self, kind, student=None):
        """The latest event of a kind."""
        events = self.request("GET", "/events").json
        return [e for e in events if e["kind"] == kind and (student is None or e["participant"] == student.id)][-1]

    def _entered(self, client):
        self.everybody.append(client)
        return client

    def teacher(self, acknowledge=True):
        """The one who created the session."""
        teacher = self._entered(Teacher(self, self.teacher_token, self.teacher_id, acknowledge))
        teacher.expect("roster")
        return teacher

    def join(self, name, role="student", **fields):
        answer = request(self.url, "POST", f"{self.path}/participants", {"name": name, "role": role} | fields)
        assert answer.status == 201, answer
        return answer.json

    def colleague(self, name="Alan Turing"):
        joined = self.join(name, "teacher", teacher_key=self.key)
        teacher = self._entered(Teacher(self, joined["token"], joined["participant_id"]))
        teacher.expect("roster")
        return teacher

    def student(self, name, joined=None):
        """A new student, or one who comes back with the answer from joining."""
        joined = joined or self.join(name)
        student = Student(self, joined["token"], joined["participant_id"], name)
        student.joined = joined
        student.exam_number = next(
            p["number"] for p in self.describe()["participants"] if p["id"] == student.id)
        return self._entered(student)

    def end(self):
        return self.request("DELETE")

    def leave(self):
        for client in self.everybody:
            if isinstance(client, Student) and client.upload:
                client.upload.stopping.set()
        self.end()
        for client in self.everybody:
            client.close()
