"""The shipped scenes: there are enough, their labels are right, and they are rendered the same every time."""
import collections
import itertools
import json

import numpy as np
import pytest

import catalogue
import labels
import render
from encode import encode, frames
from labelling import labels_of
from people import Look
from scene import Actor, Event, Scene, Track, pulse

SCENES, HOURS = catalogue.scenes(), catalogue.hours()
EILEEN = Look("collins", "collins")


def test_there_are_enough():
    assert len(SCENES) >= 60 and all(20 <= scene.seconds <= 80 for scene in SCENES)
    assert sum(scene.seconds for scene in HOURS) >= 3600
    names = [scene.name for scene in SCENES + HOURS]
    assert len(set(names)) == len(names)
    conditions = collections.Counter(scene.condition for scene in SCENES)
    assert set(conditions) >= {
        "plain", "dim", "backlit", "glasses", "mask", "turned", "tilted", "small", "partly_out", "two_people", "empty_room",
        "covered", "frozen", "stopped"}


@pytest.mark.parametrize("scene", SCENES + HOURS, ids=lambda scene: scene.name)
def test_labels_can_be_read_and_leave_time_to_be_answered(scene, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(labels_of(scene)))
    clip, problems = labels.read(tmp_path / "x.json", tmp_path / "x.ivf", scene.seconds)
    assert not problems
    for event in clip.events:
        assert event.start >= 23, "the student is still being gauged"
        assert min(event.end, clip.seconds) - event.start >= labels.WINDOWS[event.kind] + 0.75
        assert clip.seconds >= event.start + labels.WINDOWS[event.kind] + 3


def test_every_kind_is_asked_for_often_enough():
    asked = collections.Counter(event["kind"] for scene in SCENES for event in labels_of(scene)["events"])
    assert set(asked) == set(labels.WINDOWS)
    assert all(asked[kind] >= 6 for kind, row in labels.KINDS.items() if row["source"] != "page")


def scene(*actors, **fields):
    return Scene("x", "plain", 20, "plaster", list(actors), **fields)


def kinds(scene):
    return [(event["kind"], event["from"], event["to"]) for event in labels_of(scene)["events"]]


def test_faces_are_counted_by_where_people_are():
    leaves = Actor(EILEEN, x=Track((5, 240), (6, 700), (12, 700), (13, 240)))
    (kind, start, end), = kinds(scene(leaves))
    assert kind == "face_missing" and 5 < start < 6 and 12 < end < 13
    stays = Actor(EILEEN, x=Track(200))
    assert [kind for kind, *_ in kinds(scene(stays, leaves))] == ["several_faces", "several_faces"]
    half_out = Actor(EILEEN, x=Track((5, 240), (6, 8)))
    assert kinds(scene(half_out)) == []
    away_shortly = Actor(EILEEN, x=Track((5, 240), (5.5, 700), (6.5, 700), (7, 240)))
    assert kinds(scene(away_shortly)) == []


def test_what_hides_a_face_is_told_instead_of_it():
    covered = scene(Actor(EILEEN, x=Track((6, 240), (7, 700))), events=[Event("camera_covered", 5, 20)])
    assert [kind for kind, *_ in kinds(covered)] == ["camera_covered"]


def test_drawn_the_same_every_time(tmp_path):
    def draw():
        moving = Actor(EILEEN, yaw=Track((0, 0), (1, 30)), seed=4)
        return list(itertools.islice(render.pictures(Scene("x", "plain", 1, "books", [moving], seed=3), tmp_path), 6))

    first, second = draw(), draw()
    assert all(np.array_equal(a, b) for a, b in zip(first, second))
    # And no two pictures are alike: a camera's noise differs in each.
    assert all(np.abs(a.astype(int) - b).mean() > 0.5 for a, b in itertools.combinations(first, 2))


def test_frozen_is_the_same_picture_again(tmp_path):
    drawn = list(render.pictures(Scene("x", "plain", 1, "books", [Actor(EILEEN)], frozen=((0.3, 0.8),)), tmp_path))
    assert all(np.array_equal(drawn[k], drawn[2]) for k in range(3, 8))
    assert not np.array_equal(drawn[8], drawn[2])


def test_encoded_as_asked(tmp_path):
    drawn = render.pictures(Scene("x", "plain", 6, "bare", [Actor(EILEEN)]), tmp_path)
    encode(drawn, tmp_path / "x.ivf", key_frames_at=[2.0])
    found = frames(tmp_path / "x.ivf")
    assert len(found) == 60 and [k for k, (_, key) in enumerate(found) if key] == [0, 20]


def test_a_track():
    there_and_back = pulse(0, 10, 5, 8, ramp=1)
    assert [there_and_back(t) for t in (0, 4, 4.5, 5, 8, 8.5, 9, 20)] == [0, 0, 5, 10, 10, 5, 0, 0]
