"""Invalid HTTP requests, and who may do what."""
import concurrent.futures
import time
import urllib.parse

import pytest
from clients import Exam, request, wait_until
from media import face
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


def join(exam, body, **options):
    return request(exam.url, "POST", f"{exam.path}/participants", body, **options)


def test_names(exam):
    kept = {
        "Ada  \n Lovelace\r\n": "Ada Lovelace",
        "Ada\u202eevil\u2066\u200f": "Adaevil",
        "Ada\x00\x1b[31m\x07": "Ada[31m",
        "x" * 80: "x" * 80,
        "Zo\u00eb \u5f20\u4f1f \U0001f642": "Zo\u00eb \u5f20\u4f1f \U0001f642",
        '"; DROP TABLE students; -- <b>': '"; DROP TABLE students; -- <b>',
    }
    for typed, name in kept.items():
        joined = exam.join(typed)
        assert [p["name"] for p in exam.describe()["participants"] if p["id"] == joined["participant_id"]] == [name]
    for name in ("", "  \n", "\u200b\u202e", "x" * 81, "e" + "\u0301" * 100, "\x00"):
        answer = join(exam, {"name": name, "role": "student"})
        assert (answer.status, answer.code) == (400, "bad_name"), name[:20]


def test_a_name_cannot_forge_a_line_of_the_log(exam, server):
    exam.join("Eve\n2026-01-01T00:00:00.000Z info joined name=Forged\u2028x=\"y")
    line = wait_until(lambda: [line for line in server.log_lines if "Forged" in line], "the line")
    assert len(line) == 1 and len(line[0].splitlines()) == 1 and line[0].count('"') - line[0].count('\\"') == 2


BAD_BODIES = [
    b"", b"{", b"[]", b"null", b'{"name":"Ada"}', b'{"role":"student"}', b'{"name":5,"role":"student"}',
    b'{"name":"Ada","role":"admin"}', b'{"name":null,"role":"student"}', b'\xff\xfe', b"[" * 15_000,
    b'{"name":"Ada","role":"' + b"x" * 15_000 + b'"}',
]


def test_bodies(exam):
    for body in BAD_BODIES:
        answer = join(exam, body)
        assert (answer.status, answer.code) == (400, "bad_request"), body[:40]
        assert len(answer.body) < 1000
    assert join(exam, b" " * (16 * 1024 + 1)).status == 413
    for path in ("", "/participants", "/preview"):
        answer = request(exam.url, "PUT", exam.path + path, {})
        assert answer.status == 405 and answer.headers["allow"]


def test_a_field_of_the_wrong_type_is_named(exam):
    for role, field in (("student", "invite"), ("teacher", "teacher_key")):
        for value in (5, True, [], {}):
            answer = join(exam, {"name": "Ada", "role": role, field: value})
            assert (answer.status, answer.code) == (400, "bad_request") and field in answer.json["detail"], value
    # Others are for other versions.
    assert join(exam, {"name": "Ada", "role": "student", "invite": None, "shoe_size": 42}).status == 201
    answer = exam.request("GET", "?alerts_before=last")
    assert (answer.status, answer.code) == (400, "bad_request") and "alerts_before" in answer.json["detail"]


def test_pictures_to_preview(exam):
    good = request(exam.url, "POST", f"{exam.path}/preview", face()[0][0])
    assert (good.status, good.json["faces"], good.json["light"]) == (200, 1, "ok")
    for body in (b"", b"x", face()[0][0][:2000], b"\xff\xd8\xff\xd9", bytes(200_000)):
        answer = request(exam.url, "POST", f"{exam.path}/preview", body)
        assert (answer.status, answer.code) == (422, "bad_picture"), body[:10]


def test_wrong_codes_and_keys(exam):
    for code, status in (("000000" if exam.code != "000000" else "000001", 401), ("12345", 404), ("1234567", 404),
                         ("%D9%A1%D9%A2%D9%A3456", 404), ("..%2f..%2f", 400)):
        answer = request(exam.url, "GET", f"/api/sessions/{code}", token=exam.teacher_token)
        assert answer.status in (status, 404), code  # libsoup knows no such path as the last one
        if answer.status == 404:
            assert answer.code in ("unknown_session", None), code
    for key in (None, "", "x", exam.teacher_token):
        answer = join(exam, {"name": "Eve", "role": "teacher", "teacher_key": key}, source="127.0.0.7")
        assert (answer.status, answer.code) == (403, "wrong_key")


def test_tokens(exam, server):
    ada, bert, other = exam.join("Ada"), exam.join("Bert"), Exam(server.url)
    resources = [("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/events?format=csv"),
                 ("GET", f"/students/{ada['participant_id']}/live.mjpeg"),
                 ("GET", f"/students/{ada['participant_id']}/live.jpg"),
                 ("GET", f"/students/{ada['participant_id']}/data"), ("DELETE", "/data")]
    for method, path in resources:
        for token, expected in ((bert["token"], (403, "wrong_role")), (other.teacher_token, (401, "bad_token")),
                                (exam.key, (401, "bad_token")), ("x" * 4000, (401, "bad_token"))):
            answer = exam.request(method, path, token=token)
            assert (answer.status, answer.code) == expected, path
        # Addresses end up in histories and logs, so nothing in them is taken for a token.
        for address in (path, path + ("&" if "?" in path else "?") + f"token={exam.teacher_token}"):
            answer = request(exam.url, method, exam.path + address)
            assert (answer.status, answer.code) == (401, "no_token"), address
    assert exam.describe()["session"]["code"] == exam.code
    for path, expected in ((f"/students/{exam.teacher_id}/live.jpg", (404, "unknown_student")),
                           (f"/students/{ada['participant_id']}/live.jpg?view=large", (400, "bad_request")),
                           ("/events?format=xml", (400, "bad_request")), ("/alerts/x.jpg", (404, "no_picture")),
                           ("/alerts/x", (404, "no_picture"))):
        answer = exam.request("GET", path)
        assert (answer.status, answer.code) == expected, path
    other.leave()


def test_a_ticket_opens_one_address_once(exam, server):
    ada, other = exam.join("Ada"), Exam(server.url)

    def ticket(path, token=None):
        return exam.request("POST", "/tickets", {"path": path}, token=token)

    def opened(path, ticket):
        return request(exam.url, "GET", f"{path}{'&' if '?' in path else '?'}ticket={ticket}")
    report, data = f"{exam.path}/report", f"{exam.path}/students/{ada['participant_id']}/data"
    answer = ticket(report)
    assert answer.status == 201 and answer.json["expires_in"] == 30
    # With any query, since it was made only for the path.
    assert opened(f"{report}?format=json", answer.json["ticket"]).status == 200
    for path, spent in ((report, answer.json["ticket"]), (report, "x" * 32), (report, ""), (report, exam.teacher_token),
                        (data, ticket(report).json["ticket"])):
        answer = opened(path, spent)
        assert (answer.status, answer.code) == (401, "bad_ticket"), (path, spent)
    # It stands for whoever requested it, and no more.
    assert opened(data, ticket(data, ada["token"]).json["ticket"]).status == 200
    assert opened(report, ticket(report, ada["token"]).json["ticket"]).status == 403
    for path in (f"{other.path}/report", "/metrics", exam.path, report + "x" * 200):
        answer = ticket(path)
        assert (answer.status, answer.code) == (400, "bad_request"), path
    assert ticket(report, other.teacher_token).status == 401
    other.leave()


def test_the_socket_is_refused_with_a_reason(exam):
    ada = exam.join("Ada")
    for path, token, expected in ((exam.path, None, (401, "no_token")), (exam.path, "wrong", (401, "bad_token")),
                                  ("/api/sessions/99999x", ada["token"], (404, "unknown_session"))):
        offered = ["exam-monitoring.v1"] + ([f"token.{token}"] if token else [])
        with pytest.raises(InvalidStatus) as refused:
            connect(exam.url.replace("http", "ws") + f"{path}/socket", subprotocols=offered, legacy=True)
        assert refused.value.response.status_code == expected[0]
        answer = request(exam.url, "GET", f"{path}/socket", token=token)
        assert (answer.status, answer.code) == expected
    address = exam.url.replace("http", "ws") + f"{exam.path}/socket"
    token = f"token.{ada['token']}"
    assert request(exam.url, "GET", f"{exam.path}/socket", token=ada["token"]).status == 426
    for options in (dict(subprotocols=["exam-monitoring.v9", token]), dict(subprotocols=[token]),
                    dict(subprotocols=["exam-monitoring.v1", token], origin="https://evil.example")):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, **options, legacy=True)
        assert 400 <= refused.value.response.status_code < 500, options
    connect(address, subprotocols=["exam-monitoring.v1", token], origin=exam.url, legacy=True).close()


def test_a_flood_of_joins(exam):
    """From a different address than all other tests: a limit applies to each."""
    source = "127.0.0.9"
    answers = [join(exam, {"name": f"Flood {n}", "role": "student"}, source=source) for n in range(230)]
    assert answers[0].status == 201
    refused = [answer for answer in answers if answer.status != 201]
    assert refused and len(refused) < 60
    for answer in refused:
        assert (answer.status, answer.code) == (429, "too_many_tries")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    # Nobody else has to wait.
    exam.join("Ada")


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}  # as when an address is opened


def test_who_opens_an_address_is_sent_to_the_page_that_tells_the_problem(exam, server):
    used = f"{exam.path}/report?ticket={'0' * 40}"
    for path, headers, status, code in [
        ("/nope", {}, 404, "not_found"),
        ("/", {"Host": "exam.example"}, 421, "bad_host"),
        (used, {}, 401, "bad_ticket"),
        (f"{exam.path}/report?format=%0A%3Cb%3E", {"Authorization": f"Bearer {exam.teacher_token}"}, 400, "bad_request"),
    ]:
        sent = request(server.url, "GET", path, headers=BROWSER | headers)
        # Relative, since a proxy may serve all of it below a path of its own.
        address = urllib.parse.urljoin(path, sent.headers["location"])
        assert (sent.status, address, sent.body) == (303, f"/?problem={code}", b"") and sent.headers["location"].startswith(".")
        page = request(server.url, "GET", address, headers=BROWSER | headers)
        assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
        for others in ({}, {"Accept": "*/*"}, {"Accept": "image/avif,image/webp,*/*"}, {"Accept": "application/json"},
                       {"Accept": "text/html, image/gif, */*"}):
            answer = request(server.url, "GET", path, headers=others | headers)
            assert (answer.status, answer.code, answer.headers["content-type"]) == (status, code, "application/problem+json")


def test_by_a_wrong_name_there_is_nothing_but_why(server):
    wrong = BROWSER | {"Host": "exam.example"}
    for path in ("/", "/?code=123456", "/teacher", "/student", "/index.html", "/teacher.html?problem=bad_host"):
        assert request(server.url, "GET", path, headers={"Host": "exam.example"}).status == 421, path
    for path in ("/?problem=bad_host", "/landing/main.js", "/shared/style.css", "/text/en.json", "/library/i18next.min.js"):
        assert request(server.url, "GET", path, headers=wrong).status == 200, path
    # Nobody is sent round and round.
    answer = request(server.url, "GET", "/teacher?problem=bad_host", headers=wrong)
    assert (answer.status, answer.code) == (421, "bad_host")


def test_a_session_is_described_at_a_pace(exam, teacher, neighbour):
    """Describing a full session is work for the thread that does everything."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: exam.request("GET"), range(100)))
    passed = time.monotonic() - began
    taken = [a for a in answers if a.status == 200]
    # Nobody is refused who can be served within two seconds, and nobody else is served.
    assert 30 <= len(taken) <= 12 + 20 * passed, (len(taken), passed)
    for answer in answers:
        assert answer.status == 200 or (answer.status, answer.code) == (429, "busy") and int(answer.headers["retry-after"]) >= 1, answer
    assert len(taken) < 100
    assert exam.request("GET").json["participants"]
