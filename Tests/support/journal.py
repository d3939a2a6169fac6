"""A server's database in other hands: a long exam written into it, or locked by another program."""
import contextlib
import json
import sqlite3
import time

NOW = int(time.time() * 1e6)


@contextlib.contextmanager
def locked(server):
    """Another program is in the middle of writing to the database."""
    other = sqlite3.connect(server.data / "exam.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


class Journal:
    """Adds to the journal of a session whose server is not running."""

    def __init__(self, data, code):
        self.code = code
        self.database = sqlite3.connect(data / "exam.sqlite")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.database.commit()
        self.database.close()

    def add(self, kind, participant, name, payload, at, **fields):
        self.database.execute(
            "INSERT INTO events (session, at, kind, participant, name, fields, payload) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.code, at, kind, participant, name, json.dumps(fields), json.dumps(payload)))

    def alert(self, number, student, name, note=None, kind="page_hidden", open=False):
        """One alert, ended unless `open`; its id contains its number. The higher the number the later."""
        at = NOW - (100_000 - number) * 1_000_000
        alert = {
            "alert_id": f"a{number:012}", "student": student, "kind": kind, "severity": "medium", "repeats": 0,
            "state": "confirmed" if open else "cleared", "since": at, "confidence": 1,
            "thresholds": {"window": 1, "share": 1, "cooldown": 30}}
        if not open:
            alert |= {"until": at + 500_000, "duration": 0.5}
        if note:
            alert |= {"note": note, "note_by": "Grace Hopper", "acknowledged_by": "Grace Hopper"}
        self.add("alert_confirmed", student, name, {"alert": alert}, at)

    def chat(self, number, sender, name, text, role="student", to="teachers"):
        at = NOW - (100_000 - number) * 1_000_000
        self.add("chat", sender, name, {"chat": {"from": sender, "name": name, "role": role, "to": to, "text": text, "at": at}}, at)
