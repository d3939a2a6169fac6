"""A few short scenes through the real server, from the command line to the figures."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import make_scenes
from camera import Camera
from people import Look
from scene import Actor, Event, Scene, Track, pulse

HERE = pathlib.Path(__file__).resolve().parent
SERVER = os.environ.get("EXAM_MONITORING", str(HERE.parents[1] / ".build/debug/exam-monitoring"))
# From scikit-image, so that nothing needs to be downloaded.
EILEEN = Look("collins", "collins")
MIRRORED = Look("collins", "collins", mirrored=True, skin=0.8, glasses="thin")


def scenes():
    yield Scene("calm", "plain", 14, "plaster", [Actor(EILEEN, seed=1)])
    yield Scene("leaves", "plain", 15, "books", [Actor(MIRRORED, seed=2, x=Track((4, 240), (5, 700), (11, 700), (12, 240)))],
                camera=Camera(noise=0.8))
    yield Scene("second", "two_people", 15, "kitchen", [
        Actor(EILEEN, seed=3, x=Track(180)),
        Actor(MIRRORED, seed=4, x=Track((4, 650), (5, 380), (11, 380), (12, 650)), y=Track(140), size=Track(34), is_behind=True)])
    yield Scene("stops", "stopped", 16, "garage", [Actor(EILEEN, seed=5)], events=[Event("video_stopped", 4, 12)],
                upload=[{"from": 4, "to": 12, "how": "silent"}])
    yield Scene("drops", "stopped", 16, "bare", [Actor(MIRRORED, seed=6)], events=[Event("video_stopped", 4, 12)],
                upload=[{"from": 4, "to": 12, "how": "dropped"}])
    yield Scene("hides", "page", 12, "cafe", [Actor(EILEEN, seed=7)], events=[Event("page_hidden", 4, 8)],
                status=[{"at": 4, "page": "hidden"}, {"at": 8, "page": "visible"}])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    for number, scene in enumerate(scenes()):
        scene.seed, scene.group = number, "shipped"
        make_scenes.make(scene, folder, folder / "pictures")
    return folder


def evaluate(*arguments):
    return subprocess.run(
        [sys.executable, str(HERE / "evaluate.py"), "--server", SERVER, *map(str, arguments)], capture_output=True, text=True,
        timeout=300)


def test_the_scenes_are_judged_as_labelled(folder, tmp_path):
    if not os.path.exists(SERVER):
        pytest.exit(f"{SERVER} is not there; `make test` builds it", returncode=1)
    # One clip as a school would provide it, with another container and another size.
    video = folder / "leaves.mkv"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", folder / "leaves.ivf", "-s", "640x480", "-c:v", "mpeg4", "-q:v", "3", video], check=True)
    (folder / "leaves.ivf").unlink()
    done = evaluate("--scenes", folder, "--results", tmp_path)
    # 1: so few events cannot reach any target with certainty.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    clips = {clip["name"]: clip for clip in json.loads((tmp_path / "clips.json").read_text())}
    assert {name: [kind for kind, _ in clip["found"]] for name, clip in clips.items()} == {
        "calm": [], "leaves": ["face_missing"], "second": ["several_faces"], "stops": ["video_stopped"],
        "drops": ["video_stopped"], "hides": ["page_hidden"]}
    assert not [item for clip in clips.values() for item in clip["missed"] + clip["false"]]
    assert "| `face_missing` | 1 | 1 | 0 | 0 | 1.00 | 0.21 | 1.00 | 0.21 |" in (tmp_path / "accuracy.md").read_text()
    assert (tmp_path / "accuracy.svg").read_text().startswith("<svg")

    # Played again from what was observed without the server, the same is told, at about the same time.
    again = observed(folder, tmp_path)
    found = [item for clip in clips.values() for item in clip["found"]]
    assert {kind: row["found"] for kind, row in again.items() if row["found"]} == {
        kind: sum(kind == other for other, _ in found) for kind, _ in found}
    assert not [row for row in again.values() if row["missed"] or row["false"] or row["repeats"]]
    for kind, delay in found:
        # The server's checks, ticks and clocks are in other phases than the clip's.
        assert again[kind]["p95"] == pytest.approx(delay, abs=0.8), kind


def observed(folder, tmp_path):
    """The figures of what `observe` finds in the same clips."""
    videos = [path for path in sorted(folder.iterdir()) if path.suffix in (".ivf", ".mkv")]
    for arguments in (("observe", *videos, "-o", folder), ("tune", folder, "--no-sweep", "--figures", tmp_path / "figures")):
        done = subprocess.run([SERVER, *map(str, arguments)], capture_output=True, text=True, timeout=300, cwd=HERE.parents[1])
        assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((tmp_path / "figures").read_text())["kinds"]


def test_broken_labels_are_told_before_anything_is_played(folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / "calm.json").write_text('{"events": [{"kind": "face_gone", "from": 3, "to": 5}]}')
    (broken / "hides.json").write_text("{")
    done = evaluate("--scenes", broken, "--results", tmp_path / "out")
    assert done.returncode == 2 and not (tmp_path / "out").exists()
    assert "2 problems; nothing was played. Mend them, or use --skip-broken to play the other 4." in done.stderr
    assert "calm.json:1: events[0].kind: there is no \"face_gone\"" in done.stderr
    assert "hides.json:1: is not JSON" in done.stderr
