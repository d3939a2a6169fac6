"""Extra time: a teacher grants it, the student's page shows it, both after a reload."""
from playwright.sync_api import expect


def grant(teacher, name, amount, reason):
    focus = teacher.large(name)
    focus.get_by_text("Adjust for this student").click()
    focus.get_by_label("What to adjust").select_option(label="Extra time")
    focus.get_by_label("Minutes").fill(amount)
    focus.get_by_label("Reason, for the student and the report").fill(reason)
    focus.get_by_role("button", name="Apply").click()
    return focus


def test_extra_time_is_granted_shown_to_the_student_and_ended(exam, student):
    ada = student("Ada")
    focus = grant(exam, "Ada", "15", "Reads slowly")
    expect(focus.locator("#adjust-note")).to_have_text("Extra time: 15 minutes in all.")
    expect(focus.locator(".allowed li")).to_contain_text("Extra time: 15 minutes in all")
    shown = ada.page.locator("#granted")
    expect(shown).to_have_text("Extra time: 15 minutes in all. Reads slowly (Ms Smith)")
    exam.page.keyboard.press("Escape")
    expect(exam.tile("Ada").locator(".tile-mark")).to_contain_text("Adjusted: Extra time: 15 minutes in all")
    ada.page.reload()
    expect(shown).to_contain_text("15 minutes in all")
    exam.page.reload()
    focus = exam.large("Ada")
    focus.locator(".allowed").get_by_role("button", name="End").click()
    expect(shown).to_be_empty()
    expect(focus.locator(".allowed")).to_be_hidden()


def test_an_amount_that_cannot_be_is_said_where_it_is_typed(exam, student):
    student("Ada")
    for wrong in ("", "0", "601", "2.5", "ten"):
        focus = grant(exam, "Ada", wrong, "Reads slowly")
        expect(focus.locator("#adjust-note")).to_have_text("Minutes: please enter a whole number from 1 to 600.")
        expect(focus.locator("#adjust-amount")).to_have_attribute("aria-invalid", "true")
        expect(focus.locator("#adjust-amount")).to_be_focused()
        exam.page.keyboard.press("Escape")
    # Other fields are back with a kind of alert.
    focus = exam.large("Ada")
    focus.get_by_text("Adjust for this student").click()
    what = focus.get_by_label("What to adjust")
    what.select_option(label="Extra time")
    expect(focus.get_by_label("Rule", exact=True)).to_be_hidden()
    what.select_option(label="Camera off")
    expect(focus.get_by_label("Rule", exact=True)).to_be_visible()
    expect(focus.locator("#adjust-amount")).to_be_hidden()
    expect(focus.get_by_label("Reason, for the report")).to_be_visible()
