"""An exam in Firefox, from its creation to its end. Frames come from a worker's timer here, since there is no track processor."""
import json
import urllib.request

import pytest

from firefox import Firefox

# Through createImageBitmap: drawImage would show Firefox's cached frame of an <img> stream, which may be seconds old.
MOVES = """async (selector, seen) => {
  const element = document.querySelector(selector);
  const picture = element && await createImageBitmap(element).catch(() => null);
  if (!picture) return false;
  const context = Object.assign(document.createElement('canvas'), { width: 24, height: 18 }).getContext('2d');
  context.drawImage(picture, 0, 0, 24, 18);
  picture.close();
  const now = context.getImageData(0, 0, 24, 18).data.join();
  return now !== seen && new Set(now.split(',')).size > 4 && now;
}"""


@pytest.fixture
def firefox(tmp_path):
    firefox = Firefox(tmp_path)
    yield firefox
    firefox.close()
    assert not firefox.errors, firefox.errors


def expect_moving(page, selector, times=3):
    seen = ""
    for _ in range(times + 1):
        seen = page.wait(MOVES, selector, seen)


def ask(server, code, token, what=""):
    request = urllib.request.Request(f"{server.url}/api/sessions/{code}{what}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def join(page, link, name):
    page.goto(link)
    page.fill("#name", name)
    page.press_enter()
    page.wait("() => document.querySelector('[data-check=camera]').dataset.state === 'ok'")
    page.click("#join")


def test_an_exam_in_firefox(server, firefox):
    teacher = firefox.page()
    teacher.goto(f"{server.url}/teacher")
    teacher.fill("#name", "Ms Smith")
    teacher.fill("#exam-title", "Mathematics")
    teacher.click("#setup-submit")
    teacher.wait_text("#connection", "Connected")
    teacher.click("#empty-invite")
    link = teacher.evaluate("() => document.querySelector('#invite-student').value")
    code = link.split("code=")[1].split("#")[0]
    teacher.press_escape()

    # The pattern has no face: the camera check says so, but the student may join all the same.
    ada = firefox.page()
    join(ada, link, "Ada")
    expect_moving(teacher, ".tile canvas")
    assert not ada.evaluate("() => 'MediaStreamTrackProcessor' in window"), "this test is about the other way"
    token = teacher.evaluate("code => JSON.parse(sessionStorage[`exam-monitoring.teacher.${code}`]).token", code)
    students = [p for p in ask(server, code, token)["participants"] if p["role"] == "student"]
    assert [(p["name"], p["state"]) for p in students] == [("Ada", "live")]

    # The alert, with its picture, on both sides: the pattern is a single colour, as if something covered the lens.
    teacher.wait_text("#alerts li[data-state=confirmed] .alert-what", "Camera covered or dark")
    teacher.wait("() => document.querySelector('#alerts li img')?.naturalWidth > 0")
    ada.wait_text("#state-title", "Your picture is dark or empty")

    # A verdict by button, and by key once the card has the focus.
    pressed = "() => [...document.querySelectorAll('#alerts .alert-verdict button')].map(one => one.ariaPressed).join() === "
    teacher.click("#alerts .alert-verdict button")
    teacher.wait(pressed + "'true,false'")
    teacher.type("jw")
    teacher.wait(pressed + "'false,true'")
    teacher.type("w")
    teacher.wait(pressed + "'false,false'")

    # The student's view of it.
    ada.click("#own-events summary")
    ada.wait_text("#own-events-list li", "Your picture was dark or empty")
    ada.wait("() => document.querySelector('.event-picture img')?.naturalWidth > 0")
    ada.fill("#own-events-list textarea", "It is a test pattern")
    ada.click("#own-events-list form button")
    ada.wait_text("#own-events-list .note-state", "Saved")
    ada.click("#own-view-toggle")
    ada.wait("() => document.querySelector('#own-view-picture')?.naturalWidth > 0")

    # Messages in both directions.
    teacher.fill("#chat-text", "Can you hear me?")
    teacher.press_enter()
    ada.wait_text("#chat-log", "Can you hear me?")
    ada.fill("#chat-text", "I read you")
    ada.press_enter()
    teacher.wait_text("#chat-log", "I read you")

    # Large and live.
    teacher.click(".tile")
    teacher.wait("() => document.querySelector('#focus img')?.naturalWidth > 0")
    expect_moving(teacher, "#focus img")
    teacher.press_escape()
    teacher.wait("() => !document.querySelector('#focus').open")

    # The same without WebCodecs.
    bert = firefox.page()
    join(bert, link.replace("#", "&media=jpeg#"), "Bert")
    expect_moving(teacher, "li:nth-child(2) > .tile canvas")

    streams = [e for e in ask(server, code, token, "/events?format=json") if e["kind"] == "stream_began"]
    assert [(e["name"], e["fields"]["media"]) for e in streams] == [("Ada", "video/x-vp8"), ("Bert", "image/jpeg")]

    teacher.click("#open-end")
    teacher.click("#end-confirm")
    teacher.wait_text("#ended-title", "The exam has ended")
    for student in (ada, bert):
        student.wait_text("#end-title", "The exam has ended")
