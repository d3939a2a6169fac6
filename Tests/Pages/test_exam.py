"""The story of an exam, from the invitation to the end."""
import re

from playwright.sync_api import expect

from people import expect_moving


def test_a_new_exam_shows_its_code_and_both_links(exam):
    assert re.fullmatch(r"\d{6}", exam.code)
    assert exam.student_link.startswith(f"{exam.url}/student?code={exam.code}#invite=")
    assert exam.teacher_link.startswith(f"{exam.url}/teacher?code={exam.code}#key=")
    expect(exam.page.locator("#room-code")).to_have_text(f"{exam.code[:3]} {exam.code[3:]}")
    expect(exam.page.locator("#wall-empty")).to_be_visible()


def test_two_students_join_by_link_and_are_seen_live(exam, people):
    for name in ("Ada", "Bert"):
        student = people.student().open(exam.student_link, name)
        student.expect_good_picture()
        student.join().expect_live()
    for name in ("Ada", "Bert"):
        exam.expect_tile_moving(name)
    expect(exam.page.locator("#wall-summary")).to_contain_text("2 of 2 live")


def test_a_student_enters_the_code_on_the_first_page(exam, people):
    student = people.student()
    student.page.goto(student.url)
    student.page.fill("#code", f"{exam.code[:3]} {exam.code[3:]}")
    student.page.keyboard.press("Enter")
    student.page.fill("#name", "Ada")
    student.page.keyboard.press("Enter")
    student.join().expect_live()
    exam.expect_state("Ada", "live")


def test_a_wrong_code_is_told_at_the_code(exam, people):
    wrong = f"{(int(exam.code) + 1) % 1_000_000:06}"
    student = people.student().open(f"{exam.url}/student?code={wrong}", "Ada")
    expect(student.page.locator("#code-error")).to_contain_text("no exam with this code")
    expect(student.page.locator("#code")).to_be_focused()


def test_the_preview_says_what_is_not_good(exam, people):
    dark = people.student("dark").open(exam.student_link, "Dora")
    expect(dark.page.locator("[data-check=light]")).to_have_attribute("data-state", "warn")
    two = people.student("two").open(exam.student_link, "Tim")
    expect(two.page.locator("[data-check=face]")).to_contain_text("2 faces")
    expect(two.page.locator("#preview-sentence")).to_have_attribute("data-tone", "warn")


def test_a_missing_face_raises_an_alert_with_its_picture_and_clears(exam, people):
    student = people.student("away").open(exam.student_link, "Ada").join()
    student.expect_title("We cannot see your face")
    alert = exam.alert("Ada", "No face in the picture")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("Since")
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "high")
    exam.page.wait_for_function("() => document.querySelector('#alerts li img')?.naturalWidth > 0")
    expect(exam.alert("Ada", "No face in the picture", "cleared")).to_be_visible()
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "none")
    student.expect_live()


def test_an_acknowledged_alert_is_marked_for_every_teacher(exam, people):
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    people.student("two").open(exam.student_link, "Ada").join()
    alert = exam.alert("Ada", "More than one face")
    alert.get_by_role("button", name="Acknowledge").press("Enter")
    for teacher in (exam, colleague):
        expect(teacher.alert("Ada", "More than one face", "acknowledged")).to_contain_text("Seen by Ms Smith")
        expect(teacher.tile("Ada")).to_have_attribute("data-alert", "seen")


def test_chat_goes_where_it_is_sent_and_nowhere_else(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    ada.expect_live()
    bert.expect_live()

    exam.say("Ada", "Only for Ada")
    exam.say("Teachers", "Only among us")
    exam.say("All students", "For every student")
    ada.say("A question from Ada")
    for student in (ada, bert):
        expect(student.chat).to_contain_text("For every student")
    expect(ada.chat).to_contain_text("Only for Ada")
    expect(ada.chat).to_contain_text("A question from Ada")
    for teacher in (exam, colleague):
        for text in ("Only for Ada", "Only among us", "For every student", "A question from Ada"):
            expect(teacher.chat).to_contain_text(text)

    # Everything else has arrived by now: this was sent last, on the same connection.
    exam.say("Everybody", "The last word")
    for student in (ada, bert):
        expect(student.chat).to_contain_text("The last word")
        expect(student.chat).not_to_contain_text("Only among us")
    for text in ("Only for Ada", "A question from Ada"):
        expect(bert.chat).not_to_contain_text(text)
    assert "Ada" not in bert.page.inner_text("body")
    assert "Bert" not in ada.page.inner_text("body")


def test_a_reply_is_addressed_to_the_student_who_asked(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    ada.say("May I ask something?")
    exam.page.get_by_role("button", name="Reply to Ada").click()
    exam.page.keyboard.type("Of course.")
    exam.page.keyboard.press("Enter")
    expect(ada.chat).to_contain_text("Of course.")


def test_a_student_reaches_nothing_of_another(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    exam.expect_state("Ada", "live")
    exam.expect_state("Bert", "live")
    session = f"/api/sessions/{exam.code}"
    status = "([path, token]) => fetch(path, { headers: { Authorization: `Bearer ${token}` } }).then(answer => answer.status)"
    for path in (session, f"{session}/students/{ada.identity['participant_id']}/live.jpg",
                 f"{session}/students/{ada.identity['participant_id']}/live.mjpeg", f"{session}/events"):
        assert bert.page.evaluate(status, [path, bert.identity["token"]]) in (401, 403), path


def test_a_raised_hand_is_seen_and_goes_down_again(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    ada.page.get_by_role("button", name="Raise hand").click()
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_visible()
    expect(exam.page.locator("#wall-summary")).to_contain_text("1 hand up")
    ada.page.get_by_role("button", name="Lower hand").click()
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_hidden()


def test_a_click_shows_the_student_large_and_live(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    exam.expect_tile_moving("Ada")
    exam.tile("Ada").click()
    focus = exam.page.locator("#focus")
    expect(focus.get_by_role("heading", name="Ada")).to_be_visible()
    expect_moving(exam.page, "#focus img")
    exam.page.fill("#focus-text", "I see you well")
    exam.page.keyboard.press("Enter")
    expect(ada.chat).to_contain_text("I see you well")
    exam.page.keyboard.press("Escape")
    expect(focus).to_be_hidden()
    expect(exam.tile("Ada")).to_be_focused()
    exam.expect_tile_moving("Ada")


def test_a_co_teacher_sees_the_same_and_the_key_leaves_the_address(exam, people):
    people.student().open(exam.student_link, "Ada").join()
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    assert "key=" not in colleague.page.url
    for teacher in (exam, colleague):
        teacher.expect_tile_moving("Ada")


def test_a_reload_comes_back_as_the_same_person(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    exam.expect_state("Ada", "live")
    ada.say("Before the reload")
    expect(exam.chat).to_contain_text("Before the reload")
    before = ada.identity["participant_id"]

    ada.page.reload()
    ada.expect_live()
    assert ada.identity["participant_id"] == before
    expect(ada.chat).to_contain_text("Before the reload")
    exam.expect_tile_moving("Ada")
    expect(exam.page.locator("#alerts li")).to_have_count(0)  # a reload is neither a camera switched off nor a page left
    exam.page.reload()
    exam.expect_connected()
    exam.expect_tile_moving("Ada")
    expect(exam.page.locator(".tile")).to_have_count(1)
    expect(exam.chat).to_contain_text("Before the reload")


def test_a_second_tab_takes_over_and_the_first_is_told(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    stored = ada.page.evaluate("JSON.stringify(sessionStorage)")
    second = ada.context.new_page()
    second.goto(ada.url)
    second.evaluate("stored => Object.assign(sessionStorage, JSON.parse(stored))", stored)
    second.goto(exam.student_link)
    expect(second.locator("#state-title")).to_have_text("All is well")
    ada.expect_ending("The exam is open in another tab")
    ada.page.get_by_role("button", name="Use this tab instead").click()
    ada.expect_live()
    expect(second.locator("#end-title")).to_have_text("The exam is open in another tab")
    expect(exam.page.locator(".tile")).to_have_count(1)


def test_the_end_is_told_to_everybody_and_nobody_can_join_any_more(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    late = people.student().open(exam.student_link, "Late")
    late.expect_good_picture()

    exam.end()
    ada.expect_ending("The exam has ended")
    expect(colleague.page.locator("#ended-title")).to_have_text("The exam has ended")
    expect(exam.page.get_by_role("button", name="Report of the exam")).to_be_visible()
    late.expect_ending("This exam has ended")  # the camera check itself reports it
    people.student().open(exam.student_link, "Later").expect_ending("This exam has ended")
    ada.page.reload()
    ada.expect_ending("The exam has ended")
