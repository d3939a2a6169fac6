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


def test_the_students_rights(exam, desk, people, network):
    ada = people.student("away", url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    page = ada.page
    ada.expect_live()
    page.click("#own-events summary")
    expect(page.locator("#own-events-none")).to_be_visible()
    expect_accessible(page, "no events")
    page.get_by_role("button", name="What my teachers see").click()
    expect(page.locator("#own-view-picture")).to_be_visible()
    event = ada.event("We could not see your face")
    expect(event.locator("img")).to_be_visible()
    ada.write_note(event, "I bent down for my pen")
    expect(event).to_contain_text("Saved")
    exam.tile("Ada").click()
    expect(page.locator("#watchers")).to_contain_text("is looking at your picture")
    page.get_by_role("button", name="Raise hand").click()
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_visible()
    desk.send("lower_hand", student=ada.identity["participant_id"])
    expect(page.locator("#hand-note")).to_contain_text("has seen your hand")
    expect_accessible(page, "events and own view")
    desk.send("pause", student="all", reason="A fire alarm. " + "Please wait in the yard. " * 10)
    expect(page.locator("#pause-banner")).to_contain_text("fire alarm")
    expect_accessible(page, "paused")
    page.set_viewport_size(PHONE)
    expect_accessible(page, "phone, paused")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    desk.send("resume", student="all")
    expect(page.locator("#pause-banner")).to_contain_text("goes on")
    expect_accessible(page, "phone, goes on")

    network.cut()
    ada.expect_title("The connection is interrupted")
    ada.write_note(event, "I bent down for my pencil")
    expect(event).to_contain_text("Not saved yet")
    expect(page.locator("#own-view-note")).not_to_be_empty()
    page.click("#own-data")
    expect(page.locator("#own-data-note")).to_contain_text("Nothing was downloaded.")
    expect_accessible(page, "phone, note not saved, nothing downloaded")
    exam.page.keyboard.press("Escape")
    exam.end()
    network.restore()
    ada.expect_ending("The exam has ended")
    expect(page.locator("#end-notes")).to_contain_text("I bent down for my pencil")
    page.get_by_role("button", name="Download what is kept about me").click()
    expect(page.locator("#end-data-note")).to_contain_text("Downloaded")
    expect_accessible(page, "phone, ended")


def test_the_students_hints(exam, people):
    for clip, title in (("dim", "It is rather dark"), ("far", "You are far from the camera")):
        student = people.student(clip).open(exam.student_link, clip).join()
        student.expect_title(title)
        expect_accessible(student.page, title)


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
    teacher.expect_state("Ada", "live")  # before that, nothing can be asserted
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
    page.get_by_text("Adjust for this student").click()
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
