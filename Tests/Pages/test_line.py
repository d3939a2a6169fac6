"""People who type while somebody guesses at their address: they are told that they wait, and get in."""
import contextlib
import itertools
import json
import os
import pathlib
import re
import threading
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from support.server import Server

PASSWORD = "correct horse battery"


@pytest.fixture
def alone(tmp_path):
    """A server of its own, on which the browsers' address has used up its guesses."""
    server = Server(tmp_path / "data", environment={"EXAM_MONITORING_TEACHER_PASSWORD": PASSWORD})
    yield server
    server.stop()


def post(server, path, body, password=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {password}"} if password else {})
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}{path}", body, headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def create_session(server):
    request = urllib.request.Request(f"{server.url}/api/sessions", b'{"name":"Mx Spare"}', {
        "Content-Type": "application/json", "Authorization": f"Bearer {PASSWORD}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["code"]


@contextlib.contextmanager
def guessing(guess, threads):
    """The budget is used up, and this many wait in line at all times. Returns an event that is set whenever one of them has had a turn."""
    stopping, had_turn, numbers = threading.Event(), threading.Event(), itertools.count()
    for _ in range(20):
        guess(next(numbers))

    def go_on():
        while not stopping.is_set():
            if guess(next(numbers)) != 429:
                had_turn.set()

    workers = [threading.Thread(target=go_on) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield had_turn
    finally:
        stopping.set()
        for worker in workers:
            worker.join()


def keep_picture(page, name):
    """For inspection, if requested by PICTURES=folder."""
    if folder := os.environ.get("PICTURES"):
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=pathlib.Path(folder) / f"{name}-{width}.png")


def test_waiting_in_line(people, alone):
    def guess_code(n):
        return post(alone, f"/api/sessions/{(int(code) + 1 + n) % 1_000_000:06}/participants", b'{"name":"Eve","role":"student"}')

    spare = [create_session(alone) for _ in range(3)]
    teacher = people.teacher(url=alone.url)
    with guessing(lambda n: post(alone, "/api/sessions", b'{"name":"Eve"}', f"wrong horse {n}"), 2) as had_turn:
        teacher.page.goto(f"{alone.url}/teacher")
        teacher.page.fill("#name", "Ms Smith")
        teacher.page.click("#setup-submit")
        teacher.page.fill("#password", PASSWORD)
        # The next turn is five seconds away.
        had_turn.clear()
        assert had_turn.wait(30)
        teacher.page.keyboard.press("Enter")
        expect(teacher.page.locator("#setup-waiting")).to_contain_text("wait")
        keep_picture(teacher.page, "teacher")
    # Nobody is guessing any more, so the line is short.
    teacher.expect_connected()
    expect(teacher.page.locator("#setup-waiting")).to_be_hidden()
    teacher.page.click("#open-invite")
    link = teacher.page.input_value("#invite-student")
    teacher.page.keyboard.press("Escape")
    code = link.split("code=")[1][:6]
    # The link is still there after a reload, and a co-teacher has it too.
    teacher.page.reload()
    teacher.expect_connected()
    expect(teacher.page.locator("#invite-student")).to_have_value(link)
    colleague = people.teacher(url=alone.url).join(teacher.page.input_value("#invite-teacher"), "Mr Jones")
    expect(colleague.page.locator("#invite-student")).to_have_value(link)

    with guessing(guess_code, 30):
        # Sometimes somebody is drawn at once. What was right is answered at once for a minute, so the next one
        # asks for another exam.
        for code in (code, *spare):
            ada = people.student(url=alone.url).open(f"{alone.url}/student?code={code}", "Ada")
            sentence = ada.page.locator("#preview-sentence")
            expect(sentence).to_contain_text(re.compile("You are waiting in line|Your picture is good"))
            if "line" in sentence.text_content():
                break
        expect(sentence).to_contain_text("You are waiting in line")
        ada.page.click("#join")
        expect(ada.page.locator("#join")).to_be_disabled()
        keep_picture(ada.page, "student")
        # With the link nobody waits, not even to test the camera.
        bert = people.student(url=alone.url).open(link, "Bert")
        bert.expect_good_picture()
        bert.page.reload()
        bert.page.fill("#name", "Bert")
        bert.page.keyboard.press("Enter")
        bert.expect_good_picture()
        bert.join().expect_live()
        assert re.search("#invite=.+", bert.page.url)
    expect(ada.page.locator("#step-live")).to_be_visible()
    ada.expect_live()
