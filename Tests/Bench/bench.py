#!/usr/bin/env python3
"""What the server costs, and how old a picture is when a teacher gets it.

    bench.py --server .build/release/exam-monitoring [--students 10 50] [--seconds 20] [--clip face|whole]

Starts the server, lets simulated students upload recorded VP8 (480x360, 10 frames a second) over real WebSockets, and
measures twice: nobody watching, and one teacher watching all tiles at 5 a second. Students and teacher are processes of
their own, so that the teacher's clock is not held up by the students' work. CPU is the server's own, user and system,
from /proc. Everything runs on loopback, so figures of CPU can be compared and figures of time are lower bounds.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

import websockets

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "Recordings/wc_vp8_480x360_300_10"
FRAMES_PER_SECOND = 10
TILES_PER_SECOND = 5
HEADER = struct.Struct(">BBHIq")
SUBPROTOCOL = "exam-monitoring.v1"


def recorded_frames(clip):
    """The frames of the recording: (payload, is key frame).

    `whole` is all 12 s: face, nobody for 3 s, face. `face` is its first 4.8 s, after which the swaying face is back where
    it began, so that a loop shows somebody who never leaps.
    """
    index = json.loads(FIXTURE.with_suffix(".index.json").read_text())["frames"]
    data = FIXTURE.with_suffix(".vp8frames").read_bytes()
    frames = [(data[f["off"] : f["off"] + f["len"]], bool(f["key"])) for f in index]
    return frames[:48] if clip == "face" else frames


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def connect(base, code, token):
    url = f"{base.replace('http', 'ws', 1)}/api/sessions/{code}/socket?token={token}"
    return websockets.connect(url, subprotocols=[SUBPROTOCOL], compression=None, max_size=None)


async def student(base, code, token, frames, phase, sent):
    """Uploads the recording in a loop at its own pace, as the page does: at most `window` frames unacknowledged."""
    async with connect(base, code, token) as socket:
        await socket.send(json.dumps({"type": "hello", "media": "video/x-vp8"}))
        state = {"window": 0, "acknowledged": -1, "wants_key": False}
        welcomed = asyncio.Event()

        async def listen():
            async for text in socket:
                message = json.loads(text)
                match message["type"]:
                    case "welcome":
                        state["window"] = message["window"]
                        welcomed.set()
                    case "ack":
                        state["acknowledged"] = message["seq"]

        listener = asyncio.create_task(listen())
        await welcomed.wait()
        await asyncio.sleep(phase)
        start, sequence, position, skipping = time.monotonic(), 0, 0, False
        while True:
            payload, key = frames[position % len(frames)]
            full = sequence - state["acknowledged"] > state["window"]
            # What was not sent is missing until the next key frame, as with an encoder that was told to skip.
            skipping = full or (skipping and not key)
            if not skipping:
                header = HEADER.pack(1, 1 if key else 0, 0, sequence, time.time_ns() // 1000)
                await socket.send(header + payload)
                sequence += 1
                sent.value += 1
            position += 1
            due = start + position / FRAMES_PER_SECOND
            await asyncio.sleep(max(0, due - time.monotonic()))
            if listener.done():
                listener.result()
                raise RuntimeError("the server closed a student's connection")


def run_students(base, code, tokens, clip, sent, failed):
    frames = recorded_frames(clip)

    async def main():
        # Cameras are not in step with one another.
        await asyncio.gather(
            *(student(base, code, t, frames, i / len(tokens) / FRAMES_PER_SECOND, sent) for i, t in enumerate(tokens))
        )

    try:
        asyncio.run(main())
    except Exception as error:
        print(f"students: {error!r}", file=sys.stderr)
        failed.set()


def run_teacher(base, code, token, watching, results):
    """Receives tiles while `watching` is set, and then puts their ages in milliseconds into `results`."""

    async def main():
        async with connect(base, code, token) as socket:
            await socket.send(
                json.dumps({"type": "watch", "view": "tile", "students": "all", "fps": TILES_PER_SECOND})
            )
            ages = []
            while watching.is_set():
                try:
                    message = await asyncio.wait_for(socket.recv(), 1)
                except TimeoutError:
                    continue
                if isinstance(message, bytes):
                    captured = HEADER.unpack_from(message)[4]
                    ages.append((time.time_ns() // 1000 - captured) / 1000)
                    await socket.send('{"type":"ack","frames":1}')
            results.put(ages)

    asyncio.run(main())


class Server:
    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--data-dir", self.folder.name],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for line in self.process.stdout:
            if line.startswith("ExamMonitoring is ready at "):
                self.base = line.split()[-1]
                return
        raise SystemExit("the server did not start; run it by hand to see why")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_megabytes(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def metrics(self):
        with urllib.request.urlopen(self.base + "/metrics") as answer:
            lines = answer.read().decode().splitlines()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def measure(server, seconds, sent):
    """During `seconds`: the server's CPU seconds, the frames uploaded, and by detector the face checks and their CPU."""
    before = server.cpu_seconds(), sent.value, server.metrics()
    time.sleep(seconds)
    after = server.cpu_seconds(), sent.value, server.metrics()

    def grown(name):
        keys = {tier: f'{name}{{tier="{tier}"}}' for tier in ("whole_picture", "tracked_face")}
        return {tier: after[2][key] - before[2][key] for tier, key in keys.items()}

    return (after[0] - before[0], after[1] - before[1], grown("exam_face_checks_total"),
            grown("exam_face_check_cpu_seconds_total"))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def run(binary, students, seconds, clip):
    server = Server(binary)
    context = multiprocessing.get_context("spawn")
    helpers = []
    try:
        base_memory = server.memory_megabytes()
        exam = post(server.base + "/api/sessions", {"name": "Bench"})
        joined = [
            post(f"{server.base}/api/sessions/{exam['code']}/participants", {"name": f"Student {n}", "role": "student"})
            for n in range(students)
        ]
        sent, failed = context.Value("q", 0), context.Event()
        uploading = context.Process(
            target=run_students,
            args=(server.base, exam["code"], [j["token"] for j in joined], clip, sent, failed), daemon=True,
        )
        uploading.start()
        helpers.append(uploading)
        while sent.value < students * FRAMES_PER_SECOND * 5:
            if failed.is_set():
                raise SystemExit("the students could not upload")
            time.sleep(0.1)

        unwatched_cpu, unwatched_frames, *_ = measure(server, seconds, sent)

        watching, results = context.Event(), context.Queue()
        watching.set()
        teacher = context.Process(
            target=run_teacher, args=(server.base, exam["code"], exam["token"], watching, results), daemon=True
        )
        teacher.start()
        helpers.append(teacher)
        time.sleep(3)
        cpu, frames, checks, check_cpu = measure(server, seconds, sent)
        watching.clear()
        # The teacher watched a little longer than was measured: rates are taken from its own count.
        ages = results.get(timeout=30)
        tiles_per_second = len(ages) / (seconds + 3)
        tile_cpu = cpu / seconds - unwatched_cpu / seconds * (frames / unwatched_frames)
        return {
            "students": students,
            "frames/s": frames / seconds,
            "cpu ms/frame": 1000 * cpu / frames,
            "unwatched cpu ms/frame": 1000 * unwatched_cpu / unwatched_frames,
            "tiles/s": tiles_per_second,
            "cpu us/tile": 1e6 * tile_cpu / tiles_per_second,
            "age p50 ms": statistics.median(ages) if ages else float("nan"),
            "age p99 ms": percentile(ages, 0.99),
            "age max ms": max(ages, default=float("nan")),
            "checks/s/student": sum(checks.values()) / seconds / students,
            "check ms/s/student": 1000 * sum(check_cpu.values()) / seconds / students,
            "of them whole": checks["whole_picture"] / max(1, sum(checks.values())),
            "MB/student": (server.memory_megabytes() - base_memory) / students,
            "base MB": base_memory,
        }
    finally:
        for helper in helpers:
            helper.terminate()
            helper.join()
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--students", type=int, nargs="+", default=[10, 50])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clip", choices=["face", "whole"], default="face")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures here")
    options = parser.parse_args()
    rows = [run(options.server, n, options.seconds, options.clip) for n in options.students]
    print(f"VP8 480x360 at {FRAMES_PER_SECOND} frames/s, all tiles watched at {TILES_PER_SECOND}/s, clip: {options.clip}")
    for name in rows[0]:
        print(f"{name:>24} " + " ".join(f"{row[name]:>9.2f}" for row in rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
