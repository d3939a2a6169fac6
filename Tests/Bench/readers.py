#!/usr/bin/env python3
"""How long a student's acknowledgement takes while others read stored data.

    readers.py [--server .build/release/exam-monitoring] [--events 50000] [--readers 10] [--seconds 20]

A data folder with an exam of that many events (notes to alerts, chat), a second exam with one student who sends pictures,
and readers who ask for the journal, the report and one student's data of the first, all the time. The time from a picture to
its acknowledgement is told without readers and with them; the target is a p99 of 30 ms with them. A server's step is 8 ms, so
up to 9 ms is what an idle one takes. Memory is the server's largest. Needs curl, and a quiet machine for a minute.
"""
import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests/support"), str(ROOT / "Tests/Protocol"), str(ROOT / "Tests")]
TARGET = 30
STUDENTS = 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / ".build/release/exam-monitoring"), help="the server's binary")
    parser.add_argument("--events", type=int, default=50_000, help="events kept of the exam that is read (50000)")
    parser.add_argument("--readers", type=int, default=10, help="how many read at once (10)")
    parser.add_argument("--seconds", type=float, default=20, help="how long is measured, each way (20)")
    return parser.parse_args()


def fill(data, code, students, count):
    """Writes events past the server, in the form it would have written them."""
    at = int(time.time() * 1e6)
    thresholds = {"window": 5, "share": 0.8, "cooldown": 60}

    def event(number):
        student = students[number % len(students)]
        if number % 10 == 9:
            message = {"from": student, "name": "Ada", "role": "student", "to": "teachers", "text": "may I " * 20, "at": at}
            return "chat", student, {"to": "teachers", "text": message["text"]}, {"chat": message}
        alert = {"alert_id": f"a{number % 200:012}", "student": student, "kind": "face_missing", "severity": "high",
                 "state": "cleared", "since": at, "until": at + 5_000_000, "duration": 5, "confidence": 0.9,
                 "thresholds": thresholds, "repeats": 0, "student_note": "I was here " * 12}
        return "alert_noted", student, {"alert": alert["alert_id"], "note": alert["student_note"]}, {"alert": alert}

    rows = [(code, at + n, kind, who, "Ada", json.dumps(fields), json.dumps(payload))
            for n in range(count) for kind, who, fields, payload in [event(n)]]
    with sqlite3.connect(data / "exam.sqlite") as database:
        database.executemany(
            "INSERT INTO events (session, at, kind, participant, name, fields, payload) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.close()


def acknowledgements(student, picture, seconds):
    """Milliseconds from each picture to its acknowledgement, one picture after the other."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sequence, began = student.sequence, time.monotonic()
        student.send_frame(*picture)
        while student.acknowledged < sequence:
            time.sleep(0.0005)
        times.append((time.monotonic() - began) * 1000)
        time.sleep(0.03)
    return sorted(times)


def tell(what, times):
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{what}: p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, longest {times[-1]:.1f} ms of {len(times)}", flush=True)
    return at(0.99)


def main():
    options = arguments()
    os.environ["EXAM_MONITORING"] = options.server
    from clients import Exam
    from media import jpeg
    from server import Server
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder)
        server = Server(data)
        old = Exam(server.url)
        joined = [old.join(f"Student {n}") for n in range(STUDENTS)]
        server.stop()
        fill(data, old.code, [j["participant_id"] for j in joined], options.events)
        began = time.monotonic()
        server = Server(data)
        print(f"start with {options.events} events: {time.monotonic() - began:.1f} s", flush=True)
        try:
            old.url = server.url
            exam = Exam(server.url)
            student = exam.student("Nora")
            student.hello("image/jpeg")
            picture = jpeg()[0]
            tell("alone", acknowledgements(student, picture, options.seconds / 2))
            paths = ["/events", "/report", "/events?format=csv", f"/students/{joined[0]['participant_id']}/data"]
            loop = 'while curl -s -o /dev/null -w "%{http_code} %{time_total} %{size_download}\\n" -H "$1" "$2"; do :; done'
            # A teacher may have three answers in progress.
            tokens = [old.teacher_token] + [
                old.join(f"Teacher {n}", "teacher", teacher_key=old.key)["token"] for n in range(options.readers // 3)]
            readers = [
                subprocess.Popen(
                    ["nice", "-n", "5", "sh", "-c", loop, "sh", f"Authorization: Bearer {tokens[n // 3]}",
                     f"{server.url}{old.path}{paths[n % len(paths)]}"], stdout=subprocess.PIPE, text=True,
                    start_new_session=True)
                for n in range(options.readers)]
            memory = []
            times = []
            for _ in range(10):
                times += acknowledgements(student, picture, options.seconds / 10)
                memory.append(server.resident_megabytes)
            p99 = tell(f"with {options.readers} readers", sorted(times))
            for reader in readers:
                os.killpg(reader.pid, 9)
            answers = [line.split() for reader in readers for line in reader.stdout.read().splitlines()]
            sizes = {status: sum(a[0] == status for a in answers) for status in sorted({a[0] for a in answers})}
            longest = max((float(a[1]) for a in answers), default=0)
            print(f"read meanwhile: {sum(int(a[2]) for a in answers) / 1e6:.0f} MB, answers by status {sizes}, "
                  f"the longest {longest:.1f} s; memory {max(memory):.0f} MB")
        finally:
            server.process.kill()
    return 0 if p99 <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
