"""Whether an alert was right: said by button and by key, seen by every teacher, and saved for whoever tunes thresholds."""
import json
import re

import pytest
from playwright.sync_api import expect

LEFT = "Left the exam page"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
WIDEST = "M" * 80  # a name


def button(card, verdict):
    return card.locator(".alert-verdict").get_by_role("button", name=verdict)


def expect_verdict(card, verdict, by=None):
    """As on an open card; verdict None: there is none."""
    for one in ("Right", "Wrong"):
        expect(button(card, one)).to_have_attribute("aria-pressed", "true" if one == verdict else "false")
    expect(card.locator(".alert-judged")).to_have_text(f"{verdict}, says {by}" if verdict else "")


@pytest.fixture
def alert(exam, student):
    """An open alert about Ada, who left the page."""
    exam.ada = student("Ada")
    exam.ada.leave_page()
    card = exam.alert("Ada", LEFT)
    expect(card).to_be_visible()
    return card


def test_a_verdict_is_given_by_button_seen_by_colleagues_and_taken_back(exam, people, alert):
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    theirs = colleague.alert("Ada", LEFT)
    expect_verdict(alert, None)
    expect(button(alert, "Right")).to_have_accessible_name(re.compile(f"^Right ?, Ada: {LEFT}$"))
    expect(button(alert, "Wrong")).to_have_accessible_description("The alert was wrong: what it says did not happen")
    height = alert.bounding_box()["height"]
    button(alert, "Right").click()
    for card in (alert, theirs):
        expect_verdict(card, "Right", "Ms Smith")
    assert alert.bounding_box()["height"] == pytest.approx(height, abs=0.5)
    expect(colleague.page.locator("#announcer")).to_contain_text(f"Ada, {LEFT}: judged right.")
    button(theirs, "Wrong").click()
    for card in (alert, theirs):
        expect_verdict(card, "Wrong", "Mr Jones")
    # Saying what a colleague said is no taking back; the own verdict is taken back, after a reload, too.
    button(alert, "Wrong").click()
    for card in (alert, theirs):
        expect_verdict(card, "Wrong", "Ms Smith")
    exam.page.reload()
    exam.expect_connected()
    expect_verdict(alert, "Wrong", "Ms Smith")
    button(alert, "Wrong").click()
    for card in (alert, theirs):
        expect_verdict(card, None)
    # The student's page says nothing of it.
    button(alert, "Right").click()
    expect_verdict(theirs, "Right", "Ms Smith")
    exam.ada.come_back()
    expect(exam.ada.event("The exam page was in the background")).to_be_visible()
    assert "Ms Smith" not in exam.ada.page.locator("#own-events").inner_text()


def test_a_verdict_is_given_by_key_on_the_card_that_has_the_focus(exam, alert):
    page = exam.page
    page.keyboard.press("r")  # no card has the focus
    page.keyboard.press("j")
    expect(alert).to_be_focused()
    expect_verdict(alert, None)
    page.keyboard.press("w")
    expect_verdict(alert, "Wrong", "Ms Smith")
    expect(alert).to_be_focused()
    page.keyboard.press("r")
    expect_verdict(alert, "Right", "Ms Smith")
    page.keyboard.press("r")
    expect_verdict(alert, None)
    # Held down it does not go back and forth.
    page.keyboard.down("r")
    page.keyboard.down("r")
    page.keyboard.down("r")
    page.keyboard.up("r")
    expect_verdict(alert, "Right", "Ms Smith")
    # From within the card, too, but not from where letters are letters.
    button(alert, "Right").focus()
    page.keyboard.press("w")
    expect_verdict(alert, "Wrong", "Ms Smith")
    page.keyboard.press("n")
    page.keyboard.type("rr")
    page.keyboard.press("Enter")
    expect(exam.alert("Ada", LEFT, "acknowledged")).to_contain_text("Ms Smith: rr")
    expect_verdict(exam.alert("Ada", LEFT, "acknowledged"), "Wrong", "Ms Smith")

    page.keyboard.press("?")
    keys = page.locator("#settings .keys div").filter(has_text="Say that it was right")
    expect(keys.locator("kbd")).to_have_text(["R", "W"])
    page.get_by_role("switch", name="Use the letter keys below").uncheck()
    page.keyboard.press("Escape")
    exam.alert("Ada", LEFT, "acknowledged").focus()
    page.keyboard.press("w")
    page.keyboard.press("Space")  # comes after it
    expect(page.locator("#focus-name")).to_have_text("Ada")
    events = [e for e in events_of(exam) if e["kind"] == "alert_judged"]
    assert [e["fields"]["verdict"] for e in events] == ["wrong", "right", "none", "right", "wrong"]


def events_of(exam):
    answer = exam.context.request.get(
        f"{exam.url}/api/sessions/{exam.code}/events?format=json", headers={"Authorization": f"Bearer {exam.token}"})
    return answer.json()


def test_a_line_that_is_over_shows_its_verdict_and_takes_one(exam, people, alert):
    page = exam.page
    exam.ada.come_back()
    over = exam.alert("Ada", LEFT, "cleared")
    expect(over).to_have_attribute("data-place", "over")
    fold = over.locator(".alert-fold")
    height = fold.bounding_box()["height"]
    over.focus()
    page.keyboard.press("r")
    expect(fold).to_contain_text(", judged right")
    assert fold.bounding_box()["height"] == pytest.approx(height, abs=0.5)
    page.reload()
    exam.expect_connected()
    expect(fold).to_contain_text("✓, judged right")
    fold.click()
    expect_verdict(over, "Right", "Ms Smith")
    button(over, "Wrong").click()
    expect(fold).to_contain_text("✗, judged wrong")
    # In the large view it is the same card.
    exam.large("Ada")
    large = page.locator("#focus .alert")
    large.locator(".alert-fold").click()
    expect_verdict(large, "Wrong", "Ms Smith")
    button(large, "Wrong").click()
    expect_verdict(large, None)
    page.keyboard.press("Escape")
    expect(fold).not_to_contain_text("judged")


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_the_longest_name_moves_nothing(exam, people, alert, size):
    exam.page.set_viewport_size(size)
    if size == PHONE:
        exam.page.get_by_role("button", name="Alerts").click()
    height = alert.bounding_box()["height"]
    places = [button(alert, one).bounding_box() for one in ("Right", "Wrong")]
    assert places[0]["y"] == places[1]["y"] and min(place["height"] for place in places) >= 24
    theirs = people.teacher().join(exam.teacher_link, WIDEST).alert("Ada", LEFT)
    button(theirs, "Right").click()
    expect_verdict(alert, "Right", WIDEST)
    assert alert.bounding_box()["height"] == pytest.approx(height, abs=0.5)
    for one, place in zip(("Right", "Wrong"), places):
        assert button(alert, one).bounding_box() == pytest.approx(place, abs=0.5)
    assert exam.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box, card = alert.locator(".alert-judged").bounding_box(), alert.bounding_box()
    assert box["x"] + box["width"] <= card["x"] + card["width"]


def test_a_verdict_that_was_not_kept_is_said(exam, alert):
    exam.page.evaluate("""() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        const text = JSON.stringify(message);
        return post.call(this, text.includes('"verdict"') ? JSON.parse(text.replace(/"alert_id":"[^"]*"/, '"alert_id":"nothing"')) : message, ...rest);
      };
    }""")
    button(alert, "Right").click()
    expect(exam.page.locator("#notices")).to_contain_text("The verdict was not kept.")
    expect_verdict(alert, None)


def test_the_verdicts_can_be_saved_after_the_end(exam, alert):
    button(alert, "Wrong").click()
    expect_verdict(alert, "Wrong", "Ms Smith")
    exam.end()
    with exam.page.expect_download() as saving:
        exam.page.locator("#ended-links").get_by_role("button", name="Verdicts on alerts, without names").click()
    assert exam.code not in saving.value.suggested_filename and saving.value.suggested_filename.endswith(".jsonl")
    text = open(saving.value.path(), encoding="utf-8").read()
    assert [json.loads(line)["verdict"] for line in text.splitlines()] == ["wrong"] and "Ada" not in text
