"""Something between a page and the server answers in its place: that ends nobody's exam."""
import json
import re

import pytest
from playwright.sync_api import expect

PORTAL = "<!doctype html><title>Please log in to this network</title>"
# Like the server itself when its configuration was reloaded and is wrong.
OF_OURS = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "Not from this origin.", "code": "bad_origin"}


@pytest.mark.parametrize("status, body, type", [
    (404, PORTAL, "text/html"), (403, json.dumps(OF_OURS), "application/problem+json"), (401, PORTAL, "text/html"),
    (410, json.dumps({"code": 410, "detail": ["gone"]}), "application/json"), (403, "null", "application/json"), (200, PORTAL, "text/html"),
])
def test_an_answer_of_something_in_between_ends_nothing(people, network, status, body, type):
    teacher = people.teacher(url=network.url).create()
    ada = people.student(url=network.url).open(teacher.student_link, "Ada").join()
    ada.expect_live()
    bert = people.student(url=network.url).open(teacher.student_link, "Bert")
    bert.expect_good_picture()
    known = ada.identity["token"], teacher.token

    network.answer(status, body, type)
    ada.expect_title("The exam cannot be reached just now")
    said = "opened at an address that the server does not take for its own" if body == json.dumps(OF_OURS) else f"unexpected answer ({status})"
    expect(ada.page.locator("#state-detail")).to_contain_text(said)
    expect(teacher.page.locator("#connection")).to_contain_text("Unexpected answer")
    expect(teacher.page.locator("#connection")).to_have_attribute("title", re.compile(re.escape(said)))
    if status != 200:
        expect(bert.page.locator("#preview-sentence")).to_contain_text("could not check your picture")
        bert.page.click("#join")
        expect(bert.page.locator("#join-error")).not_to_be_empty()
        expect(bert.page.locator("#step-camera")).to_be_visible()

    network.restore()
    ada.expect_live()
    teacher.expect_connected()
    assert known == (ada.identity["token"], teacher.identity["token"])
    bert.expect_good_picture()
    bert.join().expect_live()
    teacher.end_if_on()
