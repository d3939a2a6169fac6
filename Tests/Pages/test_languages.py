"""An added catalogue is another language. One with marked texts shows that there is no text anywhere else."""
import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from support.server import ROOT, Server

MARK = re.compile(r"(<(\w+)>)(.*?)(</\2>)")
# What is read outside of the marked texts' brackets, of everything in the page, visible or not.
OUTSIDE = """() => {
  const body = document.body.cloneNode(true);
  for (const node of body.querySelectorAll('noscript, script, kbd, .unfilled')) node.remove();
  const texts = [document.title, body.textContent];
  for (const name of ['alt', 'aria-label', 'label', 'placeholder', 'title']) {
    for (const node of body.querySelectorAll(`[${name}]`)) texts.push(node.getAttribute(name));
  }
  return texts.map(text => {
    let depth = 0;
    return [...text].filter(one => {
      if (one === '⟦') depth += 1;
      if (one === '⟧') depth -= 1;
      return depth === 0 && one !== '⟧';
    }).join('');
  });
}"""


def odd(words):
    """Puts each text in brackets, also between its tags."""
    if isinstance(words, dict):
        return {key: odd(inner) for key, inner in words.items()}
    return f"⟦{MARK.sub(lambda m: f'{m[1]}⟦{m[3]}⟧{m[4]}', words)}⟧"


@pytest.fixture(scope="module")
def translated(tmp_path_factory):
    """A server whose pages have a second language."""
    folder = tmp_path_factory.mktemp("translated")
    web = shutil.copytree(ROOT / "Web", folder / "Web")
    (web / "text/de.json").write_text(json.dumps(odd(json.loads((web / "text/en.json").read_text()))))
    server = Server(folder / "data", "--web-dir", str(web))
    yield server
    server.stop()


def expect_no_words(page, *data):
    """Everything that a person reads comes from the catalogue, except data."""
    for text in page.evaluate(OUTSIDE):
        for one in data:
            text = text.replace(one, "")
        assert not re.search(r"[^\W\d_]{2}", text), (page.url, text.strip()[:300])


def test_every_word_is_of_the_chosen_language(people, translated):
    code, name, maths = "Ms Smith", "Ada", "Mathematics"
    teacher = people.teacher(translated.url, locale="de-AT")
    page = teacher.page
    page.goto(translated.url)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_title("⟦Exam Monitoring⟧")
    page.click("#code-form button")
    expect_no_words(page)
    page.goto(f"{translated.url}/api/sessions/123456/report?ticket=used")
    expect(page.locator("#problem")).to_contain_text("⟦This link was good once")
    expect_no_words(page)
    page.goto(f"{translated.url}/teacher")
    page.click("#setup-submit")
    expect_no_words(page)
    page.fill("#name", code)
    page.fill("#exam-title", maths)
    page.click("#setup-submit")
    expect(page.locator("#connection")).to_have_text("⟦Connected⟧")
    expect_no_words(page, maths)
    student = people.student("away", translated.url, locale="de-AT").page
    student.goto(page.input_value("#invite-student"))
    student.click("#name-form button")
    expect_no_words(student)
    student.fill("#name", name)
    student.click("#name-form button")
    expect(student.locator("[data-check=face]")).to_contain_text("⟦One face")
    expect_no_words(student, "fake_device_0")
    student.click("#join")
    student.click("#hand")
    student.click("#own-view-toggle")
    alert = page.locator("#alerts li").first
    expect(alert).to_contain_text("⟦No face in the picture⟧")
    expect(student.locator("#own-events-list li").first).to_be_attached()
    expect_no_words(student, name, code, maths, "fake_device_0")
    alert.get_by_role("button", name="Note").click()
    page.keyboard.type("xyz")
    page.keyboard.press("Enter")
    expect(alert.locator(".alert-note")).to_contain_text("xyz")
    expect_no_words(page, name, code, maths, "xyz")
    page.locator(".tile").click()
    focus = page.locator("#focus")
    focus.locator(".adjust summary").click()
    page.fill("#adjust-reason", "xyz")
    focus.locator(".adjust button").click()
    expect(focus.locator(".allowed li")).to_have_count(1)
    page.fill("#focus-text", "xyz")
    page.keyboard.press("Enter")
    expect(student.locator("#chat-log")).to_contain_text("xyz")
    expect_no_words(page, name, code, maths, "xyz")
    focus.locator(".focus-actions button").nth(1).click()
    page.fill("#pause-reason", "xyz")
    page.keyboard.press("Enter")
    expect(student.locator("#pause-banner")).to_contain_text("xyz")
    expect_no_words(page, name, code, maths, "xyz")
    expect_no_words(student, name, code, maths, "xyz", "fake_device_0")
    page.keyboard.press("Escape")
    page.click("#open-end")
    page.click("#end-confirm")
    expect(page.locator("#ended-title")).to_have_text("⟦The exam has ended⟧")
    expect(student.locator("#end-title")).to_have_text("⟦The exam has ended⟧")
    expect_no_words(page, name, code, maths, "xyz")
    expect_no_words(student, name, code, maths, "xyz", "fake_device_0")


@pytest.mark.parametrize("locale, asked", [("fr-CA", {"fr-CA", "fr", "en"}), ("en-GB", {"en"})])
def test_who_speaks_another_language_reads_english(people, server, locale, asked):
    page = people.teacher(locale=locale).page
    seen = set()
    page.on("request", lambda request: seen.update(re.findall(r"/text/(.*)\.json", request.url)))
    page.goto(f"{server.url}/teacher")
    expect(page.locator("#setup-title")).to_have_text("Create an exam")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert seen == asked


def test_what_people_write_is_neither_markup_nor_a_placeholder(people, server):
    written = "<b>Maths</b> {{count}} $t(exam.join) $& <code/>"
    teacher = people.teacher()
    teacher.create(written)
    expect(teacher.page.locator("#room-title")).to_have_text(written)
    expect(teacher.page).to_have_title(f"{written} – teacher")
    student = people.student().open(teacher.student_link, "<who/> {{words}} $t(chat.you)").join()
    teacher.say("All students", "hello")
    expect(student.page.locator("#who")).to_have_text("You are here as <who/> {{words}} $t(chat.you).")
    expect(student.page.locator("#chat-log")).to_contain_text("hello")
    student.page.fill("#chat-text", "hello")
    student.page.keyboard.press("Enter")
    expect(teacher.chat.get_by_role("button")).to_have_text("Reply to <who/> {{words}} $t(chat.you)")
    teacher.end_if_on()


@pytest.mark.parametrize("path", ["/", "/student.html", "/teacher.html"])
def test_a_page_whose_words_do_not_come_says_so_and_goes_on_when_they_do(server, browsers, path):
    context = browsers(None).new_context(locale="de-DE")
    page = context.new_page()
    # Like the login page of a network, which answers every request.
    page.route("**/text/*.json", lambda route: route.fulfill(status=200, body="<html>Log in</html>"))
    page.goto(server.url + path)
    line = page.locator(".unfilled")
    expect(line).to_be_visible()
    page.unroute("**/text/*.json")
    expect(line).to_be_hidden()
    expect(page.get_by_role("heading", level=1).first).not_to_be_empty()
    context.close()
