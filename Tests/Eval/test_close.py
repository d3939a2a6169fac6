"""Scenes of students who sit close: visits begin when half of a face shows, and walls and half faces are what they are called."""
import numpy as np
import pytest

import catalogue
import close
import make_scenes
import walls
from covers import cover
from labelling import labels_of
from people import Look
from rooms import room
from scene import Actor, Track

SCENES = {scene.name: scene for scene in catalogue.scenes() if scene.condition in ("visit", "bare_wall", "close_covered", "half_face")}
VISITS = [scene for scene in SCENES.values() if scene.condition == "visit"]
BIG = Actor(Look("obama", "obama"), x=Track(200), y=Track(130), size=Track(90))


def at(x, y, size=30, is_behind=True):
    return Actor(Look("biden", "biden"), x=Track(x), y=Track(y), size=Track(size), is_behind=is_behind)


def test_what_shows_of_a_visitor():
    assert close.shown(at(420, 100), BIG, 0) == 1
    assert close.shown(at(480, 100), BIG, 0) == pytest.approx(0.5, abs=0.07)
    assert close.shown(at(200, 130), BIG, 0) == 0, "behind the head"
    assert close.shown(at(200, 130, is_behind=False), BIG, 0) == 1, "before it"
    assert close.shown(at(200 + 1.35 * 90, 140), BIG, 0) == pytest.approx(0.6, abs=0.2)
    assert close.shown(at(420, 345), BIG, 0) < 0.5, "behind the shoulder"


def test_a_visitor_who_passes_behind_the_head_has_not_gone():
    passes = at(0, 100)
    passes.x = Track((0, 620), (1, 420), (6, 20), (8, -160))
    short = Actor(Look("obama", "hopper"), x=Track(240), y=Track(110), size=Track(20))
    assert len(close.stretches(passes, short, 10)) == 1
    assert len(close.stretches(passes, BIG, 10)) == 2, "for longer than a second"


@pytest.mark.parametrize("scene", VISITS, ids=lambda scene: scene.name)
def test_a_visit_lasts_as_long_as_half_of_the_face_shows(scene):
    student, visitor = scene.actors
    for event in scene.events:
        assert min(abs(event.end - event.start - length) for length in close.LENGTHS) <= 0.2
        assert close.shown(visitor, student, event.start - 0.15) < close.HALF <= close.shown(visitor, student, event.start + 0.15)
    for first, second in zip(scene.events, scene.events[1:]):
        assert second.start - first.end >= 8
    own, second = (int(part) / 100 for part in scene.name.split("-")[1:3])
    labels = labels_of(scene)
    assert labels["face"] == pytest.approx(own, abs=0.02)
    assert all(event["face"] == pytest.approx(second, abs=0.01) for event in labels["events"])


def test_there_are_visits_of_each_size_and_way_and_people_who_move():
    assert {own for own, _, _ in close.VISITS} == {20, 30, 40, 50, 60, 70, 80}
    assert {second for _, second, _ in close.VISITS} == {9, 12, 20, 35, 50}
    assert {way for *_, way in close.VISITS} == {"lean", "walk", "rise"}
    assert sum(len(scene.actors[0].x.points) > 1 for scene in VISITS) == len(VISITS) / 2
    assert len({round(event.start % 4, 1) for scene in VISITS for event in scene.events}) > 20, "at all phases of a search"


def test_who_leaves_a_bare_wall_is_missing_and_a_lens_before_one_is_covered():
    asked = {c: {e["kind"] for s in SCENES.values() if s.condition == c for e in labels_of(s)["events"]} for c in ("bare_wall", "close_covered")}
    assert asked == {"bare_wall": {"face_missing"}, "close_covered": {"camera_covered"}}


def test_half_a_face_is_present_until_it_leaves():
    halves = [scene for scene in SCENES.values() if scene.condition == "half_face"]
    for scene in halves:
        part = int(scene.name.split("-")[2]) / 100
        assert scene.actors[0].share_in_picture(30) == pytest.approx(part, abs=0.04)
    leave = [scene for scene in halves if labels_of(scene)["events"]]
    assert len(leave) == 5 and len(halves) == 10


def test_walls_are_bare_and_covers_soft():
    steepest = lambda picture: max(np.abs(np.diff(picture.astype(int), axis=axis)).max() for axis in (0, 1))
    for maker in walls.WALLS:
        assert steepest(room(maker.__name__)) <= 6, maker.__name__
    for maker in walls.COVERS:
        assert cover(maker.__name__).std() > 1 and steepest(cover(maker.__name__)) <= 6, maker.__name__


def test_only_scenes_that_show_a_wall_depend_on_its_program(monkeypatch):
    before = {scene.name: make_scenes.fingerprint(scene) for scene in catalogue.hours()}
    monkeypatch.setattr(make_scenes, "MORE", "close")
    changed = {scene.name for scene in catalogue.hours() if make_scenes.fingerprint(scene) != before[scene.name]}
    assert changed == {scene.name for scene in catalogue.hours() if scene.room.startswith("wall_")} == {"moving-3"}
