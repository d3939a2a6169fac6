"""The messages about label files, good and bad. The videos are not examined."""
import json
import pathlib

import pytest

import labels
from positions import lines_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(labels, "_duration", lambda video: (40.0, None) if video.read_bytes() else (None, "it is empty"))
    return tmp_path


def put(folder, name, content, video=".mp4"):
    if video:
        (folder / f"{name}{video}").write_bytes(b"video")
    (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content, indent=1))


def problems_of(folder, content):
    put(folder, "clip", content)
    clips, problems = labels.read_folder(folder)
    assert not clips
    return [p.removeprefix(f"{folder}/") for p in problems["clip"]]


def test_a_good_file(folder):
    put(folder, "ada", {
        "condition": "dim", "group": "glasses", "note": "evening", "face": 0.35, "source": "a lesson",
        "groups": {"sex": "female", "age": "18-29", "skin": 8, "glasses": True, "beard": False, "year": " 9 "},
        "events": [{"kind": "face_missing", "from": 12, "to": 20.5}, {"kind": "camera_covered", "from": 30, "or": ["face_missing"]},
                   {"kind": "several_faces", "from": 25, "to": 28, "face": 0.12}],
        "tolerated": [{"kind": "several_faces", "from": 0, "to": 40}],
        "upload": [{"from": 22, "to": 25, "how": "dropped"}],
        "status": [{"at": 3, "page": "hidden"}, {"at": 4.5, "page": "visible", "camera": "live"}]})
    clips, problems = labels.read_folder(folder)
    assert not problems
    clip, = clips
    assert (clip.name, clip.condition, clip.group, clip.seconds) == ("ada", "dim", "glasses", 40)
    assert clip.events == [
        labels.Span("face_missing", 12, 20.5), labels.Span("camera_covered", 30, 40, ("face_missing",)),
        labels.Span("several_faces", 25, 28, face=0.12)]
    assert (clip.face, clip.source) == (0.35, "a lesson")
    assert clip.groups == {"sex": "female", "age": "18-29", "skin": 8, "glasses": True, "beard": False, "year": "9"}
    assert clip.tolerated == [labels.Span("several_faces", 0, 40)]
    assert clip.upload == [{"from": 22, "to": 25, "how": "dropped"}]
    assert clip.status == [{"at": 3, "page": "hidden"}, {"at": 4.5, "page": "visible", "camera": "live"}]


def test_no_events_is_fine_but_must_be_said(folder):
    assert problems_of(folder, "{}") == ['clip.json:1: "events" is missing; if nothing happens in the clip, write "events": []']
    put(folder, "clip", {"events": []})
    clips, problems = labels.read_folder(folder)
    assert len(clips) == 1 and not problems


@pytest.mark.parametrize("text, complaint", [
    ('{"events": [}', "clip.json:1: is not JSON: Expecting value (column 13)"),
    ('{\n "events": []\n "group": "a"}', "clip.json:3: is not JSON: Expecting ',' delimiter (column 2)"),
    ("[]", 'clip.json:1: should be an object like {"condition": "plain", "events": []}'),
    ("", "clip.json:1: is not JSON: Expecting value (column 1)"),
    ('{"events": [], "events": []}', 'clip.json: "events" is given twice in one object; keep one'),
    ('{"events": [{"kind": "face_missing", "from": NaN, "to": 3}]}', "clip.json: NaN is not a number that can be used"),
    ('{"events": 3}', "clip.json:1: events: should be a list, not 3"),
    ('{"events": [3]}', "clip.json:1: events[0]: should be an object, not 3"),
    ('{"event": [], "events": []}', "clip.json:1: event: is not a field of a label file; did you mean 'events'?"),
    ('{"events": [], "condition": 5}', "clip.json:1: condition: should be a text, not 5"),
    ('{"events": [], "face": 35}', "clip.json:1: face: should be a share of the picture's height like 0.35, not 35"),
    ('{"events": [], "face": null}', "clip.json:1: face: should be a share of the picture's height like 0.35, not null"),
    ('{"events": [], "groups": {"sex": "f"}}', 'clip.json:1: groups.sex: there is no "f"; it is one of "female", "male"'),
    ('{"events": [], "groups": {"skin": true}}',
     "clip.json:1: groups.skin: there is no true; it is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
    ('{"events": [], "groups": {"year": 9}}', "clip.json:1: groups.year: should be a text, not 9; those with words of their own are "
     "sex, age, skin, glasses, beard, head_cover"),
    ('{"events": [], "groups": "f"}',
     'clip.json:1: groups: should be an object like {"sex": "female", "skin": 4} with at most 12 fields'),
    ('{"events": [], "upload": [{"from": 1, "to": 2, "how": "stops"}]}',
     'clip.json:1: upload[0].how: there is no "stops"; it is one of silent, dropped'),
    ('{"events": [], "status": [{"at": 1}]}', f'clip.json:1: status[0]: none of {", ".join(map(json.dumps, labels.STATUS))} is given'),
])
def test_one_mistake(folder, text, complaint):
    assert problems_of(folder, text) == [complaint]


@pytest.mark.parametrize("event, complaint", [
    ({"kind": "face_mising", "from": 1, "to": 2}, "events[0].kind: there is no \"face_mising\"; did you mean 'face_missing'?"),
    ({"from": 1, "to": 2}, 'events[0]: "kind" is missing; it is one of ' + ", ".join(labels.WINDOWS)),
    ({"kind": "face_missing", "to": 2}, 'events[0]: "from" is missing: seconds from the beginning of the clip'),
    ({"kind": "face_missing", "from": "1", "to": 2}, 'events[0].from: should be a number of seconds, not "1"'),
    ({"kind": "face_missing", "from": True, "to": 2}, "events[0].from: should be a number of seconds, not true"),
    ({"kind": "face_missing", "from": -1, "to": 2}, "events[0].from: -1 is before the beginning of the clip"),
    ({"kind": "face_missing", "from": 9, "to": 4}, 'events[0].to: 4 is not after "from", 9'),
    ({"kind": "face_missing", "from": 9, "to": 99}, "events[0].to: 99 is after the end of the clip, which has 40.0 s"),
    ({"kind": "face_missing", "from": 9, "to": 19, "or": "x"}, "events[0].or: should be a list of kinds"),
])
def test_one_mistake_in_an_event(folder, event, complaint):
    found, = problems_of(folder, {"events": [event]})
    place, _, said = found.partition(": ")
    assert said == complaint and place.startswith("clip.json:")


def test_the_line_is_named(folder):
    text = '{\n "events": [\n  {"kind": "face_missing", "from": 1, "to": 9},\n  {"kind": "face_missing",\n   "from": 12,\n   "to": "x"}\n ]\n}'
    assert problems_of(folder, text) == ['clip.json:6: events[1].to: should be a number of seconds, not "x"']


def test_overlapping_events_of_a_kind(folder):
    assert problems_of(folder, {"events": [
        {"kind": "face_missing", "from": 1, "to": 9}, {"kind": "face_missing", "from": 5, "to": 12}]})[0].endswith(
        "events: two events of face_missing overlap, at 1 s and at 5 s; make them one")


def test_everything_is_told_at_once_and_the_good_ones_are_kept(folder):
    put(folder, "good", {"events": []})
    put(folder, "broken", '{"events": [')
    put(folder, "wrong", {"events": [{"kind": "x", "from": 1, "to": 50}, {"kind": "face_missing", "from": 3, "to": 2}]})
    put(folder, "lonly", {"events": []}, video=None)
    (folder / "lonely.webm").write_bytes(b"video")
    (folder / "empty.mkv").write_bytes(b"")
    put(folder, "empty", {"events": []}, video=None)
    clips, problems = labels.read_folder(folder)
    assert [clip.name for clip in clips] == ["good"]
    assert sorted(problems) == ["broken", "empty", "lonely", "lonly", "wrong"]
    assert len(problems["wrong"]) == 3
    assert "did you mean lonely.json?" in problems["lonly"][0]
    assert 'there is no lonely.json beside it; if nothing happens in it, write {"events": []}' in problems["lonely"][0]
    assert problems["empty"] == [f"{folder}/empty.mkv: it is empty"]


def test_two_videos_of_one_name(folder):
    put(folder, "clip", {"events": []})
    (folder / "clip.webm").write_bytes(b"video")
    _, problems = labels.read_folder(folder)
    assert "has the same name" in problems["clip"][0]


def test_no_folder(folder):
    with pytest.raises(labels.BadLabels, match="no such folder"):
        labels.read_folder(folder / "none")
    with pytest.raises(labels.BadLabels, match="there is no video in this folder"):
        labels.read_folder(folder)


def test_not_utf_8(folder):
    put(folder, "clip", {"events": []})
    (folder / "clip.json").write_bytes(b'{"events": [], "note": "\xff"}')
    _, problems = labels.read_folder(folder)
    assert problems["clip"] == [f"{folder}/clip.json: is not UTF-8 (byte 24); save it as UTF-8"]


def test_a_byte_order_mark_does_no_harm(folder):
    put(folder, "clip", {"events": []})
    (folder / "clip.json").write_bytes(b'\xef\xbb\xbf{"events": []}')
    assert not labels.read_folder(folder)[1]


def test_lines():
    text = '{\n "a": [\n  1,\n  {"b": "x,]}",\n   "c": -2.5e3}\n ],\n "d": {}\n}'
    json.loads(text)
    assert lines_of(text) == {
        (): 1, ("a",): 2, ("a", 0): 3, ("a", 1): 4, ("a", 1, "b"): 4, ("a", 1, "c"): 5, ("d",): 7}
