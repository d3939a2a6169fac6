"""Cameras that programs make: known by their labels, told as a hint, and mended by choosing another one."""
import pytest
from playwright.sync_api import expect

from camera_labels import LIKE_THEM, OF_PROGRAMS, PASSED_ON, REAL
from test_teacher_alerts import COUNT_TONES
from text_check import told_programs

OBS = "OBS Virtual Camera"
# The browser's camera of the tests, under the label of a virtual one unless "real" was asked for.
TWO_CAMERAS = """
  const devices = MediaDevices.prototype;
  const get = devices.getUserMedia;
  const labels = new WeakMap();
  const REAL = 'Integrated Camera (04f2:b6d9)';
  devices.getUserMedia = async function (wanted) {
    const stream = await get.call(this, wanted);
    const isReal = wanted.video?.deviceId?.ideal === 'real';
    for (const track of stream.getVideoTracks()) labels.set(track, isReal ? REAL : 'OBS Virtual Camera');
    return stream;
  };
  devices.enumerateDevices = async () => [
    { kind: 'videoinput', deviceId: 'virtual', label: 'OBS Virtual Camera' }, { kind: 'videoinput', deviceId: 'real', label: REAL },
  ];
  const property = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'label');
  Object.defineProperty(MediaStreamTrack.prototype, 'label', { get() { return labels.get(this) ?? property.get.call(this); } });
"""
RECORD_STATUS = """
  window.sent = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) { window.sent.push(JSON.stringify(message)); return post.call(this, message, ...rest); };
"""
TITLE = "Picture may come from a program"


def named(page, labels):
    return page.evaluate("""async labels => {
      const { programOf } = await import(new URL('student/camera/camera-programs.js', document.baseURI));
      return Object.fromEntries(labels.map(label => [label, programOf(label)]));
    }""", labels)


def test_programs_are_known_by_their_labels_and_no_real_camera_is_taken_for_one(server, people):
    page = people.student(None).page
    page.goto(server.url)
    assert len(set(REAL)) >= 60
    others = REAL + LIKE_THEM + PASSED_ON
    assert named(page, others) == dict.fromkeys(others, "none")
    assert named(page, list(OF_PROGRAMS)) == OF_PROGRAMS
    assert named(page, [label.upper() for label in OF_PROGRAMS]) == {label.upper(): name for label, name in OF_PROGRAMS.items()}
    assert set(OF_PROGRAMS.values()) == set(told_programs()), "each that the server knows has a label here"


def expect_no_program_told(page):
    """The page reports its camera, and says each time that no program makes its pictures."""
    page.wait_for_function("sent.some(one => one.includes('\"program\":'))")
    told = [one for one in page.evaluate("sent") if '"program":' in one]
    assert all('"program":"none"' in one for one in told), told


@pytest.fixture
def ada(exam, people):
    """A student whose first camera is one of OBS, at the check of the camera."""
    ada = people.student()
    ada.context.add_init_script(TWO_CAMERAS + RECORD_STATUS)
    return ada.open(exam.student_link, "Ada")


def test_who_chooses_another_camera_before_joining_is_not_told_of(exam, ada):
    page = ada.page
    expect(page.locator("[data-check=camera]")).to_contain_text("Made by a program: OBS")
    expect(page.locator("#preview-sentence")).to_contain_text("comes from a program (OBS)")
    page.select_option("#device", label="Integrated Camera (04f2:b6d9)")
    expect(page.locator("[data-check=camera]")).to_contain_text("Working")
    expect(page.locator("#preview-sentence")).to_have_text("Your picture is good. You can join.")
    ada.join()
    ada.expect_live()
    expect_no_program_told(page)
    page.reload()
    ada.expect_live()
    expect(page.locator("#live-device")).to_be_hidden()
    expect_no_program_told(page)
    assert not any("Integrated" in one for one in page.evaluate("sent")), "no label leaves the page"


def test_a_virtual_camera_is_a_hint_and_over_once_another_is_chosen(exam, student, ada):
    exam.page.add_init_script(COUNT_TONES)
    exam.page.reload()
    exam.expect_connected()
    exam.page.click("#open-settings")
    for name in ("Urgent (red)", "Others (amber)"):
        exam.page.get_by_role("switch", name=name).check()
    exam.page.keyboard.press("Escape")
    page = ada.page
    page.get_by_role("button", name="Join the exam").click()
    expect(page.locator("#state-title")).to_have_text("Your picture comes from a program")
    hint = exam.alert("Ada", TITLE)
    expect(hint).to_contain_text("The program: OBS.")
    expect(hint).to_have_attribute("data-severity", "low")
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "low")
    expect(exam.tile("Ada")).to_contain_text("Live")
    expect(exam.page.locator("#announcer")).to_have_text(f"Hint: Ada. {TITLE}.")
    assert exam.page.evaluate("tones") == 0, "a hint makes no sound"
    expect(exam.page).to_have_title("Mathematics – teacher")
    expect(exam.page.locator("#alerts-summary")).to_have_text("0 new, 1 open")
    expect(page.locator("#state")).to_have_attribute("data-tone", "warn")
    expect(page.locator("#state-text")).to_contain_text("Your teacher sees this too")
    assert not any(OBS in one for one in page.evaluate("sent")), "no label leaves the page"

    # A real alert goes above it, whoever it is about.
    bert = student("Bert")
    bert.leave_page()
    expect(exam.alert("Bert", "Left the exam page")).to_be_visible()
    expect(exam.page.locator("#alerts > li").first).to_contain_text("Bert")
    exam.page.wait_for_function("tones === 1")
    exam.sort("By need now")
    exam.expect_order("Bert", "Ada")
    ada.leave_page()
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "medium")
    ada.come_back()
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "low")

    page.select_option("#live-device", label="Integrated Camera (04f2:b6d9)")
    expect(exam.alert("Ada", TITLE, "cleared")).to_be_attached()
    expect(exam.tile("Ada")).to_have_attribute("data-alert", "none")
    ada.expect_live()
    expect(page.locator("#live-device")).to_be_visible()

    exam.end()
    with exam.context.expect_page() as opened:
        exam.page.get_by_role("button", name="Report of the exam").click()
    expect(opened.value.locator("body")).to_contain_text("The page uses a camera that a program makes: OBS.")
