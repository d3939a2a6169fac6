"""Who is let in while somebody is guessing, and that an attacker learns nothing faster than others."""
import concurrent.futures
import contextlib
import itertools
import random
import threading
import time

import pytest
from clients import Exam, request, wait_until
from media import face
from support.server import Server

PASSWORD = "correct horse battery"


@pytest.fixture
def alone(tmp_path):
    """A server of its own: the ceiling of wrong codes applies to the whole server."""
    server = Server(tmp_path / "data")
    yield server
    server.stop()


def typed(server, code, source, name="Eve", headers=(), **fields):
    return request(server.url, "POST", f"/api/sessions/{code}/participants", {"name": name, "role": "student"} | fields,
                   source=source, headers=headers)


def wrong_codes(exam):
    """Always new ones."""
    numbers = itertools.count(random.randrange(1_000_000))
    return (f"{n % 1_000_000:06}" for n in numbers if f"{n % 1_000_000:06}" != exam.code)


def spend(server, exam, source):
    """Everything that the address may guess at once."""
    codes = wrong_codes(exam)
    answers = [typed(server, next(codes), source) for _ in range(20)]
    assert {(a.status, a.code) for a in answers} == {(404, "unknown_session")}


@contextlib.contextmanager
def guessing(server, exam, source, threads):
    """An attacker with this many requests in progress at all times."""
    stopping, codes, lock = threading.Event(), wrong_codes(exam), threading.Lock()
    found = []

    def guess():
        while not stopping.is_set():
            with lock:
                code = next(codes)
            answer = typed(server, code, source)
            found.append((answer.status, answer.code))

    workers = [threading.Thread(target=guess) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield found
    finally:
        stopping.set()
        for worker in workers:
            worker.join()


def patiently(ask, seconds=60):
    """Like a page: asks again while it is told to wait."""
    end = time.monotonic() + seconds
    while (answer := ask()).status == 429 and time.monotonic() < end:
        assert (answer.code, answer.headers["retry-after"]) == ("waiting", "1")
        time.sleep(random.uniform(0.7, 1.3))
    return answer


def test_a_class_behind_a_guesser(alone):
    exam, source = Exam(alone.url), "127.0.0.21"
    spend(alone, exam, source)
    beginning = time.monotonic()
    with guessing(alone, exam, source, 30) as told, concurrent.futures.ThreadPoolExecutor(40) as pool:
        wait_until(lambda: len(told) > 60, "the guesser is at it")
        # With the link: nobody waits at all.
        begin = time.monotonic()
        by_link = [pool.submit(typed, alone, exam.code, source, f"Link {n}", invite=exam.invite) for n in range(40)]
        assert {one.result().status for one in by_link} == {201}
        assert time.monotonic() - begin < 5
        # With the code: in line, but within a minute.
        begin = time.monotonic()
        by_code = [pool.submit(patiently, lambda n=n: typed(alone, exam.code, source, f"Code {n}")) for n in range(40)]
        assert {one.result().status for one in by_code} == {201}
        assert time.monotonic() - begin < 60
    # The attacker has had a turn from time to time, and was told to wait otherwise.
    looked_at = [one for one in told if one != (429, "waiting")]
    assert set(looked_at) == {(404, "unknown_session")}
    assert len(looked_at) < time.monotonic() - beginning + 2 and len(told) > 2 * len(looked_at)
    exam.leave()


def test_one_budget_whatever_the_route(alone):
    exam, source = Exam(alone.url), "127.0.0.22"
    codes = wrong_codes(exam)
    picture = face()[0][0]
    for _ in range(10):
        assert typed(alone, next(codes), source).status == 404
        assert request(alone.url, "POST", f"/api/sessions/{next(codes)}/preview", picture, source=source).status == 404
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        looks = list(pool.map(lambda code: typed(alone, code, source), [next(codes) for _ in range(30)]))
    waited = [one for one in looks if one.status == 429]
    assert len(waited) >= 20 and {one.code for one in waited} == {"waiting"}
    for one in waited:
        assert one.headers["retry-after"] == "1" and one.json["interval"] >= 1 and one.json["waiting"] >= 0
    # Nobody else waits, nor does anybody with the link, also for a picture.
    assert typed(alone, exam.code, "127.0.0.23").status == 201
    link = request(alone.url, "POST", f"{exam.path}/preview", picture, token=exam.invite, source=source)
    assert (link.status, link.json["faces"]) == (200, 1)
    exam.leave()


def test_what_is_not_known_is_answered_alike(alone):
    """Wrong token, no such code, an ended exam; and a right code with a wrong body."""
    exam, over = Exam(alone.url), Exam(alone.url)
    over.end()
    ada = exam.join("Ada")["participant_id"]
    codes = {"on": exam.code, "over": over.code, "none": next(wrong_codes(exam))}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/report"), ("DELETE", "/data"),
                         ("GET", "/socket"), ("GET", f"/students/{ada}/data"), ("GET", f"/students/{ada}/live.jpg"),
                         ("GET", f"/students/{ada}/live.mjpeg"), ("GET", "/alerts/a.jpg"), ("HEAD", "")):
        for token in ("wrong", "x" * 10_000, exam.key, None):
            answers = {(a.status, a.body) for code in codes.values()
                       for a in [request(alone.url, method, f"/api/sessions/{code}{path}", token=token)]}
            assert len(answers) == 1 and next(iter(answers))[0] == 401, (method, path, token)
    for body in ({"name": "", "role": "student"}, {"name": "Eve"}, {"name": "Eve", "role": "teacher"},
                 {"name": "Eve", "role": "teacher", "teacher_key": "x" * 40}, b"{"):
        answers = {(a.status, a.body) for code in codes.values()
                   for a in [request(alone.url, "POST", f"/api/sessions/{code}/participants", body)]}
        assert len(answers) == 1, body

    def times(code, *question, n=9, **options):
        method, path, *body = question

        def once():
            begin = time.monotonic()
            request(alone.url, method, f"/api/sessions/{code}{path}", *body, **options)
            return time.monotonic() - begin
        # The minimum: a busy machine's extra time tells an attacker nothing either.
        return min(once() for _ in range(n))

    key = {"name": "Eve", "role": "teacher", "teacher_key": "x" * 40}
    for question, options in ((("GET", "/events"), {"token": "y" * 20}), (("POST", "/participants", key), {})):
        taken = [times(code, *question, **options) for code in codes.values()]
        assert min(taken) >= 0.1 and max(taken) - min(taken) < 0.05, (question, taken)
    exam.leave()


def test_a_browser_that_was_right_before(tmp_path):
    server = Server(tmp_path / "data")
    exam, source = Exam(server.url), "127.0.0.24"
    try:
        cookie = typed(server, exam.code, source, "Ada").headers["set-cookie"]
        name, *attributes = cookie.split("; ")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes) and "Secure" not in attributes
        assert (tmp_path / "data/device.key").stat().st_mode & 0o777 == 0o600
        server.stop()
        server = Server(tmp_path / "data", port=server.port)  # it is known after a restart too
        spend(server, exam, source)
        with guessing(server, exam, source, 20):
            begin = time.monotonic()
            assert typed(server, exam.code, source, "Ada", {"Cookie": name}).status == 201
            assert time.monotonic() - begin < 1
        # The budget is its own, and small; a forged cookie has none.
        codes = wrong_codes(exam)
        mine = [typed(server, next(codes), source, headers={"Cookie": name}).status for _ in range(5)]
        assert mine == [404] * 5
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            for cookie in (name, name[:-1] + ("0" if name[-1] != "0" else "1")):
                looks = pool.map(lambda c: typed(server, c, source, headers={"Cookie": cookie}).status, [next(codes) for _ in range(30)])
                assert list(looks).count(429) > 20
    finally:
        server.stop()


def test_the_invite_link_after_a_restart_and_for_a_co_teacher(tmp_path):
    server = Server(tmp_path / "data")
    exam = Exam(server.url)
    try:
        server.stop()
        server = Server(tmp_path / "data", port=server.port)
        assert exam.join("Mr Jones", "teacher", teacher_key=exam.key)["invite"] == exam.invite
        spend(server, exam, "127.0.0.25")
        with guessing(server, exam, "127.0.0.25", 20):
            begin = time.monotonic()
            answer = typed(server, exam.code, "127.0.0.25", "Ada", invite=exam.invite)
            assert answer.status == 201 and "invite" not in answer.json and time.monotonic() - begin < 1
        for logged in server.log_lines:
            assert exam.invite not in logged
        assert exam.invite.encode() not in b"".join(p.read_bytes() for p in (tmp_path / "data").glob("exam.sqlite*"))
    finally:
        server.stop()


def test_teachers_behind_somebody_who_guesses_the_password(tmp_path):
    server = Server(tmp_path / "data", environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    source, stopping = "127.0.0.26", threading.Event()

    def create(password, headers=()):
        return request(server.url, "POST", "/api/sessions", {"name": "Grace"}, password, headers, source)

    def guess(n):
        while not stopping.is_set():
            create(f"wrong horse {n} {random.random()}")

    try:
        known = create(PASSWORD).headers["set-cookie"].split("; ")[0]
        exam = Exam(server.url, password=PASSWORD)
        student = typed(server, exam.code, source).headers["set-cookie"].split("; ")[0]
        answers = [create(f"wrong {n}") for n in range(20)]
        assert {(a.status, a.code) for a in answers} == {(401, "password_wrong")}
        workers = [threading.Thread(target=guess, args=(n,)) for n in range(3)]
        for worker in workers:
            worker.start()
        begin = time.monotonic()
        assert create(PASSWORD, {"Cookie": known}).status == 201 and time.monotonic() - begin < 1
        # A student's cookie does not count here, and those without one wait in line with the attacker.
        begin = time.monotonic()
        assert patiently(lambda: create(PASSWORD, {"Cookie": student}), 240).status == 201
        assert time.monotonic() - begin > 0.5
        assert patiently(lambda: create(PASSWORD), 240).status == 201
        stopping.set()
        for worker in workers:
            worker.join()
    finally:
        stopping.set()
        server.stop()


def test_those_who_wait_do_not_keep_the_server(tmp_path):
    server = Server(tmp_path / "data", environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})

    def create(n):
        return request(server.url, "POST", "/api/sessions", {"name": "Eve"}, f"wrong horse {n}", source="127.0.0.27")

    for n in range(20):
        create(n)
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        held = [pool.submit(create, n) for n in range(100, 130)]
        # The next turn is five seconds away, and some stay for it.
        wait_until(lambda: sum(one.done() for one in held) >= 10, "the first turn, and who does not stay is told")
        assert not all(one.done() for one in held)
        begin = time.monotonic()
        assert server.stop() == 0 and time.monotonic() - begin < 3
        assert {one.result().status for one in held} == {401, 429, 503}


def test_teachers_are_told_beyond_the_ceiling(alone):
    exam = Exam(alone.url)
    teacher = exam.teacher()
    codes = wrong_codes(exam)
    for n in range(26):
        for _ in range(20):
            if typed(alone, next(codes), f"127.0.1.{n + 1}").status == 429:
                break
    teacher.expect("notice", code="guessing", state="waiting")
    wait_until(lambda: any("wrong exam codes" in line for line in alone.log_lines), "a line in the log")
    # All who type wait in line, but it moves; with the link nobody waits.
    assert typed(alone, exam.code, "127.0.2.1", "Ada", invite=exam.invite).status == 201
    assert patiently(lambda: typed(alone, exam.code, "127.0.2.2", "Bert")).status == 201
    exam.leave()


def test_who_joins_in_a_loop_keeps_no_browser_out_that_looked_at_its_camera(alone):
    """All have the link and the address; testing the camera gives a browser a budget of its own."""
    exam, source = Exam(alone.url), "127.0.0.28"
    seen = request(alone.url, "POST", f"{exam.path}/preview", face()[0][0], token=exam.invite, source=source)
    cookie = seen.headers["set-cookie"].split("; ")[0]
    while (answer := typed(alone, exam.code, source, invite=exam.invite)).status != 429:
        assert answer.status in (201, 409)
    assert answer.code == "too_many_tries" and int(answer.headers["retry-after"]) >= 1
    assert typed(alone, exam.code, source, "Ada", {"Cookie": cookie}, invite=exam.invite).status in (201, 409)
    # Those who only have the code use up nothing of those with the link.
    assert typed(alone, exam.code, source, "Ada").status in (201, 409)
    exam.leave()


def test_made_up_tokens_for_an_exam_that_is_over_keep_nobody_waiting(alone):
    over = Exam(alone.url)
    over.end()
    unknown, stopping, told = next(wrong_codes(over)), threading.Event(), []

    def ask(code, n, token="z" * 20):
        return request(alone.url, "GET", f"/api/sessions/{code}/events", token=token, source=f"127.0.0.{n}")

    def flood(n):
        while not stopping.is_set():
            told.append((n, (answer := ask(over.code if n % 2 else unknown, 30 + n % 2)).status, answer.code))

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        floods = [pool.submit(flood, n) for n in range(200)]
        try:
            wait_until(lambda: len(told) > 600, "the flood is on")
            # Elsewhere a valid token is recognised, and an invalid one is refused.
            assert ask(over.code, 40, over.teacher_token).status == 200
            assert ask(over.code, 40).code == "bad_token"
        finally:
            stopping.set()
        for one in floods:
            one.result()
    for parity in (0, 1):
        # The same whether the exam has ended or never existed.
        assert {rest for n, *rest in told if n % 2 == parity for rest in [tuple(rest)]} == {(401, "bad_token"), (429, "too_many_requests")}
