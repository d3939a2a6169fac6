"""The page and the chart, for made-up loads."""
import dataclasses
import types
import xml.etree.ElementTree

import pytest

import chart
import page
from rehearse import TRACKED, WHOLE, Load

LIBRARIES = {"cpu_ms": {name: {"median": 0.1, "least": 0.1, "most": 0.1, "calls": 1} for name in (
    "vp8_decode", "scale", "tile_encode", "focus_encode", "tracked_check", "whole_check", "tracked_check_opencv", "whole_check_opencv",
    "jpeg_decode_320", "jpeg_tile_encode", "jpeg_decode_640")}}


def load(students=50, teachers=1, tile_fps=5, sockets=0.5, checks=1.0, media="video/x-vp8", p99_ms=20.0):
    frames, pictures = students * 100, students * tile_fps * 10
    return Load(
        students, teachers, tile_fps, media, 10.0,
        {"pictures": students * 0.05, "checks": checks, "sockets": sockets, "tasks": 0.0, "pipelines": 0.0, "other": 0.0},
        {"exam_frames_received_total": frames, 'exam_frames_dropped_total{cause="refused"}': 0, TRACKED: students * 20, WHOLE: 0,
         "exam_pictures_encoded_total": pictures, "exam_pictures_delivered_total": pictures * teachers},
        100.0, 100.0 + 3 * students, 0.0,
        {"tiles": {"count": pictures, "p50_ms": 2.0, "p99_ms": p99_ms}, "frames": {"lost_share": 0.0}, "longest_unchecked_s": 0.6},
        (LIBRARIES, LIBRARIES))


@pytest.fixture
def results():
    return types.SimpleNamespace(
        libraries=[LIBRARIES] * 3, series=[load(10, checks=0.2, sockets=0.1), load(200, checks=4.0, sockets=2.0)],
        watched=load(), crowd=load(teachers=20, sockets=3.0), jpeg=load(media="image/jpeg"), hot_spots=None,
        why_no_hot_spots="perf is not there", made_with="Measured today.")


def test_cpu_per_delivered_picture_is_of_what_more_teachers_cost():
    one = load()
    assert page.microseconds_per_picture(one, load(teachers=20, sockets=2.4)) == pytest.approx(1.9e6 / (19 * 2500))
    # Missing checks do not make pictures cheap.
    assert page.microseconds_per_picture(one, load(teachers=20, sockets=2.4, checks=0.1)) == pytest.approx(1.9e6 / (19 * 2500))


def test_tiles_that_nobody_asked_for_are_no_work():
    many = load(tile_fps=2)
    many.counters["exam_pictures_encoded_total"] = 2500
    assert many.work.tiles == 1000
    many.counters["exam_pictures_encoded_total"] = 900
    assert many.work.tiles == 900


def test_growth():
    few = load(10, checks=0.2, sockets=0.1)
    assert page.growth([few, load(200, checks=4.0, sockets=2.0)]) == pytest.approx(0)
    assert page.growth([few, load(200, checks=4.0, sockets=4.0)]) == pytest.approx(0.125)
    # Half of the checks skipped, but less than half of their CPU saved.
    lazy = load(200, checks=3.5, sockets=2.0)
    lazy.counters[TRACKED] /= 2
    assert page.growth([few, lazy]) > 0


def test_a_target_without_a_figure_is_not_reached(results):
    del results.series[-1].report["longest_unchecked_s"]
    missing = [row for row in page.targets(results) if row[1] == "–"]
    assert [reached for *_, reached in missing] == [False]


def test_a_late_tile_is_told(results):
    def missed():
        return {what for what, *_, reached in page.targets(results) if not reached}

    before = missed()
    results.watched = load(p99_ms=81.0)
    assert missed() - before == {"the same: capture to tile, p99"}


def test_tables_are_whole(results):
    for block in page.markdown(results).split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1
    assert "No profile: perf is not there." in page.markdown(results)


def test_the_picture_is_xml(results):
    xml.etree.ElementTree.fromstring(chart.svg(results))


def test_a_load_is_compared_with_what_the_libraries_cost_around_it():
    slow = {"cpu_ms": {name: {"median": 0.3} for name in LIBRARIES["cpu_ms"]}}
    around = dataclasses.replace(load(), libraries=(LIBRARIES, slow))
    assert page.times_floor(around) == pytest.approx(page.times_floor(load()) / 2)


def test_the_two_detectors_have_a_floor_each():
    opencv = {"cpu_ms": LIBRARIES["cpu_ms"] | {"tracked_check_opencv": {"median": 2.5}}}
    one = dataclasses.replace(load(), libraries=(opencv,))
    assert page.least(one)["checks"] == pytest.approx(25 * page.least(one, "own")["checks"])
