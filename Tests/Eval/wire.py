"""The students and the teacher of an evaluation, speaking the wire protocol: asynchronous, for many at once."""
import asyncio
import json
import struct
import time
import urllib.error
import urllib.request

import websockets

SUBPROTOCOL = "exam-monitoring.v1"
HEADER = struct.Struct(">BBHIq")


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def delete(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}, method="DELETE")
    with urllib.request.urlopen(request, timeout=30):
        pass


def connect(base, code, token):
    url = f"{base.replace('http', 'ws', 1)}/api/sessions/{code}/socket"
    return websockets.connect(url, subprotocols=[SUBPROTOCOL, f"token.{token}"], compression=None, max_size=None, open_timeout=30)


async def join(base, code, name):
    """A new student; waits as long as the server asks."""
    while True:
        try:
            return await asyncio.to_thread(post, f"{base}/api/sessions/{code}/participants", {"name": name, "role": "student"})
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            await asyncio.sleep(float(error.headers.get("Retry-After", 1)))


class Student:
    """Uploads frames on time. `lateness` is the largest delay of a frame, in seconds."""

    def __init__(self, base, code, token):
        self.base, self.code, self.token = base, code, token
        self.socket = None
        self.sequence, self.acknowledged, self.window = 0, -1, 0
        self.lateness = 0.0
        self.needs_key = True
        self.errors = []

    async def enter(self):
        self.socket = await connect(self.base, self.code, self.token)
        welcomed = asyncio.Event()
        self.listener = asyncio.create_task(self._listen(self.socket, welcomed))
        await self.socket.send(json.dumps({"type": "hello", "media": "video/x-vp8"}))
        await asyncio.wait_for(welcomed.wait(), 30)
        self.needs_key = True

    async def _listen(self, socket, welcomed):
        try:
            async for text in socket:
                message = json.loads(text)
                match message["type"]:
                    case "welcome":
                        self.window = message["window"]
                        self.acknowledged = self.sequence - 1
                        welcomed.set()
                    case "ack":
                        self.acknowledged = message["seq"]
                    case "restart":
                        self.needs_key = True
                    case "error":
                        self.errors.append(message["code"])
        except websockets.ConnectionClosed:
            pass

    async def status(self, **fields):
        await self.socket.send(json.dumps({"type": "status"} | fields))

    async def frame(self, payload, key, due):
        """Sends one frame; waits until the server has processed earlier ones. `due`: by time.monotonic()."""
        if self.needs_key and not key:
            return None
        self.needs_key = False
        while self.sequence - self.acknowledged > self.window:
            await asyncio.sleep(0.005)
        now = time.time()
        self.lateness = max(self.lateness, time.monotonic() - due)
        await self.socket.send(HEADER.pack(1, int(key), 0, self.sequence, int(now * 1e6)) + payload)
        self.sequence += 1
        return now

    def drop(self):
        """Drops the connection without a close frame, like a lost network."""
        self.socket.transport.abort()
        self.listener.cancel()

    async def leave(self):
        self.listener.cancel()
        await self.socket.close()


def watch_alerts(base, code, token, arrived, ready, over):
    """A teacher, in a process of its own: puts (time of arrival, alert) of each confirmation into the queue `arrived`."""

    async def main():
        async with connect(base, code, token) as socket:
            ready.set()
            seen = set()
            while not over.is_set():
                try:
                    text = await asyncio.wait_for(socket.recv(), 0.5)
                except TimeoutError:
                    continue
                now = time.time()
                message = json.loads(text) if isinstance(text, str) else {"type": "picture"}
                if message["type"] == "alert" and message["state"] == "confirmed":
                    once = message["alert_id"], message.get("repeats", 0)
                    if once not in seen:
                        seen.add(once)
                        arrived.put((now, message))
        arrived.put(None)

    asyncio.run(main())
