"""What must fit into its place, and look like what it is."""
import pytest
from playwright.sync_api import expect

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
SHEET = {"width": 688, "height": 971}  # A4 less its margins, in CSS pixels
LONGEST = "x" * 80

WIDER = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
  && !e.closest('svg, .hidden, .defs')).map(e => `${e.localName}.${e.className} ${e.textContent.slice(0, 40)}`)"""


def test_the_longest_names_do_not_push_a_report_off_the_page(people, desk, exam):
    """Anybody with the code can choose such a name, and the report contains all students."""
    desk.ask("POST", "/participants", {"name": LONGEST, "role": "student"})
    people.student("dark").open(exam.student_link, LONGEST).join()
    expect(exam.page.locator("#alerts li[data-state=confirmed]")).to_be_visible()
    exam.end()
    page = exam.context.new_page()
    page.set_content(exam.context.request.get(
        f"{exam.url}/api/sessions/{exam.code}/report", headers={"Authorization": f"Bearer {exam.token}"}).text())
    for size, media in ((LAPTOP, "screen"), (PHONE, "screen"), (SHEET, "print")):
        page.set_viewport_size(size)
        page.emulate_media(media=media)
        assert page.locator("tbody th").get_by_text(LONGEST).count() == 2
        assert page.evaluate(WIDER) == [], (size, media)
        # What is next to it can still be read.
        assert page.locator("thead th.number").first.bounding_box()["width"] > 30
        broken = "() => document.querySelector('tbody th').getBoundingClientRect().width"
        assert page.evaluate(broken) >= 100, (size, media)


def test_the_words_on_the_smallest_tile_are_not_cut_off(exam, people):
    people.student().open(exam.student_link, "Ada").join()
    exam.expect_state("Ada", "live")
    page = exam.page
    page.set_viewport_size(LAPTOP)
    cut = page.evaluate("""async () => {
      const { kinds, shortText } = await import(new URL('teacher/alerts/kinds.js', document.baseURI));
      if (kinds().length < 8) return ['kinds are missing'];
      // As many columns as there are at most: a class of 35 has them.
      document.querySelector('#wall').style.setProperty('--columns', 7);
      const tile = document.querySelector('.tile');
      tile.dataset.alert = 'high';
      const words = tile.querySelector('.tile-alert');
      return kinds().map(shortText).filter(text => {
        words.textContent = text;
        words.hidden = false;
        return words.clientWidth === 0 || words.scrollWidth > words.clientWidth;
      });
    }""")
    assert cut == []


def test_what_can_be_read_after_the_end_looks_like_links(exam):
    exam.end()
    links = exam.page.locator("#ended-links button")
    expect(links).to_have_count(4)
    for link in links.all():
        assert "underline" in link.evaluate("link => getComputedStyle(link).textDecorationLine")
