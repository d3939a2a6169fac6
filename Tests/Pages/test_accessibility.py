"""axe finds nothing in any state of the pages, in light and in dark, wide and narrow; the keyboard reaches everything."""
from playwright.sync_api import expect

from people import expect_accessible

PHONE = {"width": 390, "height": 844}


def test_first_page(people):
    visitor = people.student()
    page = visitor.page
    page.goto(visitor.url)
    expect_accessible(page, "first page")
    page.get_by_role("button", name="Go to the exam").click()
    expect(page.locator("#code-error")).to_contain_text("six digits")
    expect_accessible(page, "first page, code refused")


def test_the_students_states(exam, people):
    student = people.student("away")
    page = student.page
    page.goto(exam.student_link)
    expect_accessible(page, "name")
    page.get_by_role("button", name="Continue to the camera").click()
    expect(page.locator("#name-error")).to_contain_text("enter your name")
    expect_accessible(page, "name missing")
    student.open(exam.student_link, "Ada")
    student.expect_good_picture()
    expect_accessible(page, "camera check")
    student.join()
    expect_accessible(page, "live")
    exam.say("All students", "Good luck")
    expect(student.chat).to_contain_text("Good luck")
    page.get_by_role("button", name="Raise hand").click()
    student.expect_title("We cannot see your face")
    expect_accessible(page, "alert")
    page.set_viewport_size(PHONE)
    expect_accessible(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    exam.end()
    student.expect_ending("The exam has ended")
    expect_accessible(page, "ended")


def test_the_students_trouble(exam, people, network):
    ada = people.student(clip=None, url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada")
    expect(ada.page.locator("#preview-sentence")).to_contain_text("Plug a camera in")
    expect_accessible(ada.page, "no camera, check")
    ada.page.get_by_role("button", name="Join without a camera").click()
    ada.expect_title("No camera was found")
    expect_accessible(ada.page, "no camera, live")
    network.cut()
    ada.expect_title("The connection is interrupted")
    expect_accessible(ada.page, "no connection")


def test_the_teachers_states(people):
    teacher = people.teacher()
    page = teacher.page
    page.goto(f"{teacher.url}/teacher")
    expect_accessible(page, "set-up")
    page.get_by_role("button", name="Create the exam").click()
    expect(page.locator("#name-error")).to_contain_text("enter your name")
    expect_accessible(page, "set-up, name missing")
    teacher.create()
    expect_accessible(page, "empty room")
    page.click("#open-invite")
    expect_accessible(page, "invitation")
    page.keyboard.press("Escape")

    ada = people.student("two").open(teacher.student_link, "Ada").join()
    ada.page.get_by_role("button", name="Raise hand").click()
    ada.say("A question")
    people.student(clip=None).open(teacher.student_link, "Bert").page.get_by_role("button", name="Join without a camera").click()
    teacher.expect_state("Bert", "no_picture")
    expect(teacher.alert("Ada", "More than one face")).to_be_visible()
    expect(teacher.chat).to_contain_text("A question")
    expect_accessible(page, "room with an alert")
    teacher.tile("Ada").press("Enter")
    expect(page.locator("#focus")).to_be_visible()
    expect_accessible(page, "focus")
    page.get_by_text("Adjust alerts for this student").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#adjust-note")).to_contain_text("give a reason")
    expect_accessible(page, "focus, a reason is missing")
    page.keyboard.press("Escape")

    page.set_viewport_size(PHONE)
    for view in ("alerts", "chat", "wall"):
        page.click(f".views [data-view={view}]")
        expect_accessible(page, f"phone, {view}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view
    page.click(".views [data-view=alerts]")
    teacher.alert("Ada", "More than one face").get_by_role("button", name="Acknowledge").press("Enter")
    expect(teacher.alert("Ada", "More than one face", "acknowledged")).to_be_visible()
    expect_accessible(page, "phone, acknowledged")
    page.click("#open-end")
    expect_accessible(page, "end asked")
    page.click("#end-confirm")
    expect(page.locator("#ended")).to_be_visible()
    expect_accessible(page, "ended")


def test_the_teachers_alerts_pauses_and_settings(exam, people):
    page = exam.page
    people.student("two").open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    exam.expect_state("Bert", "live")
    bert.page.get_by_role("button", name="Raise hand").click()
    bert.unplug()
    expect(exam.alert("Bert", "Camera off")).to_be_visible()
    expect(exam.alert("Ada", "More than one face")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("The camera fell down")
    expect_accessible(page, "a note is written")
    page.keyboard.press("Enter")
    expect(exam.page.locator("#alerts li[data-state=acknowledged]")).to_contain_text("The camera fell down")
    bert.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    over = exam.alert("Bert", "Camera off", "cleared")
    page.locator("#room-title").focus()
    expect(over).to_have_attribute("data-place", "over")
    expect_accessible(page, "one is over")
    over.locator(".alert-fold").click()
    exam.sort("By need now")
    expect_accessible(page, "what is over unfolded, the wall by need")
    page.keyboard.press("?")
    expect_accessible(page, "settings and keys")
    page.keyboard.press("Escape")
    expect(exam.adjust("Bert", "Looking away", "Allow 3 times as much", "4 hours", "Two screens")).to_be_visible()
    expect_accessible(page, "focus with what is allowed")
    page.keyboard.press("Escape")
    page.click("#open-pause")
    page.get_by_role("button", name="Pause", exact=True).last.click()
    expect(page.locator("#pause-error")).to_contain_text("give a reason")
    expect_accessible(page, "pause without a reason")
    exam.pause("A fire drill. " + "Please wait in the yard. " * 6)
    expect(exam.tile("Bert")).to_contain_text("Paused")
    expect_accessible(page, "paused")
    exam.large("Bert")
    expect_accessible(page, "focus, paused")
    page.set_viewport_size(PHONE)
    expect_accessible(page, "phone, focus, paused")
    page.keyboard.press("Escape")
    for view in ("alerts", "wall"):
        page.click(f".views [data-view={view}]")
        expect_accessible(page, f"phone, {view}, paused")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view
    page.click("#open-settings")
    expect_accessible(page, "phone, settings")
    page.keyboard.press("Escape")
    exam.end()
    page.click("#open-erase")
    expect_accessible(page, "phone, erasing asked")
    page.click("#erase-confirm")
    expect(page.locator("#receipt")).to_be_visible()
    expect_accessible(page, "phone, receipt")


def test_the_teacher_without_connection(exam, people, network):
    people.student().open(exam.student_link, "Ada").join()
    colleague = people.teacher(url=network.url)
    colleague.page.goto(exam.teacher_link.replace(exam.url, network.url))
    expect_accessible(colleague.page, "joining as a teacher")
    colleague.join(exam.teacher_link.replace(exam.url, network.url), "Mr Jones")
    colleague.expect_tile_moving("Ada")
    network.cut()
    expect(colleague.page.locator("#connection")).to_contain_text("No connection")
    expect_accessible(colleague.page, "no connection")
