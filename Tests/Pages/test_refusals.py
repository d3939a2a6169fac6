"""What the server refuses is explained to the person at the page, or is fixed by the page itself."""
import contextlib
import re
import shutil

import pytest
from playwright.sync_api import expect

from firefox import Firefox
from people import expect_accessible
from support.server import ROOT, Server

SEND = "  write(payload);\n"
# Controlled by the test; a worker receives it as well.
SPOILS = {"student/uplink/uplink-worker.js": (
    SEND + "  socket.send(bytes);\n}\n",
    SEND + "  if (spoilt) payload.fill(7);\n  socket.send(bytes);\n}\n"
    "let spoilt = true;\nnew BroadcastChannel('test').onmessage = ({ data }) => { spoilt = data; };\n")}
SPOILS_VP8 = {"student/uplink/encoders.js": ("write: bytes => chunk.copyTo(bytes)", "write: bytes => bytes.fill(7)")}


@pytest.fixture
def served(tmp_path):
    """served(changes) is a server with modified pages: {file: (text, replacement)}."""
    with contextlib.ExitStack() as running:
        def serve(changes):
            web = tmp_path / "Web"
            shutil.copytree(ROOT / "Web", web)
            for name, (old, new) in changes.items():
                text = (web / name).read_text()
                assert text.count(old) == 1, f"{name} has no single {old!r}"
                (web / name).write_text(text.replace(old, new))
            server = Server(tmp_path / "data", "--web-dir", str(web))
            running.callback(server.stop)
            return server

        yield serve


def media(desk_or_exam):
    """The media types announced by the student's page, in order."""
    return [e["fields"]["media"] for e in desk_or_exam.context.request.get(
        f"{desk_or_exam.url}/api/sessions/{desk_or_exam.code}/events?format=json",
        headers={"Authorization": f"Bearer {desk_or_exam.token}"}).json() if e["kind"] == "stream_began"]


def remember_titles(person):
    person.page.evaluate("""() => {
      const title = document.getElementById('state-title');
      self.titles = [];
      new MutationObserver(() => titles.push(title.textContent)).observe(title, { childList: true, characterData: true, subtree: true });
    }""")


def expect_no_overflow(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_pictures_that_no_way_makes_useful_are_told_until_they_are(people, served):
    server = served(SPOILS)
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url)
    ada.page.set_viewport_size({"width": 390, "height": 844})
    ada.open(exam.student_link, "Ada").join()
    ada.expect_title("Your pictures cannot be used")
    expect(ada.page.locator("#state-text")).to_contain_text("Try the camera again")
    expect(ada.page.locator("#state-detail")).to_contain_text("For whoever helps you: the video that arrives cannot be")
    expect_no_overflow(ada.page)
    assert [one.split(";")[0] for one in media(exam)] == ["video/x-vp8", "image/jpeg", "video/webm"]
    ada.page.evaluate("new BroadcastChannel('test').postMessage(false)")
    ada.page.get_by_role("button", name="Try the camera again").click()
    ada.expect_live()
    exam.expect_tile_moving("Ada")
    expect(ada.page.locator("#state-detail")).to_be_empty()


def test_what_is_wrong_with_the_picture_is_said_before_joining(people, served):
    server = served({"student/camera/preview.js": (
        "canvas.toBlob(resolve, 'image/jpeg', 0.8)", "resolve(new Blob(['no picture']))")})
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url)
    ada.page.set_viewport_size({"width": 390, "height": 844})
    ada.open(exam.student_link, "Ada")
    expect(ada.page.locator("#preview-sentence")).to_contain_text("it is damaged, or of a kind that the server does not take")
    expect(ada.page.locator("#preview-sentence")).to_contain_text("you may join all the same")
    expect_no_overflow(ada.page)
    ada.join().expect_live()


def test_the_page_changes_its_way_of_sending_before_anybody_is_asked(people, served):
    server = served(SPOILS_VP8)
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url).open(exam.student_link, "Ada").join()
    ada.expect_live()
    remember_titles(ada)
    exam.expect_tile_moving("Ada")
    assert media(exam) == ["video/x-vp8", "image/jpeg"]
    ada.expect_live()
    assert "Your pictures cannot be used" not in ada.page.evaluate("titles")


def test_one_refused_frame_alarms_nobody(people, served):
    server = served({"student/uplink/uplink-worker.js": (SEND, SEND + "  if (sendWindow.sequence === 30) payload.fill(7);\n")})
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url).open(exam.student_link, "Ada").join()
    ada.expect_live()
    remember_titles(ada)
    journal = f"{server.url}/api/sessions/{exam.code}/events?format=json"
    for _ in range(100):
        events = exam.context.request.get(journal, headers={"Authorization": f"Bearer {exam.token}"}).json()
        if any(e["kind"] == "upload_refused" for e in events):
            break
        exam.page.wait_for_timeout(100)
    else:
        raise AssertionError("the frame was not refused")
    exam.expect_tile_moving("Ada")
    assert media(exam) == ["video/x-vp8"]
    assert "Your pictures cannot be used" not in ada.page.evaluate("titles")
    expect(ada.page.locator("#refusal-note")).to_be_empty()


def test_a_message_that_is_too_large_for_the_server_is_followed_by_smaller_ones(people, served):
    server = served({"student/uplink/uplink-worker.js": (
        "  socket.send(bytes);\n", "  socket.send(choice.current === 'video/x-vp8' ? new Uint8Array(300 * 1024) : bytes);\n")})
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url).open(exam.student_link, "Ada").join()
    exam.expect_tile_moving("Ada")
    ada.expect_live()
    assert media(exam) == ["video/x-vp8", "image/jpeg"]
    closed = [line for line in server.log_lines if "WebSocket" in line and "1009" in line]
    assert len(closed) == 1, closed


FLOOD = "for (let i = 0; i < 3000; i += 1) socket.send({ type: 'x' });"


def test_a_connection_that_is_closed_for_a_flood_comes_back(people, served):
    server = served({"student/uplink/uplink-worker.js": (
        "let socket;\n", f"let socket;\nnew BroadcastChannel('test').onmessage = () => {{ {FLOOD} }};\n")})
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url).open(exam.student_link, "Ada").join()
    ada.expect_live()
    remember_titles(ada)
    ada.page.evaluate("new BroadcastChannel('test').postMessage(0)")
    ada.page.wait_for_function("() => titles.includes('The server closed the connection')")
    ada.expect_live()
    exam.expect_tile_moving("Ada")


def test_who_is_refused_thrice_is_told_why(people, served):
    server = served({
        "student/uplink/uplink-worker.js": ("function welcomed(window) {\n", f"function welcomed(window) {{\n  {FLOOD}\n")})
    exam = people.teacher(url=server.url).create()
    ada = people.student(url=server.url)
    ada.page.set_viewport_size({"width": 390, "height": 844})
    ada.open(exam.student_link, "Ada")
    expect(ada.page.locator("[data-check=camera]")).to_have_attribute("data-state", "ok")
    ada.page.click("#join")
    ada.expect_ending("The connection was refused")
    expect(ada.page.locator("#end-reason")).to_have_text(
        "The reason: This page sent more than the server takes, or something that it does not allow.")
    expect(ada.page.locator("#end-action")).to_have_text("Load the page again")
    expect_no_overflow(ada.page)


def test_a_teacher_who_is_refused_thrice_is_told_why(people, served):
    flood = FLOOD.replace("3000", "12000")
    server = served({"teacher/connection/wall-worker.js": ("        socket.send(watch);\n", f"        socket.send(watch);\n        {flood}\n")})
    teacher = people.teacher(url=server.url)
    page = teacher.page
    page.goto(f"{server.url}/teacher")
    page.fill("#name", "Ms Smith")
    page.click("#setup-submit")
    expect(page.locator("#ended-title")).to_have_text("The connection was refused")
    expect(page.locator("#ended-text")).to_contain_text("This page sent more than the server takes")
    expect(page.locator("#ended-action")).to_have_text("Load the page again")


def test_what_a_student_has_typed_is_not_lost_when_it_is_refused(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    # No keyboard types it, but pasted text may contain it.
    ada.say("Help\u0007me")
    expect(ada.page.locator("#chat-note")).to_contain_text("Not sent. The text has control characters in it.")
    expect(ada.page.locator("#chat-text")).to_have_value("Help\u0007me")
    ada.say("Help me")
    expect(exam.chat).to_contain_text("Help me")
    expect(ada.page.locator("#chat-note")).to_be_empty()

    # More at once than anybody types: none of it is lost.
    ada.page.evaluate("""() => {
      for (let number = 1; number <= 14; number += 1) {
        document.getElementById('chat-text').value = `line${number}.`;
        document.getElementById('chat-form').requestSubmit();
      }
    }""")
    expect(ada.page.locator("#chat-note")).to_contain_text("too much at once")
    ada.page.wait_for_function("""() => {
      const shown = document.getElementById('chat-log').textContent + document.getElementById('chat-text').value;
      return Array.from({ length: 14 }, (_, n) => `line${n + 1}.`).every(line => shown.includes(line));
    }""")


def test_a_students_note_that_is_refused_stays_where_it_was_typed(exam, people):
    ada = people.student("covered").open(exam.student_link, "Ada").join()
    event = ada.event("Your picture was dark or empty")
    ada.write_note(event, "a cloud\u0007")
    expect(event.locator(".note-state")).to_contain_text("Not saved. The text has control characters in it.")
    expect(event.get_by_label("Your note")).to_have_value("a cloud\u0007")
    ada.write_note(event, "a cloud")
    expect(event.locator(".note-state")).to_contain_text("Saved")


def test_what_a_teacher_asked_in_vain_is_told_where_it_was_asked(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    page = exam.page
    exam.say("All students", "Good\u0007luck")
    expect(page.locator("#chat-note")).to_contain_text("control characters")
    expect(page.locator("#chat-text")).to_have_value("Good\u0007luck")
    page.fill("#chat-text", "")

    focus = exam.large("Ada")
    focus.get_by_label("Message to Ada").fill("Are you\u0007well?")
    focus.get_by_role("button", name="Send").click()
    expect(focus.get_by_label("Message to Ada")).to_have_value("Are you\u0007well?")
    expect(focus).to_contain_text("Not sent")
    focus.get_by_text("Adjust for this student").click()
    focus.get_by_label("Reason, for the report").fill("a bandage\u0007")
    focus.get_by_role("button", name="Apply").click()
    expect(focus.locator("#adjust-note")).to_contain_text("Nothing was changed.")
    expect(focus.get_by_label("Reason, for the report")).to_have_value("a bandage\u0007")
    page.keyboard.press("Escape")

    expect(focus).to_be_hidden()


@pytest.mark.parametrize("name, refused", [("pause", "The exam was not paused."), ("dismiss", "Nobody was removed.")])
def test_a_reason_is_asked_for_and_kept_until_it_is_taken(people, server, network, name, refused):
    exam = people.teacher(url=network.url).create()
    ada = people.student().open(exam.student_link.replace(network.url, server.url), "Ada").join()
    exam.expect_state("Ada", "live")
    page = exam.page
    reason, fault, dialog = (page.locator(f"#{name}-{part}") for part in ("reason", "error", "dialog"))
    opener = exam.large("Ada").get_by_role("button", name={"pause": "Pause…", "dismiss": "Remove…"}[name])
    opener.click()
    expect(page.locator(f"#{name}-heading")).to_contain_text("Ada")
    page.keyboard.press("Enter")
    expect(fault).to_contain_text("Please give a reason")
    expect(reason).to_have_attribute("aria-invalid", "true")
    reason.fill("Fire\u0007drill")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#notices")).to_contain_text(refused)
    opener.click()
    expect(fault).to_be_empty()
    expect(reason).not_to_have_attribute("aria-invalid", "true")
    expect(reason).to_have_value("Fire\u0007drill")
    network.cut()
    expect(page.locator("#connection")).to_contain_text("trying again")
    reason.fill("Fire drill")
    page.keyboard.press("Enter")
    expect(fault).to_contain_text("There is no connection just now")
    network.restore()
    exam.expect_connected()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    told = ada.page.locator({"pause": "#pause-banner", "dismiss": "#end-reason"}[name])
    expect(told).to_contain_text("Fire drill")
    if name == "pause":
        page.locator("#focus").get_by_role("button", name="Resume").click()
        opener.click()
        expect(reason).to_have_value("")  # what was taken is not there again
        expect(page.locator("#notices")).to_be_hidden()  # a refusal is told for a while
    exam.end_if_on()


def refuse(page, address, status, code, **parameters):
    """From now on the server seems to refuse this."""
    headers = {"Retry-After": str(parameters["retry_after"])} if "retry_after" in parameters else {}
    page.unroute_all()
    page.route(address, lambda route: route.fulfill(
        status=status, headers=headers, content_type="application/problem+json",
        json={"status": status, "title": "English", "detail": "of the server", "code": code} | parameters))


REFUSED = [
    (429, "answer_pending", {"retry_after": 5}, "What you asked for before is still on its way. Please try again in 5 s."),
    (429, "too_many_requests", {"retry_after": 7}, "More is asked for from your network at once than the server takes. Please try again in 7 s."),
    (429, "busy", {"retry_after": 9}, "The server is busy just now. Please try again in 9 s."),
    (503, "store", {}, "What is kept of this exam cannot be read at the moment"),
]


def test_what_happened_is_told_by_the_code(exam, people):
    ada = people.student().open(exam.student_link, "Ada")
    page = ada.page
    expect(page.locator("[data-check=camera]")).to_have_attribute("data-state", "ok")
    refuse(page, "**/participants", 429, "too_many_requests", retry_after=3)
    page.click("#join")
    expect(page.locator("#join-error")).to_have_text(
        "More is asked for from your network at once than the server takes. Please try again in 3 s.")
    refuse(page, "**/preview", 503, "pipeline_failed", retry_after=10)
    expect(page.locator("#preview-sentence")).to_contain_text("The camera is not at fault.")
    page.unroute_all()
    ada.join().expect_live()
    for status, code, parameters, said in REFUSED:
        refuse(page, "**/data", status, code, **parameters)
        page.click("#own-data")
        expect(page.locator("#own-data-note")).to_contain_text(f"Nothing was downloaded. {said}")
    page.click("#own-view-toggle")
    for code, said in (("no_picture", "No picture of you reaches your teachers at the moment."),
                       ("no_room", "The server has too much to do just now."),
                       ("too_many_streams", "You watch as many pictures at once as you may.")):
        refuse(page, "**/live.jpg*", 503, code)
        expect(page.locator("#own-view-note")).to_contain_text(said)
    page.unroute_all()
    expect(page.locator("#own-view-note")).to_be_empty()

    exam.end()
    for status, code, parameters, said in REFUSED:
        refuse(exam.page, "**/events?format=csv", status, code, **parameters)
        exam.page.get_by_role("button", name="All events as a table").click()
        expect(exam.page.locator("#ended-links [role=alert]")).to_contain_text(said)


def test_a_kept_picture_that_cannot_be_shown_says_why(exam, people, server):
    ada = people.student("covered").open(exam.student_link, "Ada").join()
    expect(exam.alert("Ada", "Camera covered")).to_be_visible()
    exam.page.wait_for_function("() => document.querySelector('.alert-picture img')?.naturalWidth > 0")
    picture, = (server.data / "pictures" / exam.code).glob("*.jpg")
    for spoil, said in ((lambda: picture.write_bytes(b"no picture"), "The picture was kept, but it cannot be read."),
                        (picture.unlink, "The picture was kept, but its file is gone from the server.")):
        spoil()
        for person in (exam, ada):
            person.page.reload()
        ada.event("Your picture was dark or empty")
        expect(ada.page.locator(".event-picture").first).to_have_text(said)
        exam.expect_connected()
        expect(exam.alert("Ada", "Camera covered").locator(".alert-picture")).to_have_text(said)
        expect_accessible(exam.page, said)
        expect_accessible(ada.page, said)


def codes_of(role):
    """The codes of `error` that the server sends to this role, according to the table in docs/protocol.md."""
    codes = set()
    for row in (ROOT / "docs/protocol.md").read_text().splitlines():
        if found := re.fullmatch(r"\| (.*?) \| `error`(?: to a (student|teacher))? \|.*", row):
            if found[2] in (role, None):
                codes |= set(re.findall(r"`([a-z_]+)`", found[1]))
    return codes


def test_the_pages_have_words_for_every_code(exam):
    codes = codes_of("student")
    sent = set()
    for source in (ROOT / "Sources/ExamServer/Session").glob("Student*.swift"):
        sent |= set(re.findall(r'(?:refuse|protocolError)\(\s*"(\w+)"', source.read_text()))
    assert len(sent) > 8 and sent <= codes, sent - codes
    known = exam.page.evaluate("""import('/student/student-text.js').then(words =>
      [...Object.keys(words.REFUSALS), ...Object.keys(words.TROUBLES)])""")
    assert codes == set(known)
    for code in codes | {"unheard_of"}:
        text = exam.page.evaluate("""code => import('/student/student-text.js').then(words =>
          [words.refusalText({ code }), words.refusalText({ code }, 'message'), words.troubleSentence({ code }).text])""", code)
        assert all(len(one) > 20 and "undefined" not in one for one in text), (code, text)
    assert "unheard_of" in exam.page.evaluate(
        "import('/student/student-text.js').then(words => words.refusalText({ code: 'unheard_of' }))")

    # Teachers are told what they can mend, whatever the code.
    assert codes_of("teacher") == {"too_many", "quota", "bad_message"}
    assert exam.page.evaluate(
        "import('/teacher/alerts/alert-text.js').then(words => words.notDone('Not done.', { code: 'x', detail: 'too late' }))") == "Not done. The server did not accept it (x)."


def test_refusals_in_firefox(served, tmp_path):
    server = served(SPOILS)
    profile = tmp_path / "profile"
    profile.mkdir()
    firefox = Firefox(profile)
    try:
        teacher = firefox.page()
        teacher.goto(f"{server.url}/teacher")
        teacher.fill("#name", "Ms Smith")
        teacher.click("#setup-submit")
        teacher.wait_text("#connection", "Connected")
        teacher.click("#empty-invite")
        link = teacher.evaluate("() => document.querySelector('#invite-student').value")
        teacher.press_escape()
        ada = firefox.page()
        ada.goto(link)
        ada.fill("#name", "Ada")
        ada.press_enter()
        ada.wait("() => document.querySelector('[data-check=camera]').dataset.state === 'ok'")
        ada.click("#join")
        ada.wait_text("#state-title", "Your pictures cannot be used")
        ada.evaluate("() => new BroadcastChannel('test').postMessage(false)")
        ada.click("#live-retry")
        teacher.wait("() => document.querySelector('.tile')?.dataset.state === 'live'")
        ada.wait("() => !document.querySelector('#state-title').textContent.includes('cannot be used')")
        assert not firefox.errors, firefox.errors
    finally:
        firefox.close()
