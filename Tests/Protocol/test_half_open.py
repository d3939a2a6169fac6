"""TLS connections that are begun and never finished, from one address as well as from others than honest people's."""
import contextlib
import http.client
import itertools
import re
import socket
import ssl
import statistics
import time

import pytest
from clients import Exam, request, unverified, wait_until
from media import vp8
from support.server import Server

ADDRESSES = ("127.0.0.1", "127.0.0.2")


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("tls"), "--self-signed")
    yield server
    server.stop()


CONTEXT = unverified()


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        CONTEXT.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


HELLO = client_hello()
# The same handshake message in records of eleven bytes: complete records, but not enough of them.
PIECES = b"".join(HELLO[:3] + len(piece).to_bytes(2, "big") + piece
                  for piece in (HELLO[at:at + 11] for at in range(5, len(HELLO), 11)))
BEGINNINGS = {
    "silence": b"",
    "six bytes": HELLO[:6],
    "half a hello": HELLO[:len(HELLO) // 2],
    "hello": HELLO,
    "records in pieces": PIECES[:-20],
    "garbage in a record": b"\x16\x03\x01\x40\x00\x01" + bytes(range(256)) * 64,
    "garbage": bytes(range(128, 256)) * 4,
    "half a request": b"GET / HTTP/1.1\r\nHost: ",
    "hello twice": HELLO + HELLO,
}


def half_open(server, count, beginnings):
    """Opens this many connections, alternating between both addresses, and yields each; some are refused or closed soon."""
    kinds = itertools.cycle(beginnings)
    for number in range(count):
        try:
            attacker = socket.create_connection(
                ("127.0.0.1", server.port), 5, source_address=(ADDRESSES[number % len(ADDRESSES)], 0))
            attacker.setblocking(False)
            attacker.send(next(kinds))
        except OSError:
            continue
        yield attacker


def answer_time(server):
    """Seconds until a new connection has its answer."""
    start = time.monotonic()
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=CONTEXT)
    with contextlib.closing(connection):
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
    return time.monotonic() - start


def connections(server):
    """Open at the server, including the one that asks."""
    text = request(server.url, "GET", "/metrics").body.decode()
    return int(re.search(r"^exam_connections (\d+)", text, re.MULTILINE)[1])


@pytest.mark.parametrize("kind", [*BEGINNINGS, "all of them"])
def test_half_open_connections_cost_little_and_keep_nobody_out(tls_server, kind):
    beginnings = [BEGINNINGS[kind]] if kind in BEGINNINGS else list(BEGINNINGS.values())
    answer_time(tls_server)
    memory = tls_server.resident_megabytes
    attackers, times, most = [], [], memory
    try:
        for number, attacker in enumerate(half_open(tls_server, 2000, beginnings)):
            attackers.append(attacker)
            if number % 100 == 0:
                times.append(answer_time(tls_server))
                most = max(most, tls_server.resident_megabytes)
        # Those that are incomplete send one more byte, again and again.
        for turn in range(10):
            for attacker in attackers:
                with contextlib.suppress(OSError):
                    attacker.send(b"\0")
            times.append(answer_time(tls_server))
            most = max(most, tls_server.resident_megabytes)
        print(f"{kind}: {len(attackers)} open, {most - memory:.0f} MB, median {statistics.median(times) * 1000:.0f} ms,"
              f" longest {max(times) * 1000:.0f} ms")
        assert most < memory + 100, f"{memory:.0f} MB grew to {most:.0f}"
        assert statistics.median(times) < 0.25, times
        # They are given up although they stay, and their memory is released.
        wait_until(lambda: connections(tls_server) <= 1, timeout=30, what=lambda: f"{connections(tls_server)} are open")
        wait_until(lambda: tls_server.resident_megabytes < memory + 20, timeout=20,
                   what=lambda: f"{memory:.0f} MB before, {tls_server.resident_megabytes:.0f} after")
    finally:
        for attacker in attackers:
            attacker.close()


def test_plain_http_is_told_to_use_https(tls_server):
    for text in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST /api/sessions HTTP/1.1\r\n", b"G"):
        with socket.create_connection(("127.0.0.1", tls_server.port), 5) as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 400 ") and b"https://" in answer, answer


def test_a_class_comes_back_over_tls_within_a_second(tls_server):
    """Two hundred from one address, all at once, while another student's pictures go on."""
    exam = Exam(tls_server.url)
    try:
        teacher = exam.teacher().watch()
        ada = exam.student("Ada").start("video/x-vp8", vp8())
        teacher.expect_tiles(ada, 5)
        memory, seen = tls_server.resident_megabytes, len(teacher.pictures)
        clients, start = [], time.monotonic()
        for _ in range(200):
            client = socket.create_connection(("127.0.0.1", tls_server.port), 5)
            clients.append(CONTEXT.wrap_socket(client, do_handshake_on_connect=False))
            clients[-1].setblocking(False)
        unfinished = set(clients)
        while unfinished:
            assert time.monotonic() < start + 20, f"{len(unfinished)} are not in"
            for client in list(unfinished):
                with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    client.do_handshake()
                    unfinished.discard(client)
        took = time.monotonic() - start
        for client in clients:
            client.setblocking(True)
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for client in clients:
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        teacher.expect_tiles(ada, 3)
        ages = [p.at - p.captured / 1e6 for p in teacher.pictures[seen:]]
        print(f"200 in {took:.2f} s, tiles at most {max(ages) * 1000:.0f} ms old,"
              f" {tls_server.resident_megabytes - memory:.0f} MB")
        assert statistics.median(ages) < 0.3, ages
        assert tls_server.resident_megabytes < memory + 60
        for client in clients:
            client.close()
    finally:
        exam.leave()
