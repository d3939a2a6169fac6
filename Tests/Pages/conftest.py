"""The real server, real browsers, and a camera each: one browser process per clip, since the clip is a flag of the process."""
import os

import pytest
from playwright.sync_api import expect, sync_playwright

from make_clip import make_clip
from network import Network
from people import Desk, Student, Teacher

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PATIENCE = 30_000  # milliseconds until a condition counts as failed

CLIPS = {
    "face": "face:6",
    "away": "face:5 absent:6.5",  # longer than the window of the alert, and back
    "dark": "dark:4",
    "two": "two:5",
    "dim": "dim:4",
    "far": "far:4",
    "covered": "face:5 dark:6",
    "frozen": "face:5 frozen:16",
}


@pytest.fixture(scope="session")
def browsers(tmp_path_factory):
    """browsers(clip) is a Chromium whose camera shows that clip. None: no camera at all. ask=True: permission is not given yet."""
    folder = tmp_path_factory.mktemp("clips")
    running = {}
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        def browser(clip, ask=False):
            if (clip, ask) not in running:
                flags = ["--no-sandbox"]
                if clip:
                    path = folder / f"{clip}.mjpeg"
                    if not path.exists():
                        make_clip(path, CLIPS[clip])
                    flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}"]
                if not ask:
                    flags.append("--use-fake-ui-for-media-stream")
                running[clip, ask] = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            return running[clip, ask]

        yield browser
        for process in running.values():
            process.close()


@pytest.fixture
def people(server, browsers):
    """Creates teachers and students, each in a context of their own; afterwards no page may have thrown."""
    everybody = []

    class People:
        def _new(self, kind, clip, url, ask=False, **options):
            context = browsers(clip, ask).new_context(viewport={"width": 1280, "height": 800}, **options)
            context.set_default_timeout(PATIENCE)
            person = kind(context, url or server.url)
            everybody.append(person)
            return person

        def teacher(self, url=None, **options):
            return self._new(Teacher, None, url, **options)

        def student(self, clip="face", url=None, ask=False, **options):
            return self._new(Student, clip, url, ask, **options)

    yield People()
    errors = [error for person in everybody for error in person.errors]
    for person in everybody:
        person.context.close()
    assert not errors, errors


@pytest.fixture
def exam(people):
    """A teacher in the room of a new exam."""
    teacher = people.teacher().create()
    yield teacher
    teacher.end_if_on()


@pytest.fixture
def desk(exam):
    """A second teacher in that exam without a page: receives and sends messages without needing buttons."""
    desk = Desk(exam, "Mr Jones")
    yield desk
    desk.close()


@pytest.fixture
def network(server):
    network = Network(server.port)
    yield network
    network.close()


@pytest.fixture
def student(exam, people):
    """Lets students join, whose pictures arrive."""
    def student(name, clip="face", url=None):
        link = exam.student_link.replace(exam.url, url or exam.url)
        one = people.student(clip, url=url).open(link, name).join()
        one.expect_live()
        exam.expect_state(name, "live")
        return one
    return student
