"""What a teacher does with the whole room: pause it, answer raised hands, erase stored data."""
import re

from playwright.sync_api import expect

from people import expect_accessible
from support.server import Server


def test_the_exam_is_paused_for_everybody_with_the_reason_and_goes_on(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    for name in ("Ada", "Bert"):
        exam.expect_state(name, "live")
    page = exam.page
    page.click("#open-pause")
    page.keyboard.press("Enter")
    expect(page.locator("#pause-error")).to_contain_text("give a reason")
    exam.pause("Fire drill")
    for teacher in (exam, colleague):
        expect(teacher.page.locator("#paused-text")).to_contain_text("Paused: Fire drill (Ms Smith")
        for name in ("Ada", "Bert"):
            expect(teacher.tile(name)).to_contain_text("Paused")
    for student in (ada, bert):
        expect(student.page.locator("#pause-banner")).to_contain_text("Fire drill")
    expect(page.locator("#open-pause")).to_be_hidden()

    late = people.student().open(exam.student_link, "Late").join()
    expect(late.page.locator("#pause-banner")).to_contain_text("Fire drill")
    colleague.page.get_by_role("button", name="Resume").click()
    for student in (ada, bert, late):
        expect(student.page.locator("#pause-banner")).not_to_contain_text("Fire drill")
    expect(page.locator("#resume")).to_be_hidden()
    expect(page.locator("#paused-text")).to_be_empty()
    expect(exam.tile("Ada")).not_to_contain_text("Paused")


def test_the_exam_is_paused_for_one_student_only(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    bert.expect_live()
    exam.expect_state("Ada", "live")
    focus = exam.large("Ada")
    focus.get_by_role("button", name="Pause").click()
    exam.pause("You feel unwell")
    expect(focus).to_contain_text("Paused: You feel unwell (Ms Smith)")
    expect(ada.page.locator("#pause-banner")).to_contain_text("You feel unwell")
    expect(exam.page.locator("#paused-text")).to_contain_text("Paused for Ada: You feel unwell")
    expect(exam.tile("Bert")).not_to_contain_text("Paused")
    expect(bert.page.locator("#pause-banner")).not_to_contain_text("unwell")
    focus.get_by_role("button", name="Resume").click()
    expect(ada.page.locator("#pause-banner")).not_to_contain_text("unwell")
    expect(exam.page.locator("#paused-text")).to_be_empty()


def test_raised_hands_wait_in_their_order_and_are_done(exam, people):
    students = {name: people.student().open(exam.student_link, name).join() for name in ("Ada", "Bert")}
    for name in ("Bert", "Ada"):
        exam.expect_state(name, "live")
        students[name].page.get_by_role("button", name="Raise hand").click()
        expect(exam.tile(name).locator(".tile-hand")).to_be_visible()
    hands = exam.page.locator("#hands li")
    expect(hands).to_have_text([re.compile("Bert.*waiting"), re.compile("Ada.*waiting")])
    hands.first.get_by_role("button", name="Reply").click()
    expect(exam.page.locator("#chat-text")).to_be_focused()
    exam.page.keyboard.type("I am coming.")
    exam.page.keyboard.press("Enter")
    expect(students["Bert"].chat).to_contain_text("I am coming.")

    hands.first.get_by_role("button", name="Done").press("Enter")
    expect(hands).to_have_text([re.compile("Ada.*waiting")])
    expect(hands.first.get_by_role("button", name="Done")).to_be_focused()
    expect(exam.tile("Bert").locator(".tile-hand")).to_be_hidden()
    expect(students["Bert"].page.get_by_role("button", name="Raise hand")).to_be_visible()
    hands.first.get_by_role("button", name="Done").press("Enter")
    expect(exam.page.locator("#hands-part")).to_be_hidden()
    expect(exam.page.locator("#alerts-heading")).to_be_focused()


def test_a_message_begun_for_one_student_stays_with_that_student(exam, people):
    for name in ("Ada", "Bert"):
        people.student().open(exam.student_link, name).join()
        exam.expect_state(name, "live")
    exam.large("Ada")
    exam.page.fill("#focus-text", "Only for Ada")
    exam.page.keyboard.press("Escape")
    exam.large("Bert")
    expect(exam.page.locator("#focus-text")).to_have_value("")
    exam.page.keyboard.press("Escape")
    exam.large("Ada")
    expect(exam.page.locator("#focus-text")).to_have_value("Only for Ada")


def test_teachers_are_told_what_cannot_be_kept_and_when_it_is_well_again(people, tmp_path):
    server = Server(tmp_path / "data")
    try:
        pictures = server.data / "pictures"
        if pictures.exists():
            pictures.rename(server.data / "away")
        pictures.write_text("A file in the place of the folder: no picture can be written.")
        teacher = people.teacher(url=server.url).create()
        page = teacher.page
        people.student("two", url=server.url).open(teacher.student_link, "Ada").join()
        banner = page.get_by_role("alert").filter(has_text="The exam goes on")
        expect(banner).to_contain_text("Pictures of alerts cannot be written")
        expect_accessible(page, "a notice")
        page.reload()
        teacher.expect_connected()
        expect(banner).to_be_visible()
        teacher.expect_tile_moving("Ada")
        pictures.unlink()
        expect(banner).to_be_hidden()
    finally:
        server.stop()


def test_all_data_of_an_exam_are_erased_after_its_end_and_a_receipt_is_shown(exam, people):
    people.student().open(exam.student_link, "Ada").join().expect_live()
    exam.end()
    page = exam.page
    # The browser uses the zone's old name. The report is in the teacher's time zone.
    exam.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"})
    asked = []
    exam.context.on("request", lambda request: asked.append(request.url))
    for name, word in (("All events as a table (CSV)", "session_ended"), ("All events as JSON", '"kind"')):
        with page.expect_download() as file:
            page.get_by_role("button", name=name).click()
        assert file.value.url.startswith("blob:") and word in file.value.path().read_text(encoding="utf-8")
    with exam.context.expect_page() as opened:
        page.get_by_role("button", name="Report of the exam").click()
    report = opened.value
    expect(report.locator("body")).to_contain_text("Ada")
    assert "ticket=" in report.url and report.evaluate("opener") is None
    expect(report.locator("dl.session")).to_contain_text("times in Asia/Calcutta (UTC+05:30)")
    # What remains in the history is used up.
    report.reload()
    assert report.url.endswith("/?problem=bad_ticket")
    report.close()
    assert asked and not any(exam.token in url or "token=" in url for url in asked), asked
    addresses = [f"{exam.url}/api/sessions/{exam.code}/{what}" for what in ("report", "events")]
    status = """([address, token]) => fetch(address, {headers: {Authorization: `Bearer ${token}`}})
                 .then(answer => answer.status)"""
    for address in addresses:
        assert page.evaluate(status, [address, exam.token]) == 200, address
    page.click("#open-erase")
    page.get_by_role("button", name="Keep the data").click()
    page.click("#open-erase")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.locator("#ended-title")).to_have_text("All data of this exam are erased")
    expect(page.locator("#receipt")).to_contain_text("Participants")
    expect(page.locator("#ended-links button")).to_have_count(0)
    for address in addresses:
        assert page.evaluate(status, [address, exam.token]) != 200, address
