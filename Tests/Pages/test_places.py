"""Somebody is removed, unused places are removed together, and a long exam is loaded page by page."""
import json
import urllib.request

from playwright.sync_api import expect

from people import expect_accessible
from support.journal import Journal
from support.server import Server

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}


def narrow_enough(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_student_is_removed_and_told_why(exam, people, tmp_path):
    page = exam.page
    page.set_viewport_size(LAPTOP)
    ada = people.student().open(exam.student_link, "Ada").join()
    bert = people.student().open(exam.student_link, "Bert").join()
    for name in ("Ada", "Bert"):
        exam.expect_state(name, "live")
    ada.leave_page()
    expect(exam.alert("Ada", "Page")).to_be_visible()

    # With only the keyboard.
    exam.tile("Ada").press("Enter")
    expect(page.locator("#focus-name")).to_have_text("Ada")
    expect_accessible(page, "large view")
    page.locator("#focus").get_by_role("button", name="Remove…").press("Enter")
    expect(page.locator("#dismiss-heading")).to_have_text("Remove Ada from the exam?")
    expect(page.locator("#dismiss-reason")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dismiss-error")).to_contain_text("give a reason")
    expect_accessible(page, "removal asked, a reason is missing")
    page.screenshot(path=tmp_path / "asked.png")
    page.set_viewport_size(PHONE)
    assert narrow_enough(page)
    expect_accessible(page, "phone, removal asked")
    page.set_viewport_size(LAPTOP)
    page.fill("#dismiss-reason", "Not of this class")
    page.keyboard.press("Enter")

    ada.expect_ending("You were removed from the exam")
    expect(ada.page.locator("#end-reason")).to_have_text("The reason: Not of this class")
    expect_accessible(ada.page, "removed")
    ada.page.screenshot(path=tmp_path / "removed.png")
    expect(exam.tile("Ada")).to_have_count(0)
    expect(page.locator("#focus")).to_be_hidden()
    over = exam.alert("Ada", "Page", "cleared")
    expect(over).to_be_visible()
    expect(exam.tile("Bert")).to_have_attribute("data-state", "live")
    # A reloaded page still knows whose alerts these were.
    page.reload()
    exam.expect_connected()
    expect(exam.alert("Ada", "Page", "cleared")).to_be_visible()
    expect(exam.tile("Ada")).to_have_count(0)

    # A reload tells the student once more; stored data can be downloaded; joining again is a new person.
    ada.page.reload()
    ada.expect_ending("You were removed from the exam")
    expect(ada.page.locator("#end-reason")).to_have_text("The reason: Not of this class")
    with ada.page.expect_download() as download:
        ada.page.click("#end-data")
    assert json.loads(download.value.path().read_text())["dismissed"]["reason"] == "Not of this class"
    ada.page.click("#end-action")
    expect(ada.page.locator("#step-name")).to_be_visible()
    ada.open(exam.student_link, "Ada").join()
    exam.expect_state("Ada", "live")


def test_strays_are_removed_together(exam, people, tmp_path):
    page = exam.page
    page.set_viewport_size(LAPTOP)
    people.student().open(exam.student_link, "Ada").join()
    exam.expect_state("Ada", "live")
    for number in range(30):
        body = json.dumps({"name": f"Stray {number}", "role": "student"}).encode()
        urllib.request.urlopen(urllib.request.Request(
            f"{exam.url}/api/sessions/{exam.code}/participants", body, {"Content-Type": "application/json"}))
    cameraless = people.student(clip=None).open(exam.student_link, "Bert")
    cameraless.page.get_by_role("button", name="Join without a camera").click()
    exam.expect_state("Bert", "no_picture")
    # Offered once they have had time to allow their cameras.
    page.get_by_role("button", name="Remove 31 without a picture…").press("Enter")
    expect(page.locator("#dismiss-list li")).to_have_count(31)
    expect(page.locator("#dismiss-list")).not_to_contain_text("Ada")
    page.get_by_role("checkbox", name="Bert").uncheck()
    expect(page.locator("#dismiss-confirm")).to_have_text("Remove 30 students")
    expect_accessible(page, "strays chosen")
    page.screenshot(path=tmp_path / "strays.png")
    page.set_viewport_size(PHONE)
    assert narrow_enough(page)
    expect_accessible(page, "phone, strays chosen")
    page.screenshot(path=tmp_path / "strays-phone.png")
    page.set_viewport_size(LAPTOP)
    page.get_by_role("button", name="None").click()
    expect(page.locator("#dismiss-confirm")).to_be_disabled()
    page.get_by_role("button", name="All without a picture").click()
    page.get_by_role("checkbox", name="Bert").uncheck()
    page.fill("#dismiss-reason", "Nobody of this class")
    page.click("#dismiss-confirm")
    exam.expect_order("Ada", "Bert")
    exam.expect_state("Ada", "live")


def test_a_long_exam_is_there_after_a_restart(people, tmp_path):
    """6,100 alerts and 10,000 lines: the page loads at once, shows older ones on request, and says where the oldest are."""
    server = Server(tmp_path / "data")
    try:
        teacher = people.teacher(server.url).create()
        page = teacher.page
        ada = json.load(urllib.request.urlopen(urllib.request.Request(
            f"{server.url}/api/sessions/{teacher.code}/participants", json.dumps({"name": "Ada", "role": "student"}).encode(),
            {"Content-Type": "application/json"})))["participant_id"]
        expect(page.locator("#alerts-forgotten")).to_be_hidden()
        assert server.stop() == 0
        with Journal(server.data, teacher.code) as journal:
            for number in range(6100):
                journal.alert(number, ada, "Ada", "n" * 1500)
            journal.alert(6100, ada, "Ada", open=True)
            for number in range(10_000):
                journal.chat(number, ada, "Ada", f"line {number} " + "c" * 250)
        server = Server(server.data, port=server.port)
        # The page comes back by itself.
        expect(page.locator("#alerts [data-state=confirmed]")).to_have_count(1)
        expect(page.locator("#chat-log .message").last).to_contain_text("line 9999")
        expect(page.locator("#chat-log .message")).to_have_count(100)
        expect(page.locator("#alerts-forgotten")).to_contain_text("in the report")
        shown = page.locator("#alerts [data-place=over]")
        count = shown.count()
        assert 20 < count <= 100
        page.evaluate("""() => { window.longest = 0; let last = performance.now();
          setInterval(() => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; }, 10); }""")
        for _ in range(5):
            before = shown.count()
            page.click("#alerts-older")
            expect(shown.nth(before)).to_be_attached()
        times = [float(x) for x in page.evaluate("[...document.querySelectorAll('#alerts [data-place=over]')].map(x => parseInt(x.dataset.id.slice(1)))")]
        assert times == sorted(times, reverse=True), "the newest on top"
        for pages in range(2, 5):
            page.get_by_role("button", name="Earlier messages").click()
            expect(page.locator("#chat-log .message")).to_have_count(100 * pages)
        lines = page.locator("#chat-log .log-text").all_inner_texts()
        assert [int(line.split()[1]) for line in lines] == list(range(9600, 10_000))
        teacher.say("Teachers", "and now")
        expect(page.locator("#chat-log .message").last).to_contain_text("and now")
        assert page.evaluate("longest") < 1500, "the page stood still"
        page.screenshot(path=tmp_path / "long.png")
    finally:
        server.stop()
