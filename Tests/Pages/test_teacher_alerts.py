"""Working with alerts: the wall by need, the keyboard, notes, sounds, and exceptions for one student."""
import re
import shutil

import pytest
from playwright.sync_api import expect

from support.server import ROOT, Server

COUNT_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""


def test_the_wall_is_ordered_by_need_when_asked_and_never_by_itself(exam, student):
    cora, ada, bert = student("Cora"), student("Ada"), student("Bert")
    exam.expect_order("Cora", "Ada", "Bert")
    bert.leave_page()
    expect(exam.tile("Bert")).to_have_attribute("data-alert", "medium")
    exam.expect_order("Cora", "Ada", "Bert")
    exam.sort("By need now")
    exam.expect_order("Bert", "Cora", "Ada")

    exam.tile("Cora").focus()
    ada.unplug()
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "high")
    expect(exam.alert("Ada", "Camera off")).to_be_visible()
    exam.expect_order("Bert", "Cora", "Ada")
    expect(exam.tile("Cora")).to_be_focused()
    exam.sort("By need now")
    exam.expect_order("Ada", "Bert", "Cora")
    exam.expect_tile_moving("Cora")  # the canvas has moved with its tile

    exam.sort("By name")
    exam.expect_order("Ada", "Bert", "Cora")
    exam.page.reload()
    exam.expect_order("Ada", "Bert", "Cora")
    expect(exam.page.get_by_role("button", name="By name")).to_have_attribute("aria-pressed", "true")
    exam.sort("As they joined")
    exam.expect_order("Cora", "Ada", "Bert")


def test_a_newcomer_takes_a_place_by_name_only_when_nobody_is_on_the_wall(exam, student):
    student("Bert")
    student("Cora")
    exam.sort("By name")
    exam.tile("Cora").focus()
    student("Ada")
    exam.expect_order("Bert", "Cora", "Ada")
    exam.page.locator("#room-title").focus()
    exam.expect_order("Ada", "Bert", "Cora")


def test_alerts_can_be_gone_through_with_the_keyboard(exam, people, student):
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    for name in ("Ada", "Bert"):
        student(name).leave_page()
        expect(exam.alert(name, "Left the exam page")).to_be_visible()
    page = exam.page
    page.keyboard.press("j")
    expect(exam.alert("Bert", "Left the exam page")).to_be_focused()  # the newest
    page.keyboard.press("j")
    expect(exam.alert("Ada", "Left the exam page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(exam.alert("Ada", "Left the exam page", "acknowledged")).to_be_focused()
    expect(colleague.alert("Ada", "Left the exam page", "acknowledged")).to_contain_text("Seen by Ms Smith")
    page.keyboard.press("k")
    expect(exam.alert("Bert", "Left the exam page")).to_be_focused()

    page.keyboard.press("n")
    page.keyboard.type("Looked up jk? in another window")  # letters are letters in a field
    page.keyboard.press("Enter")
    expect(exam.alert("Bert", "Left the exam page", "acknowledged")).to_be_focused()
    for teacher in (exam, colleague):
        expect(teacher.alert("Bert", "Left the exam page", "acknowledged")).to_contain_text("Ms Smith: Looked up jk?")

    page.keyboard.press("o")
    expect(page.locator("#focus-name")).to_have_text("Bert")
    page.keyboard.press("Escape")
    expect(exam.alert("Bert", "Left the exam page", "acknowledged")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#focus-name")).to_have_text("Bert")


def test_letter_keys_can_be_switched_off(exam, student):
    student("Ada").leave_page()
    expect(exam.alert("Ada", "Left the exam page")).to_be_visible()
    page = exam.page
    page.keyboard.press("?")
    expect(page.locator("#settings")).to_be_visible()
    page.get_by_role("switch", name="Use the letter keys below").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("#settings")).to_be_hidden()
    expect(exam.alert("Ada", "Left the exam page")).not_to_be_focused()
    page.reload()
    exam.expect_connected()
    page.click("#open-settings")
    expect(page.get_by_role("switch", name="Use the letter keys below")).not_to_be_checked()


def test_a_card_says_how_sure_it_is_and_by_which_rule(exam, people):
    people.student("two").open(exam.student_link, "Ada").join()
    alert = exam.alert("Ada", "More than one face")
    expect(alert).to_contain_text("checks")
    expect(alert).to_contain_text("Rule: after 2\u00a0s, 60\u00a0% of checks.")
    exam.page.wait_for_function("() => document.querySelector('#alerts .alert-picture img')?.naturalWidth > 0")
    alert.locator(".alert-picture").click()
    expect(exam.page.locator("#focus-name")).to_have_text("Ada")
    expect(exam.page.locator("#focus .alert")).to_contain_text("More than one face")


def test_what_is_over_folds_into_a_line_and_keeps_its_notes(exam, student):
    ada = student("Ada")
    ada.unplug()
    alert = exam.alert("Ada", "Camera off")
    alert.get_by_role("button", name="Note", exact=False).click()
    exam.page.keyboard.type("She has told me before")
    exam.page.keyboard.press("Enter")
    exam.page.locator("#room-title").focus()
    exam.page.mouse.move(0, 0)
    ada.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    over = exam.alert("Ada", "Camera off", "cleared")
    expect(over).to_have_attribute("data-place", "over")
    expect(over.locator(".alert-body")).to_be_hidden()
    expect(over).to_contain_text("Ms Smith: She has told me before")
    over.locator(".alert-fold").click()
    expect(over.locator(".alert-body")).to_be_visible()
    expect(over.locator(".alert-body")).to_contain_text("Rule: at once.")


def test_a_card_that_is_written_in_stays_open_when_its_alert_is_over(exam, student):
    ada = student("Ada")
    ada.unplug()
    exam.alert("Ada", "Camera off").focus()
    exam.page.keyboard.press("n")
    exam.page.keyboard.type("She has ")
    ada.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    over = exam.alert("Ada", "Camera off", "cleared")
    expect(over.get_by_label("Note, for colleagues")).to_be_focused()
    exam.page.keyboard.type("told me")
    exam.page.keyboard.press("Enter")
    expect(over).to_contain_text("Ms Smith: She has told me")
    expect(over).to_have_attribute("data-place", "over")


def test_sounds_are_off_until_they_are_wanted_and_only_for_what_is_new(exam, people, student, network):
    teacher = people.teacher(url=network.url)
    page = teacher.page
    page.add_init_script(COUNT_TONES)
    teacher.join(exam.teacher_link.replace(exam.url, network.url), "Mr Jones")
    ada, bert, cora = student("Ada"), student("Bert"), student("Cora")
    page.click("#open-settings")
    for name in ("Urgent (red)", "Others (amber)"):
        expect(page.get_by_role("switch", name=name)).not_to_be_checked()
    page.keyboard.press("Escape")
    ada.unplug()
    expect(teacher.alert("Ada", "Camera off")).to_be_visible()
    assert page.evaluate("tones") == 0

    page.click("#open-settings")
    page.get_by_role("switch", name="Urgent (red)").check()
    page.get_by_role("button", name="Test the sound of other alerts").click()
    assert page.evaluate("tones") == 1
    page.keyboard.press("Escape")
    cora.leave_page()  # no sound is wanted for the others
    expect(teacher.alert("Cora", "Left the exam page")).to_be_visible()
    bert.unplug()
    page.wait_for_function("() => tones === 3")  # two tones for an urgent one
    teacher.alert("Bert", "Camera off").get_by_role("button", name="Acknowledge").click()
    expect(teacher.alert("Bert", "Camera off", "acknowledged")).to_be_visible()

    network.cut()
    expect(page.locator("#connection")).to_contain_text("No connection")
    network.restore()
    teacher.expect_connected()
    bert.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    expect(teacher.alert("Bert", "Camera off", "cleared")).to_be_attached()  # by now everything has been sent again
    assert page.evaluate("tones") == 3
    page.reload()
    expect(page.locator("#sound-hint")).to_be_visible()  # remembered; the browser waits for a gesture
    page.locator("#room-title").click()
    expect(page.locator("#sound-hint")).to_be_hidden()


def test_one_kind_is_muted_for_one_student_for_all_teachers_to_see_and_ended(exam, people, student):
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    ada = student("Ada")
    entry = exam.adjust("Ada", "Camera off", "No alerts", "The whole exam", "Her camera is broken")
    expect(entry).to_contain_text("no alerts for the whole exam")
    expect(entry).to_contain_text("Her camera is broken (Ms Smith)")
    exam.page.keyboard.press("Escape")
    for teacher in (exam, colleague):
        expect(teacher.tile("Ada").locator(".tile-mark")).to_contain_text("Adjusted: Camera off: no alerts")
    ada.unplug()
    expect(exam.tile("Ada")).to_contain_text("Camera off")  # shown for the student, and not an alert
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "none")

    focus = colleague.large("Ada")
    focus.locator(".allowed").get_by_role("button", name="End").click()
    expect(focus.locator(".allowed")).to_be_hidden()
    expect(exam.tile("Ada").locator(".tile-mark")).to_be_hidden()
    expect(exam.alert("Ada", "Camera off")).to_be_visible()


def test_a_rule_is_loosened_for_a_while(exam, student):
    student("Ada")
    entry = exam.adjust("Ada", "Looking away", "Allow twice as much", "30 minutes", "Two screens")
    expect(entry).to_contain_text("twice as much allowed until")
    expect(entry).to_contain_text("min left")
    focus = exam.page.locator("#focus")
    focus.get_by_label("Rule", exact=True).select_option(label="The usual rules")
    expect(focus.get_by_label("For", exact=True)).to_be_hidden()
    focus.get_by_label("Reason, for the report").fill("One screen only")
    focus.get_by_role("button", name="Apply").click()
    expect(focus.locator(".allowed")).to_be_hidden()


@pytest.mark.parametrize("days", [1, -1])
def test_a_teachers_clock_that_is_set_changes_no_age_and_no_time_left(exam, student, days):
    ada = student("Ada")
    exam.page.evaluate(f"const now = Date.now; Date.now = () => now() + {days} * 86_400_000")
    entry = exam.adjust("Ada", "Looking away", "Allow twice as much", "30 minutes", "Two screens")
    expect(entry).to_contain_text(re.compile(r"\((29|30) min left\)"))
    ada.page.get_by_role("button", name="Raise hand").click()
    expect(exam.page.locator("#hands li")).to_contain_text(re.compile(r"waiting \d\d? s"))


def test_a_card_leads_to_the_form_that_mutes_its_kind(exam, student):
    student("Ada").leave_page()
    exam.alert("Ada", "Left the exam page").get_by_role("button", name="Mute 10 min").click()
    focus = exam.page.locator("#focus")
    expect(focus.get_by_label("What to adjust")).to_have_value("page_hidden")
    expect(focus.get_by_label("Reason, for the report")).to_be_focused()
    exam.page.keyboard.type("Asked to read a second page")
    exam.page.keyboard.press("Enter")
    expect(focus.locator(".allowed li")).to_contain_text("Left the exam page: no alerts until")


def test_a_kind_that_is_newer_than_the_page_has_the_words_and_the_measure_of_the_server(people, tmp_path):
    web = shutil.copytree(ROOT / "Web", tmp_path / "Web")
    for file in (web / "teacher").rglob("*.js"):
        file.write_text(file.read_text().replace("camera_covered", "older"))
    server = Server(tmp_path / "data", "--web-dir", web)
    try:
        teacher = people.teacher(url=server.url)
        older = (web / "text/en.json").read_text().replace("camera_covered", "older")
        teacher.page.route("**/text/en.json", lambda route: route.fulfill(body=older, content_type="application/json"))
        exam = teacher.create()
        people.student("dark", url=server.url).open(exam.student_link, "Ada").join()
        alert = exam.alert("Ada", "Camera covered or dark")
        expect(alert).to_contain_text("Rule: after 2\u00a0s, 80\u00a0% of checks, less than 6 of 255.")
        expect(exam.tile("Ada").locator(".tile-alert")).to_have_text("Covered, dark")
        expect(exam.adjust("Ada", "Camera covered or dark", "No alerts", "1 hour", "She has no lamp")).to_be_visible()
    finally:
        server.stop()


def test_where_the_room_for_pictures_is_used_up_that_is_said(people, tmp_path):
    # Storage for one picture at most.
    server = Server(tmp_path / "data", environment={
        "EXAM_MONITORING_MAXIMUM_EXAM_PICTURE_MEGABYTES": "0.01", "EXAM_MONITORING_ALERTS_PAGE_HIDDEN_COOLDOWN": "0"})
    try:
        exam = people.teacher(url=server.url).create()
        ada = people.student(url=server.url).open(exam.student_link, "Ada").join()
        ada.expect_live()
        exam.expect_tile_moving("Ada")
        for number in (1, 2):
            ada.leave_page()
            expect(exam.alert("Ada", "Left the exam page")).to_be_visible()
            ada.come_back()
            cards = exam.page.locator("#alerts li[data-state=cleared]").filter(has_text="Left the exam page")
            expect(cards).to_have_count(number)
        last = exam.page.locator("#alerts li").filter(has_text="Its picture was not kept").first
        expect(last).to_contain_text("the room for this exam’s pictures is used up")
        notices = exam.page.locator("#notices")
        expect(notices).to_contain_text("There is little or no room left for pictures of alerts.")
        expect(notices).to_contain_text("The room for pictures of this exam is used up")
    finally:
        server.stop()
