"""Teachers and students at their pages, and what can be seen there."""
import json
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from websockets.sync.client import connect

# A few pixels of an <img>, <video> or <canvas> as text. Works on canvases that a worker draws on, too.
FINGERPRINT = """element => {
  const small = document.createElement('canvas');
  small.width = 24; small.height = 18;
  const context = small.getContext('2d');
  try { context.drawImage(element, 0, 0, 24, 18); } catch { return ''; }
  return context.getImageData(0, 0, 24, 18).data.join();
}"""


def expect_moving(page, selector, times=3):
    """The picture is there and keeps changing."""
    seen = page.eval_on_selector(selector, FINGERPRINT)
    for _ in range(times):
        page.wait_for_function(
            f"""([selector, seen]) => {{
              const element = document.querySelector(selector);
              const now = element && ({FINGERPRINT})(element);
              return now && now !== seen && new Set(now.split(',')).size > 20;
            }}""",
            arg=[selector, seen], polling=100)
        seen = page.eval_on_selector(selector, FINGERPRINT)


def expect_accessible(page, state):
    """axe finds nothing in this state, in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        violations = Axe().run(page).response["violations"]
        told = [f"{v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in violations]
        assert not told, f"{state}, {scheme}: {told}"
    page.emulate_media(color_scheme="light")


class Person:
    def __init__(self, context, url):
        self.context = context
        self.url = url
        self.page = context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def identity(self):
        """The identity stored by this tab."""
        return self.page.evaluate(
            "Object.entries(sessionStorage).filter(([key]) => !key.endsWith('last')).map(([, value]) => JSON.parse(value))[0]")


class Teacher(Person):
    name = "Ms Smith"

    def create(self, title="Mathematics"):
        page = self.page
        page.goto(f"{self.url}/teacher")
        page.fill("#name", self.name)
        page.fill("#exam-title", title)
        page.click("#setup-submit")
        self.expect_connected()
        page.click("#open-invite")
        self.student_link = page.input_value("#invite-student")
        self.teacher_link = page.input_value("#invite-teacher")
        self.token = self.identity["token"]
        page.keyboard.press("Escape")
        self.code = self.student_link.split("code=")[1][:6]
        return self

    def join(self, link, name):
        self.name = name
        self.page.goto(link)
        self.page.fill("#name", name)
        self.page.keyboard.press("Enter")
        self.expect_connected()
        return self

    def expect_connected(self):
        expect(self.page.locator("#connection")).to_have_text("Connected")

    def tile(self, name):
        return self.page.locator(".tile").filter(has=self.page.locator(".tile-name", has_text=name))

    def expect_state(self, name, state):
        expect(self.tile(name)).to_have_attribute("data-state", state)

    def expect_tile_moving(self, name):
        self.expect_state(name, "live")
        id = self.tile(name).get_attribute("data-id")
        expect_moving(self.page, f'.tile[data-id="{id}"] canvas')

    def alert(self, name, what, state="confirmed"):
        return (self.page.locator(f"#alerts li[data-state={state}]")
                .filter(has_text=name).filter(has_text=what).first)

    def expect_order(self, *names):
        """The order of the tiles on the wall."""
        expect(self.page.locator(".tile-name")).to_have_text(list(names))

    def sort(self, how):
        self.page.get_by_role("button", name=how).click()

    def large(self, name):
        """Opens the large view of a student."""
        self.tile(name).click()
        expect(self.page.locator("#focus-name")).to_have_text(name)
        return self.page.locator("#focus")

    def adjust(self, name, kind, rule, time, reason):
        focus = self.large(name)
        focus.get_by_text("Adjust for this student").click()
        for label, value in (("What to adjust", kind), ("Rule", rule), ("For", time)):
            focus.get_by_label(label, exact=True).select_option(label=value)
        focus.get_by_label("Reason, for the report").fill(reason)
        focus.get_by_role("button", name="Apply").click()
        return focus.locator(".allowed li").filter(has_text=kind)

    def pause(self, reason):
        """To be confirmed in the open dialog."""
        self.page.fill("#pause-reason", reason)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#pause-dialog")).to_be_hidden()

    def say(self, to, text):
        page = self.page
        page.select_option("#chat-to", label=to)
        page.fill("#chat-text", text)
        page.keyboard.press("Enter")

    @property
    def chat(self):
        return self.page.locator("#chat-log")

    def end_if_on(self):
        """A server has a limit on concurrent exams."""
        self.context.request.delete(
            f"{self.url}/api/sessions/{self.code}", headers={"Authorization": f"Bearer {self.token}"})

    def end(self):
        self.page.click("#open-end")
        self.page.click("#end-confirm")
        expect(self.page.locator("#ended-title")).to_have_text("The exam has ended")


class Student(Person):
    def open(self, link, name):
        self.name = name
        self.page.goto(link)
        self.page.fill("#name", name)
        self.page.keyboard.press("Enter")
        return self

    def expect_good_picture(self):
        for check in ("camera", "face", "light"):
            expect(self.page.locator(f"[data-check={check}]")).to_have_attribute("data-state", "ok")
        expect(self.page.locator("#preview-sentence")).to_contain_text("Your picture is good")

    def join(self):
        expect(self.page.locator("[data-check=camera]")).to_have_attribute("data-state", "ok")
        self.page.click("#join")
        expect(self.page.locator("#step-live")).to_be_visible()
        return self

    def expect_live(self):
        expect(self.page.locator("#state-title")).to_have_text("All is well")

    def expect_title(self, text):
        expect(self.page.locator("#state-title")).to_have_text(text)

    def expect_ending(self, text):
        expect(self.page.locator("#end-title")).to_have_text(text)

    def leave_page(self):
        """As if another tab came to the front: the browser reports it, here simulated in the page."""
        self.page.evaluate("""() => {
          Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }""")

    def come_back(self):
        self.page.evaluate("""() => {
          delete document.visibilityState;
          document.dispatchEvent(new Event('visibilitychange'));
        }""")

    def unplug(self):
        self.page.evaluate("document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")

    def say(self, text):
        self.page.fill("#chat-text", text)
        self.page.keyboard.press("Enter")

    @property
    def chat(self):
        return self.page.locator("#chat-log")

    def event(self, what):
        """The entry in the student's own list; shows the list."""
        details = self.page.locator("#own-events")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return details.locator("li").filter(has_text=what).first

    def write_note(self, event, text):
        event.get_by_label("Your note").fill(text)
        event.get_by_role("button", name="Save").click()



class Desk:
    """A teacher without a page, who sends over the wire what buttons would send."""

    def __init__(self, exam, name):
        self.path = f"{exam.url}/api/sessions/{exam.code}"
        self.token = self.ask("POST", "/participants", {
            "name": name, "role": "teacher", "teacher_key": exam.teacher_link.split("#key=")[1]})["token"]
        self.socket = connect(f"{self.path.replace('http', 'ws', 1)}/socket",
                              subprotocols=["exam-monitoring.v1", f"token.{self.token}"], max_queue=None, legacy=True)

    def ask(self, method, path="", body=None):
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.path + path, json.dumps(body).encode() if body else None, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def send(self, type, **fields):
        self.socket.send(json.dumps({"type": type, **fields}))

    def close(self):
        self.socket.close()
