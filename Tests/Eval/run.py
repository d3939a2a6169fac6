"""Plays clips to the real server, many students at once, and records which alerts reach the teacher when."""
import asyncio
import dataclasses
import math
import multiprocessing
import pathlib
import random
import sys
import tempfile
import time

from encode import frames
from labels import STATUS
from score import Alert
from wire import Student, delete, join, post, watch_alerts

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.server import Server  # noqa: E402

FPS = 10
# A clip counts only if checks and frames were on time, seconds.
LATEST_CHECK = 0.5
LATEST_FRAME = 0.5
AFTER = 1.2  # seconds to wait for alerts after a clip's last frame


@dataclasses.dataclass
class Played:
    """`alerts` and `sent` in seconds after the first frame. `trouble`: why it does not count, or None."""
    name: str
    alerts: list[Alert]
    sent: list[float]  # when the picture of each tenth of a second was sent
    trouble: str | None
    raw: list[dict]

    def onsets(self, clip):
        """When the picture of each event's onset was sent."""
        return [self.sent[min(math.ceil(round(event.start * FPS, 3)), len(self.sent) - 1)] for event in clip.events]


class Load:
    """How late the server's face checks are, over time."""

    def __init__(self, server):
        self.server, self.samples = server, []
        self.cpu = []

    async def watch(self):
        while True:
            metrics = await asyncio.to_thread(self.server.metrics)
            self.samples.append((time.time(), metrics["exam_face_check_longest_delay_seconds"]))
            await asyncio.sleep(0.5)

    def worst(self, start, end):
        return max((late for at, late in self.samples if start <= at <= end), default=0.0)


async def _play(clip, path, base, code, begun):
    """One student from joining to leaving; (time of the first frame, sent times by index, the student)."""
    joined = await join(base, code, clip.name[:80])
    student = Student(base, code, joined["token"])
    begun(joined["participant_id"])
    await student.enter()
    await student.status(**{field: words[0] for field, words in STATUS.items()})
    changes = sorted(clip.status, key=lambda change: change["at"])
    gaps = sorted(clip.upload, key=lambda gap: gap["from"])
    video = await asyncio.to_thread(frames, path)
    start = time.monotonic() + 0.05
    first, away, sent = time.time() + 0.05, False, {}
    for index, (payload, key) in enumerate(video):
        due = start + index / FPS
        await asyncio.sleep(max(0, due - time.monotonic()))
        t = index / FPS
        gap = next((gap for gap in gaps if gap["from"] <= t < gap["to"]), None)
        if gap and gap["how"] == "dropped" and not away:
            student.drop()
            away = True
        if away and not gap:
            # The page is back within the time of one picture.
            await student.enter()
            away = False
            start += max(0, time.monotonic() - due - 0.1)
            due = start + index / FPS
        if not away:
            while changes and changes[0]["at"] <= t:
                change = changes.pop(0)
                await student.status(**{name: value for name, value in change.items() if name != "at"})
        if gap:
            student.needs_key = True
            sent[index] = time.time()
            continue
        at = await student.frame(payload, key, due)
        sent[index] = at or time.time()
        if index == 0:
            first = at
    await asyncio.sleep(AFTER)
    await student.leave()
    return first, sent, student


async def _play_all(server, clips, paths, at_once, watched, tell):
    exam = post(server.url + "/api/sessions", {"name": "Evaluation"})
    context = multiprocessing.get_context("spawn")
    arrived, ready, over = context.Queue(), context.Event(), context.Event()
    teacher = context.Process(
        target=watch_alerts, args=(server.url, exam["code"], exam["token"], arrived, ready, over), daemon=True)
    teacher.start()
    await asyncio.to_thread(ready.wait, 30)

    load, confirmed, played = Load(server), [], {}
    lots = random.Random(1)
    places = asyncio.Semaphore(at_once)
    people = {}

    async def one(clip):
        async with places:
            # Cameras are not in step with one another.
            await asyncio.sleep(lots.uniform(0, 1.0))
            try:
                played[clip.name] = await _play(
                    clip, paths[clip.name], server.url, exam["code"], lambda who: people.setdefault(clip.name, who))
            except Exception as error:  # noqa: BLE001: one student's problem is reported and must not end the others
                played[clip.name] = error
            watched(len(played))

    watching = asyncio.create_task(load.watch())
    # The longest first, so that all end at about the same time.
    await asyncio.gather(*(one(clip) for clip in sorted(clips, key=lambda c: -c.seconds)))
    watching.cancel()
    over.set()
    while (item := await asyncio.to_thread(arrived.get)) is not None:
        confirmed.append(item)
    await asyncio.to_thread(teacher.join, 10)
    await asyncio.to_thread(delete, f"{server.url}/api/sessions/{exam['code']}", exam["token"])
    return [_sum_up(clip, played[clip.name], people.get(clip.name), confirmed, load) for clip in clips], load


def _sum_up(clip, result, participant, confirmed, load):
    if isinstance(result, Exception):
        return Played(clip.name, [], [], f"{type(result).__name__}: {result}", [])
    first, sent, student = result
    raw = [{"at": at - first} | message for at, message in confirmed if message["student"] == participant]
    trouble = None
    if (late := load.worst(first, first + clip.seconds)) > LATEST_CHECK:
        trouble = f"the server was overloaded: a face check waited {late:.1f} s"
    elif student.lateness > LATEST_FRAME:
        trouble = f"a frame was sent {student.lateness:.1f} s late"
    elif student.errors:
        trouble = f"the server complained: {', '.join(sorted(set(student.errors)))}"
    return Played(clip.name, [Alert(item["kind"], item["at"]) for item in raw],
                  [round(sent[index] - first, 3) for index in sorted(sent)], trouble, raw)


def play(clips, paths, at_once, options=(), tell=print, rounds=3):
    """All clips on a server of their own. Disturbed ones are played again, fewer at once; those still disturbed are marked."""
    results, waiting = {}, list(clips)
    for attempt in range(rounds):
        if not waiting:
            break
        if attempt:
            at_once = max(1, at_once // 2)
            tell(f"playing {len(waiting)} clips again, {at_once} at once: the machine was too busy")
        with tempfile.TemporaryDirectory(prefix="eval-data-") as data:
            server = Server(data, *options)
            try:
                total, step = len(waiting), max(1, len(waiting) // 10)
                progress = lambda n: tell(f"  {n} of {total} clips played") if n % step == 0 or n == total else None
                done, load = asyncio.run(_play_all(server, waiting, paths, at_once, progress, tell))
            finally:
                server.stop()
        results |= {item.name: item for item in done}
        waiting = [clip for clip in waiting if results[clip.name].trouble]
    return results
