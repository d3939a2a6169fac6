"""Floods a server with requests of one kind from one address until it is killed: flooder.py KIND HOST PORT SOURCE CODE

A line with the number of answers by status goes to standard output every second."""
import collections
import select
import socket
import sys
import time

KIND, HOST, PORT, SOURCE, CODE = sys.argv[1:6]
HOSTLINE = f"Host: {HOST}:{PORT}\r\n"


def get(path, *headers):
    return (f"GET {path} HTTP/1.1\r\n{HOSTLINE}" + "".join(f"{h}\r\n" for h in headers) + "\r\n").encode()


# What is sent repeatedly on each connection, on how many connections, and whether to wait for an answer.
KINDS = {
    "pages": (get("/student"), 500, True),
    "pages one connection each": (get("/student", "Connection: close"), 50, True),
    "healthz": (get("/healthz"), 50, True),
    "metrics": (get("/metrics"), 50, True),
    "wrong routes": (get("/wp-login.php"), 50, True),
    "wrong tokens": (get(f"/api/sessions/{CODE}/events", "Authorization: Bearer " + "x" * 40), 100, True),
    "wrong handshakes": (get(f"/api/sessions/{CODE}/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: exam-monitoring.v1, token.x"),
                         50, True),
    "joins without a name": ((f"POST /api/sessions/{CODE}/participants HTTP/1.1\r\n{HOSTLINE}Content-Length: 2\r\n\r\n"
                              "{}").encode(), 50, True),
    "big heads": (get("/", *(f"X-{n}: " + "x" * 1000 for n in range(60))), 50, True),
    "endless heads": (get("/")[:-2] + b"X: " + b"x" * 8000, 50, False),
    "many small headers": (get("/", *(f"X-{n}: y" for n in range(5000))), 50, True),
    "slow heads": (b"G", 1000, False),
    "idle connections": (b"", 1000, False),
    "pipelined": (get("/healthz") * 100, 50, False),
    "endless bodies": (f"POST /api/sessions HTTP/1.1\r\n{HOSTLINE}Transfer-Encoding: chunked\r\n\r\n".encode()
                       + b"8000\r\n" + b"x" * 0x8000 + b"\r\n", 50, False),
    "connections": (None, 50, False),
}


def main():
    piece, count, waits = KINDS[KIND]
    poll = select.epoll()
    sockets, statuses = {}, collections.Counter()
    told = time.monotonic()
    while True:
        for _ in range(min(50, count - len(sockets))):
            try:
                one = socket.socket()
                one.bind((SOURCE, 0))
                one.setblocking(False)
                one.connect_ex((HOST, int(PORT)))
            except OSError:
                statuses["no connection"] += 1
                break
            sockets[one.fileno()] = one
            poll.register(one, select.EPOLLOUT)
        for number, events in poll.poll(0.1, 200):
            one = sockets[number]
            try:
                if events & select.EPOLLIN:
                    answer = one.recv(262144)
                    if not answer:
                        raise ConnectionError
                    if answer.startswith(b"HTTP/1.1 "):
                        statuses[answer[9:12].decode()] += 1
                    if waits:
                        poll.modify(one, select.EPOLLOUT)
                elif events & select.EPOLLOUT and piece is not None:
                    if piece:
                        one.send(piece)
                    poll.modify(one, select.EPOLLIN | (0 if waits or len(piece) < 2 else select.EPOLLOUT))
                else:
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                statuses["closed"] += 1
                poll.unregister(one)
                sockets.pop(number).close()
        if time.monotonic() - told > 1:
            told = time.monotonic()
            print(dict(statuses), flush=True)


main()
