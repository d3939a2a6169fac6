"""What goes wrong in an exam: cameras, networks, browsers."""
import time

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("media", ["jpeg", "webm"])
def test_the_other_ways_to_send_a_picture_work_too(exam, people, desk, media):
    people.student().open(exam.student_link.replace("#", f"&media={media}#"), "Ada").join().expect_live()
    exam.expect_tile_moving("Ada")
    began = [e["fields"]["media"] for e in desk.ask("GET", "/events?format=json") if e["kind"] == "stream_began"]
    assert len(began) == 1 and media in began[0]


def test_a_camera_that_is_not_allowed_is_told_and_mended(exam, people):
    ada = people.student(ask=True).open(exam.student_link, "Ada")
    expect(ada.page.locator("[data-check=camera]")).to_have_attribute("data-state", "bad")
    expect(ada.page.locator("#preview-sentence")).to_contain_text("choose “Allow”")
    ada.context.grant_permissions(["camera"])
    ada.expect_good_picture()  # by itself
    ada.join().expect_live()
    exam.expect_tile_moving("Ada")

    ada.context.clear_permissions()
    ada.expect_title("The camera permission was withdrawn")
    expect(exam.tile("Ada")).to_contain_text("Camera")
    expect(exam.alert("Ada", "Camera off")).to_be_visible()
    ada.context.grant_permissions(["camera"])
    ada.expect_live()
    exam.expect_tile_moving("Ada")
    expect(exam.alert("Ada", "Camera off", "cleared")).to_be_visible()


def test_a_camera_that_stands_still_is_noticed_without_any_event(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    ada.page.evaluate("document.querySelector('video').srcObject.getTracks()[0].stop()")  # fires no event, like a stall
    ada.expect_title("Your camera has stopped sending")
    expect(exam.tile("Ada")).to_contain_text("Camera frozen")
    ada.page.get_by_role("button", name="Try the camera again").click()
    ada.expect_live()
    exam.expect_tile_moving("Ada")


def test_an_unplugged_camera_is_told_and_used_again(exam, people):
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.expect_live()
    ada.page.evaluate("document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    ada.expect_title("Your camera is gone")
    expect(exam.alert("Ada", "Camera off")).to_be_visible()
    ada.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")  # plugged in again
    ada.expect_live()
    expect(exam.alert("Ada", "Camera off", "cleared")).to_be_visible()


def test_a_student_without_a_camera_can_join_and_write(exam, people):
    ada = people.student(clip=None).open(exam.student_link, "Ada")
    expect(ada.page.locator("#preview-sentence")).to_contain_text("Plug a camera in")
    ada.page.get_by_role("button", name="Join without a camera").click()
    ada.expect_title("No camera was found")
    exam.expect_state("Ada", "no_picture")
    ada.say("My camera is broken")
    expect(exam.chat).to_contain_text("My camera is broken")


def test_a_cut_network_is_told_and_mends_itself_as_the_same_student(exam, people, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    exam.expect_tile_moving("Ada")
    network.cut()
    ada.expect_title("The connection is interrupted")
    exam.expect_state("Ada", "left")
    network.restore()
    # The browser says "online" when it notices the network itself; here the connection was cut without its knowledge.
    ada.page.evaluate("dispatchEvent(new Event('online'))")
    returned = time.monotonic()
    ada.expect_live()
    assert time.monotonic() - returned < 1.5
    exam.expect_tile_moving("Ada")
    expect(exam.page.locator(".tile")).to_have_count(1)


def test_a_server_that_hangs_is_noticed_by_both_pages(exam, people, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    colleague = people.teacher(url=network.url).join(exam.teacher_link.replace(exam.url, network.url), "Mr Jones")
    colleague.expect_tile_moving("Ada")
    network.freeze()
    expect(ada.page.locator("#state")).not_to_have_attribute("data-tone", "ok")
    expect(colleague.page.locator("#connection")).not_to_have_attribute("data-tone", "ok")
    # It is unknown whether she is live.
    for words in (".tile-state", "#wall-summary"):
        expect(colleague.page.locator(words)).to_be_hidden()
    expect(colleague.page.locator(".tile-name")).to_be_visible()
    network.restore()
    ada.expect_live()
    colleague.expect_connected()
    colleague.expect_tile_moving("Ada")
    expect(colleague.page.locator(".tile-state")).to_have_text("Live")
    expect(colleague.page.locator(".tile-state")).to_be_visible()


def test_a_message_without_connection_stays_in_the_box(exam, people, network):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    ada.expect_live()
    network.cut()
    ada.expect_title("The connection is interrupted")
    ada.say("Do not lose me")
    expect(ada.page.locator("#chat-note")).to_contain_text("Not sent")
    expect(ada.page.locator("#chat-text")).to_have_value("Do not lose me")
    network.restore()
    ada.expect_live()
    ada.page.get_by_role("button", name="Send").click()
    expect(exam.chat).to_contain_text("Do not lose me")


def test_a_narrow_line_that_loses_some_brings_fewer_pictures_and_no_alert(exam, people, network, desk):
    ada = people.student(url=network.url).open(f"{network.url}/student?code={exam.code}", "Ada").join()
    exam.expect_tile_moving("Ada")
    network.narrow(bits_per_second=300_000, loss=0.03)
    # Longer than every window of an alert.
    for _ in range(30):
        exam.expect_tile_moving("Ada")
    ada.expect_live()
    assert desk.ask("GET")["alerts"] == []
