"""What a student is told and can see: who watches, what they see, what was noticed, what is kept, and hints."""
import base64
import json

import pytest
from playwright.sync_api import expect

from people import expect_moving


@pytest.fixture
def ada(exam, people):
    """Leaves the picture and comes back, again and again."""
    return people.student("away").open(exam.student_link, "Ada").join()


def test_own_events_are_told_with_picture_and_change_in_place(exam, ada):
    event = ada.event("We could not see your face")
    expect(event).to_contain_text("still so")
    ada.page.wait_for_function("() => document.querySelector('.event-picture img')?.naturalWidth > 0")
    expect(ada.page.locator("#own-events-count")).to_have_text("1")

    event.get_by_label("Your note").fill("Half a sent")  # not saved yet
    event.get_by_label("Your note").focus()
    exam.alert("Ada", "No face in the picture").get_by_role("button", name="Acknowledge").click()
    expect(event).to_contain_text("Seen by Ms Smith")
    expect(event).to_contain_text("over")
    expect(event.get_by_label("Your note")).to_have_value("Half a sent")
    expect(event.get_by_label("Your note")).to_be_focused()


def test_a_note_reaches_the_teacher_and_is_there_after_a_reload(exam, ada):
    event = ada.event("We could not see your face")
    event.get_by_role("button", name="Save").click()
    expect(event).to_contain_text("needs a few words")
    ada.write_note(event, "I bent down for my pen")
    expect(event).to_contain_text("Saved. Your teacher can read it.")
    expect(exam.page.locator("#alerts .alert-student-note")).to_contain_text("I bent down for my pen")

    ada.page.reload()
    expect(ada.event("We could not see your face").get_by_label("Your note")).to_have_value("I bent down for my pen")


def test_a_note_that_is_refused_stays_in_its_box(exam, ada):
    event = ada.event("We could not see your face")
    ada.write_note(event, "A bell \a rang")
    expect(event).to_contain_text("Not saved. The text has control characters")
    exam.alert("Ada", "No face in the picture").get_by_role("button", name="Acknowledge").click()
    expect(event).to_contain_text("Seen by Ms Smith")
    expect(event.get_by_label("Your note")).to_have_value("A bell \a rang")
    ada.write_note(event, "A bell rang")
    expect(event).to_contain_text("Saved.")


def with_a_note_that_waits(exam, people, network):
    """A student who wrote a note while the network was down, at the moment it is back."""
    ada = people.student("away", url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    event = ada.event("We could not see your face")
    expect(event).to_be_visible()
    network.cut()
    ada.expect_title("The connection is interrupted")
    ada.write_note(event, "I bent down for my pen")
    expect(event).to_contain_text("Not saved yet")
    network.restore()
    return ada, event


def test_a_note_without_connection_is_saved_later(exam, people, network):
    ada, event = with_a_note_that_waits(exam, people, network)
    expect(event).to_contain_text("Saved.")
    expect(event.get_by_label("Your note")).to_have_value("I bent down for my pen")
    expect(exam.page.locator("#alerts .alert-student-note")).to_contain_text("I bent down for my pen")


def test_a_note_that_waits_survives_a_reload(exam, people, network):
    ada, _ = with_a_note_that_waits(exam, people, network)
    ada.page.reload()
    expect(ada.event("We could not see your face")).to_contain_text("Saved.")


def test_the_student_sees_what_the_teachers_see(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    exam.expect_state("Ada", "live")
    toggle = ada.page.get_by_role("button", name="What my teachers see")
    toggle.click()
    expect_moving(ada.page, "#own-view-picture", times=2)
    asked = []
    ada.page.on("request", lambda request: asked.append(request.url))
    expect_moving(ada.page, "#own-view-picture", times=1)
    assert asked and not any("token" in url for url in asked)
    toggle.click()
    expect(ada.page.locator("#own-view")).to_be_hidden()
    assert ada.page.get_attribute("#own-view-picture", "src") is None


def test_no_picture_at_the_teachers_is_told_in_words(exam, people):
    ada = people.student(clip=None).open(exam.student_link, "Ada")
    ada.page.get_by_role("button", name="Join without a camera").click()
    exam.expect_state("Ada", "no_picture")
    ada.page.get_by_role("button", name="What my teachers see").click()
    expect(ada.page.locator("#own-view-note")).to_have_text("No picture of you reaches your teachers at the moment.")
    expect(ada.page.locator("#own-view-picture")).to_be_hidden()


def test_the_student_is_told_who_is_watching(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    watchers = ada.page.locator("#watchers")
    expect(watchers).to_have_text("Ms Smith is here.")
    exam.tile("Ada").click()
    expect(watchers).to_have_text("Ms Smith is here and is looking at your picture now.")
    colleague = people.teacher().join(exam.teacher_link, "Mr Jones")
    expect(watchers).to_have_text("Mr Jones and Ms Smith are here; Ms Smith is looking at your picture now.")
    exam.page.keyboard.press("Escape")
    expect(watchers).to_have_text("Mr Jones and Ms Smith are here.")
    colleague.page.close()
    exam.page.close()
    expect(watchers).to_have_text("No teacher is here at the moment.")


def download(person, button, note):
    with person.page.expect_download() as info:
        person.page.click(button)
    assert info.value.url.startswith("blob:")  # the token is in no address
    expect(person.page.locator(note)).to_contain_text("Downloaded")
    return json.loads(info.value.path().read_text(encoding="utf-8"))


def test_all_that_is_kept_can_be_downloaded_during_and_after_the_exam(exam, desk, ada):
    event = ada.event("We could not see your face")
    ada.write_note(event, "I bent down for my pen")
    expect(event).to_contain_text("Saved.")
    ada.page.wait_for_function("() => document.querySelector('.event-picture img')?.naturalWidth > 0")
    kept = download(ada, "#own-data", "#own-data-note")
    alert, = kept["alerts"]
    assert (alert["kind"], alert["student_note"]) == ("face_missing", "I bent down for my pen")
    assert base64.b64decode(alert["picture_jpeg_base64"]).startswith(b"\xff\xd8")
    assert kept["name"] == "Ada" and "ended_at" not in kept["session"]

    exam.end()
    ada.expect_ending("The exam has ended")
    kept = download(ada, "#end-data", "#end-data-note")
    assert len(kept["alerts"]) == 1 and kept["session"]["ended_at"]
    ada.page.reload()
    ada.expect_ending("The exam has ended")
    assert download(ada, "#end-data", "#end-data-note")["alerts"] == kept["alerts"]

    desk.ask("DELETE", "/data")
    ada.page.click("#end-data")
    expect(ada.page.locator("#end-data-note")).to_have_text("The server keeps nothing for this tab any more. If that seems wrong, ask your teacher.")


def test_a_download_without_connection_says_so(exam, people, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    ada.expect_live()
    network.cut()
    ada.expect_title("The connection is interrupted")
    ada.page.click("#own-data")
    expect(ada.page.locator("#own-data-note")).to_contain_text("Nothing was downloaded.")
    expect(ada.page.locator("#own-data")).to_be_focused()


def test_a_pause_is_told_with_its_reason_and_nothing_is_suspected(exam, people, desk):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    banner = ada.page.locator("#pause-banner")
    expect(banner).to_be_hidden()
    desk.send("pause", student="all", reason="A fire alarm. Please wait.")
    expect(banner).to_contain_text("A fire alarm. Please wait.")
    expect(banner).to_contain_text("Paused by Mr Jones")
    expect(banner).to_contain_text("You need not do anything; the page will tell you when it goes on.")
    ada.expect_title("Paused")

    late = people.student("away").open(exam.student_link, "Late").join()  # with a face, and then without
    expect(late.page.locator("#pause-banner")).to_contain_text("A fire alarm. Please wait.")
    late.expect_title("Paused")

    ada.page.reload()
    expect(banner).to_contain_text("A fire alarm. Please wait.")
    ada.expect_title("Paused")
    ada.page.evaluate("document.querySelector('video').srcObject.getTracks()[0].stop()")
    expect(ada.page.locator("#state-text")).to_contain_text("your camera has stopped sending")
    ada.expect_title("Paused")
    ada.page.get_by_role("button", name="Try the camera again").click()
    expect(ada.page.locator("#state-text")).to_contain_text("nothing is noted about you")

    desk.send("resume", student="all")
    expect(banner).to_have_text("The exam goes on now.")
    ada.expect_live()
    late.expect_title("We cannot see your face")  # as soon as it applies again
    expect(banner).to_be_hidden()


def test_a_hand_lowered_by_a_teacher_stays_down(exam, people, desk, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    ada.expect_live()
    hand, note = ada.page.locator("#hand"), ada.page.locator("#hand-note")
    id = ada.identity["participant_id"]

    def raised_and_seen():
        hand.click()
        expect(exam.tile("Ada").locator(".tile-hand")).to_be_visible()

    raised_and_seen()
    desk.send("lower_hand", student=id)
    expect(hand).to_have_text("Raise hand")
    expect(hand).to_have_attribute("aria-pressed", "false")
    expect(note).to_have_text("Your teacher has seen your hand.")

    # Lowered while the student was away: coming back does not raise it again.
    raised_and_seen()
    expect(note).to_have_text("")
    exam.expect_tile_moving("Ada")  # pictures were sent after the change
    network.cut()
    ada.expect_title("The connection is interrupted")
    exam.expect_state("Ada", "left")
    desk.send("lower_hand", student=id)
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_hidden()
    network.restore()
    expect(note).to_contain_text("Your hand is down now")
    expect(hand).to_have_text("Raise hand")
    exam.expect_tile_moving("Ada")
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_hidden()


def test_a_hand_raised_without_connection_goes_up_later_and_over_a_reload(exam, people, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    ada.expect_live()
    network.cut()
    ada.expect_title("The connection is interrupted")
    ada.page.click("#hand")
    network.restore()
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_visible()
    expect(ada.page.locator("#hand")).to_have_text("Lower hand")
    ada.page.reload()
    expect(ada.page.locator("#hand")).to_have_text("Lower hand")
    expect(exam.tile("Ada").locator(".tile-hand")).to_be_visible()


@pytest.mark.parametrize("clip, title, says", [
    ("dim", "It is rather dark", "switch a lamp on"),
    ("far", "You are far from the camera", "come a little closer"),
])
def test_too_dark_and_too_far_are_told_to_the_student_alone(exam, people, clip, title, says):
    ada = people.student(clip).open(exam.student_link, "Ada").join()
    ada.expect_title(title)
    expect(ada.page.locator("#state-text")).to_contain_text(says)
    expect(ada.page.locator("#state")).to_have_attribute("data-tone", "warn")
    expect(exam.page.locator("#alerts li")).to_have_count(0)


def test_a_covered_camera_is_told_and_mended(exam, people):
    ada = people.student("covered").open(exam.student_link, "Ada").join()
    expect(exam.alert("Ada", "Camera covered or dark")).to_be_visible()
    ada.expect_title("Your picture is dark or empty")
    expect(ada.event("Your picture was dark or empty")).to_be_visible()
    ada.expect_live()


def test_a_frozen_picture_is_told_and_the_camera_can_be_started_again(exam, people):
    ada = people.student("frozen").open(exam.student_link, "Ada").join()
    ada.expect_title("Your picture does not move")
    expect(exam.alert("Ada", "Picture does not move")).to_be_visible()
    ada.page.get_by_role("button", name="Try the camera again").click()
    ada.expect_live()
    expect(ada.page.get_by_role("button", name="Try the camera again")).to_be_hidden()
    expect(ada.event("Your picture did not move")).to_contain_text("over")
