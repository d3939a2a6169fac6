"""What pages show at the end of an exam, for an unusable title, and for too much at once."""
import json
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from people import expect_accessible
from support.server import Server


def answer(url, body=None, token=""):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None,
                                     {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as got:
            return got.status, json.load(got)
    except urllib.error.HTTPError as problem:
        return problem.code, json.load(problem)


def test_who_ended_the_exam_is_told(people):
    exam = people.teacher().create()
    ada = people.student().open(exam.student_link, "Ada").join()
    exam.page.click("#open-end")
    exam.page.click("#end-confirm")
    ada.expect_ending("The exam has ended")
    expect(ada.page.locator("#end-text")).to_contain_text("Your teacher has ended the exam")


def test_who_comes_back_to_an_exam_that_was_ended_is_told_by_whom(people):
    exam = people.teacher().create()
    ada = people.student().open(exam.student_link, "Ada").join()
    ada.page.goto("about:blank")
    exam.page.click("#open-end")
    exam.page.click("#end-confirm")
    expect(exam.page.locator("#ended")).to_be_visible()
    ada.page.go_back()
    ada.expect_ending("The exam has ended")
    expect(ada.page.locator("#end-text")).to_contain_text("Your teacher has ended the exam")


def test_an_exam_that_ended_by_itself_is_nobodys_doing(people, tmp_path):
    server = Server(tmp_path / "data", environment={"EXAM_MONITORING_SESSION_IDLE_HOURS": "0.001"})
    try:
        _, exam = answer(f"{server.url}/api/sessions", {"name": "Ms Smith"})
        ada = people.student().open(f"{server.url}/student?code={exam['code']}", "Ada").join()
        ada.page.goto("about:blank")
        end = time.monotonic() + 30
        while answer(f"{server.url}/api/sessions/{exam['code']}/socket", token=exam["token"])[0] != 410:
            assert time.monotonic() < end
            time.sleep(0.2)
        ada.page.go_back()
        ada.expect_ending("The exam has ended")
        expect(ada.page.locator("#end-text")).to_contain_text("It ended by itself")
    finally:
        server.stop()


def test_a_report_that_is_loaded_again_says_where_it_is(exam):
    exam.end()
    with exam.context.expect_page() as opened:
        exam.page.get_by_role("button", name="Report of the exam").click()
    report = opened.value
    expect(report.locator("h1")).to_have_text("Mathematics")
    report.reload()
    expect(report.locator("#problem")).to_contain_text("Please open it again from the page where it was.")
    expect_accessible(report, "a problem on the first page")


@pytest.mark.parametrize("address, said", [
    ("/nothing", "There is nothing to see at this address."),
    ("/api/sessions/123456/report", "This address can be opened from a page of the exam only."),
    ("/?problem=too_many_sessions&maximum=12", "This server holds 12 exams at once."),
    ("/?problem=busy&retry_after=7", "Please try again in 7 s."),
    ("/?problem=of_another_version", "The server refuses this (of_another_version)."),
])
def test_who_opens_an_address_in_vain_is_told_why_on_the_first_page(people, address, said):
    page = people.teacher().page
    page.goto(people.teacher().url + address)
    expect(page.locator("#problem")).to_contain_text(said)
    expect(page.locator("#code")).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/?code=123456", "/?problem=Your%20exam%20is%20at%20evil.example", "/?problem="])
def test_the_first_page_tells_nothing_that_is_no_problem(people, address):
    page = people.teacher().page
    page.goto(people.teacher().url + address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Exam Monitoring")
    expect(page.locator("#problem")).to_be_empty()


def test_who_comes_by_a_wrong_name_is_told(people, server):
    page = people.teacher().page
    page.goto(f"http://exam.localhost:{server.port}/teacher")
    expect(page.locator("#problem")).to_contain_text("add the name to allowed_hosts")


def test_a_title_that_cannot_be_used_is_said(people):
    teacher = people.teacher()
    teacher.page.goto(f"{teacher.url}/teacher")
    teacher.page.fill("#name", "Ms Smith")
    teacher.page.fill("#exam-title", "\u200b\u202e")
    teacher.page.click("#setup-submit")
    expect(teacher.page.locator("#setup-error")).to_contain_text("1 to 120 readable characters")
    teacher.page.fill("#exam-title", "Algebra")
    teacher.page.click("#setup-submit")
    teacher.expect_connected()


def test_too_much_at_once_is_said_and_passes(people):
    exam = people.teacher().create()
    page = exam.page
    page.evaluate("document.querySelector('[data-view=chat]')?.click()")
    page.select_option("#chat-to", "teachers")
    page.evaluate("""() => {
      const text = document.getElementById('chat-text');
      for (let number = 0; number < 700; number += 1) {
        text.value = `${number}`;
        document.getElementById('chat-form').requestSubmit();
      }
    }""")
    note = page.locator("#chat-note")
    expect(note).to_contain_text("too much at once")
    last = page.input_value("#chat-text").split()[-1]
    assert last == "699", "what was refused is in the box again"
