"""The pages under a path of another site, behind the real nginx with TLS, as docs/operations.md has it."""
import re

import pytest
from playwright.sync_api import expect
from support.proxies import Proxy
from support.server import ROOT, Server


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    proxy = Proxy("nginx", folder)
    server = Server(folder / "data", "--config", proxy.server_settings(), port=proxy.upstream)
    try:
        yield proxy.start()
    finally:
        proxy.stop()
        server.stop()


def test_an_exam_under_a_path_of_the_site(people, proxy):
    asked = []

    def come(kind, *arguments):
        person = kind(*arguments, url=proxy.url, ignore_https_errors=True)
        person.context.on("request", lambda request: asked.append(request.url))
        person.page.on("websocket", lambda socket: asked.append(socket.url))
        return person

    teacher = come(people.teacher)
    page = teacher.page
    page.goto(f"{proxy.url}/")
    page.get_by_role("link", name="Create an exam").click()
    page.fill("#name", "Ms Smith")
    page.click("#setup-submit")
    expect(page.locator("#password-field")).to_be_visible()
    page.fill("#password", "the word of a teacher")
    page.click("#setup-submit")
    teacher.expect_connected()
    assert page.url.startswith(f"{proxy.url}/teacher?code=")
    page.click("#open-invite")
    student_link, teacher_link = page.input_value("#invite-student"), page.input_value("#invite-teacher")
    assert student_link.startswith(f"{proxy.url}/student?code=") and teacher_link.startswith(f"{proxy.url}/teacher?code=")
    page.keyboard.press("Escape")

    ada = come(people.student, "away").open(student_link, "Ada").join()
    teacher.expect_tile_moving("Ada")
    come(people.teacher).join(teacher_link, "Mr Jones").expect_tile_moving("Ada")
    # An alert's picture, and the large picture: both at addresses below the path.
    expect(page.locator("#alerts li").filter(has_text="No face in the picture")).to_be_attached()
    picture = page.locator("#alerts li img").first
    page.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
    teacher.large("Ada")
    page.wait_for_function("() => document.querySelector('#focus img')?.naturalWidth > 0")
    page.keyboard.press("Escape")
    expect(ada.event("We could not see your face")).to_be_visible()
    ada.page.wait_for_function("() => document.querySelector('#own-events-list img')?.naturalWidth > 0")
    ada.page.reload()
    teacher.expect_tile_moving("Ada")
    teacher.end()
    page.goto(f"{proxy.url}/api/sessions/123456/report?ticket=used")
    expect(page).to_have_url(f"{proxy.url}/?problem=bad_ticket")
    expect(page.locator("#problem")).to_contain_text("This link was good once")

    mine = [url for url in asked if re.match("(https|wss):", url)]
    assert mine and all(url.split("://")[1].startswith(proxy.url.split("://")[1] + "/") for url in mine), mine
    assert not [url for url in asked if "token" in url or teacher.identity["token"] in url]


def test_links_lead_where_people_are_even_from_inside(people, proxy):
    """A teacher connected directly to the server, bypassing the proxy."""
    teacher = people.teacher(url=f"http://127.0.0.1:{proxy.upstream}")
    page = teacher.page
    page.goto(f"{teacher.url}/teacher")
    page.fill("#name", "Ms Smith")
    page.click("#setup-submit")
    page.fill("#password", "the word of a teacher")
    page.click("#setup-submit")
    teacher.expect_connected()
    page.click("#open-invite")
    assert page.input_value("#invite-student").startswith(f"{proxy.url}/student?code=")
    assert page.input_value("#invite-teacher").startswith(f"{proxy.url}/teacher?code=")
    page.keyboard.press("Escape")
    teacher.end()


ABSOLUTE = re.compile(r"""(?:href|src|action)=["']/|from ['"]/|(?:fetch|import|Worker|URL|url)\(\s*['"`]/|location[.\w]* = ['"`]/""")


@pytest.mark.parametrize("file", sorted(path.relative_to(ROOT) for path in (ROOT / "Web").rglob("*") if path.suffix in (".html", ".js", ".css")), ids=str)
def test_no_page_names_the_root_of_the_site(file):
    found = [line for line in (ROOT / file).read_text(encoding="utf-8").splitlines() if ABSOLUTE.search(line)]
    assert not found, found
