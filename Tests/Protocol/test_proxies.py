"""The server behind the proxies of docs/operations.md, under a path of their site."""
import http.client
import json
import ssl
import time

import pytest
from clients import PATIENCE, SUBPROTOCOL, Exam, frame, request, wait_until
from media import vp8
from support.proxies import Proxy
from support.server import Server
from websockets.sync.client import connect

PASSWORD = "the word of a teacher"


@pytest.fixture(scope="module", params=["nginx", "caddy", "haproxy"])
def proxy(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    proxy = Proxy(request.param, folder)
    server = Server(folder / "data", "--config", proxy.server_settings(), port=proxy.upstream)
    try:
        proxy.server = server
        yield proxy.start()
    finally:
        proxy.stop()
        server.stop()


@pytest.fixture
def exam(proxy):
    exam = Exam(proxy.url, password=PASSWORD)
    yield exam
    exam.leave()


def trusting(proxy):
    return ssl.create_default_context(cafile=proxy.certificate)


def get(proxy, path, source=None, **headers):
    """Without the helpers: as it is, from another address if necessary."""
    connection = http.client.HTTPSConnection(
        "localhost", proxy.port, timeout=PATIENCE, context=trusting(proxy), source_address=source and (source, 0))
    connection.request("GET", path, headers=headers)
    return connection, connection.getresponse()


def test_pages_and_what_they_load(proxy):
    for path, word in (("/exam/", b"code-form"), ("/exam/teacher", b"setup-form"), ("/exam/student", b"camera"),
                       ("/exam/shared/wire.js", b"exam-monitoring.v1"), ("/exam/teacher/main.js", b"import"),
                       ("/exam/text/en.json", b"I am taking an exam"), ("/exam/library/i18next.min.js", b"i18next")):
        connection, answer = get(proxy, path, Range="bytes=0-3")
        body = answer.read()
        connection.close()
        assert answer.status == 200 and word in body, path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers.get_all("Content-Security-Policy") == [answer.headers["Content-Security-Policy"]]
    for path in ("/exam/nothing", "/exam/api/nothing"):
        connection, answer = get(proxy, path)
        assert answer.status == 404 and "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        connection.close()
    connection, answer = get(proxy, "/exam")
    assert answer.status in (301, 308) and answer.headers["Location"].removeprefix(f"https://localhost:{proxy.port}") == "/exam/"
    connection.close()


def test_an_exam_through_it(proxy, exam):
    teacher = exam.teacher().watch()
    ada = exam.student("Ada").start("video/x-vp8", vp8())
    teacher.expect_tiles(ada, 10)
    assert ada.acknowledged > 5
    # Pictures of an endless answer arrive as they are made, not when a buffer is full.
    ticket = exam.request("POST", "/tickets", {"path": f"{exam.path}/students/{ada.id}/live.mjpeg"}).json["ticket"]
    connection, answer = get(proxy, f"/exam{exam.path}/students/{ada.id}/live.mjpeg?view=tile&ticket={ticket}")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("multipart/x-mixed-replace")
    started = time.monotonic()
    seen = b""
    while seen.count(b"\xff\xd8\xff") < 5:
        chunk = answer.read1(65536)
        assert chunk and time.monotonic() - started < PATIENCE
        seen += chunk
    connection.close()
    report = exam.request("GET", "/report")
    assert report.status == 200 and b"Ada" in report.body


def test_links_lead_to_the_public_address(proxy, exam):
    created = request(proxy.url, "POST", "/api/sessions", {"name": "Grace"}, PASSWORD).json
    assert created["public_url"] == f"{proxy.url}/"
    joined = request(proxy.url, "POST", f"{exam.path}/participants",
                     {"name": "Alan", "role": "teacher", "teacher_key": exam.key}).json
    assert joined["public_url"] == f"{proxy.url}/"
    request(proxy.url, "DELETE", f"/api/sessions/{created['code']}", token=created["token"])


def socket(proxy, exam, joined, source, **options):
    address = f"{proxy.url.replace('https', 'wss')}{exam.path}/socket"
    return connect(
        address, subprotocols=[SUBPROTOCOL, f"token.{joined['token']}"], compression="deflate", ssl=trusting(proxy),
        source_address=(source, 0), open_timeout=PATIENCE, legacy=True, **options)


def test_the_clients_address_is_the_one_before_the_proxy(proxy, exam):
    joined = exam.join("Ada")
    spoof = {"X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6", "X-Forwarded-Proto": "http"}
    with socket(proxy, exam, joined, "127.0.0.9", origin=f"https://localhost:{proxy.port}",
                additional_headers=spoof) as ada:
        ada.send(json.dumps({"type": "hello", "media": "video/x-vp8"}))
        wait_until(lambda: json.loads(ada.recv())["type"] == "welcome", "welcome")
        payload, key = vp8()[0][:2]
        ada.send(frame(payload, key=key))
        wait_until(lambda: json.loads(ada.recv())["type"] == "ack", "an acknowledgement")
    lines = wait_until(
        lambda: [x for x in proxy.server.log_lines if "WebSocket" in x and "127.0.0.9" in x], "the address in the log")
    assert lines
    # So it is in the journal.
    connected = exam.journal("connected")
    assert connected["fields"]["address"] == "127.0.0.9"
    # Limits apply to that address, too.
    for n in range(300):
        connection, answer = get(proxy, f"/exam/api/sessions/{n:06}", source="127.0.0.10", **spoof)
        answer.read()
        connection.close()
    assert "6.6.6.6" not in "\n".join(proxy.server.log_lines)
    exam.join("Bert")


def test_a_page_of_another_site_opens_no_socket(proxy, exam):
    joined = exam.join("Ada")
    for origin in ("https://evil.example", f"http://localhost:{proxy.port}", "null"):
        with pytest.raises(Exception, match="403"):
            socket(proxy, exam, joined, "127.0.0.1", origin=origin)


def test_who_comes_past_the_proxy_gains_nothing(proxy, exam):
    """From a loopback address that is not the proxy's."""
    headers = {"X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
    joined = exam.join("Ada")
    address = f"ws://127.0.0.1:{proxy.upstream}{exam.path}/socket"
    with connect(address, subprotocols=[SUBPROTOCOL, f"token.{joined['token']}"], source_address=("127.0.0.8", 0),
                 additional_headers=headers, legacy=True) as ada:
        ada.send(json.dumps({"type": "hello", "media": "video/x-vp8"}))
        wait_until(lambda: json.loads(ada.recv())["type"] == "welcome", "welcome")
        assert exam.journal("connected")["fields"]["address"] == "127.0.0.8"


def test_no_token_is_in_a_log(proxy, exam):
    joined = exam.join("Ada")
    with socket(proxy, exam, joined, "127.0.0.1"):
        pass
    get(proxy, f"/exam{exam.path}/socket?token={joined['token']}")[0].close()
    get(proxy, f"/exam{exam.path}/students/{joined['participant_id']}/data", Authorization=f"Bearer {joined['token']}")[0].close()
    wait_until(lambda: "/data" in proxy.log(), lambda: f"the request in {proxy.log()[-500:]}")
    text = proxy.log() + "\n".join(proxy.server.log_lines)
    assert joined["token"] not in text and exam.teacher_token not in text and PASSWORD not in text
