"""The arithmetic of the floor."""
import pytest

from floor import Costs, Work, operations_per_frame, ratios, stages_per_frame

COSTS = Costs({"video/x-vp8": 0.7, "image/jpeg": 0.2}, {"video/x-vp8": 0.2, "image/jpeg": 0.1}, scale=0.1, focus_encode=0.4, tracked_check=3.0,
              whole_check=30.0)


def work(**changes):
    """A second of 50 students at 10 frames, tiles at 5, two checks each."""
    return Work(**{"seconds": 1, "frames": 500, "decoded": 500, "tiles": 250, "focus_pictures": 0, "tracked_checks": 100,
                   "whole_checks": 0} | changes)


def test_the_worked_example():
    ms = operations_per_frame(work(), COSTS)
    assert ms["decode"] == 0.7
    assert ms["scale"] == pytest.approx(0.05)
    assert ms["tile encode"] == pytest.approx(0.1)
    assert ms["tracked checks"] == pytest.approx(0.6)
    assert sum(stages_per_frame(work(), COSTS).values()) == pytest.approx(1.45)


def test_stages_hold_every_operation():
    some = work(focus_pictures=10, whole_checks=4)
    assert sum(stages_per_frame(some, COSTS).values()) == pytest.approx(sum(operations_per_frame(some, COSTS).values()))


def test_a_check_shares_the_scaled_picture_of_a_tile():
    assert operations_per_frame(work(tracked_checks=250), COSTS)["scale"] == pytest.approx(0.05)
    assert operations_per_frame(work(tiles=0), COSTS)["scale"] == pytest.approx(0.02)


def test_nobody_watches_and_nothing_is_checked():
    idle = work(tiles=0, tracked_checks=0)
    assert stages_per_frame(idle, COSTS) == {"pictures": 0.7, "checks": 0}


def test_a_whole_search_is_followed_by_a_closer_look():
    assert stages_per_frame(work(tracked_checks=0, whole_checks=5), COSTS)["checks"] == pytest.approx(0.33)


def test_small_jpeg_is_not_scaled():
    ms = operations_per_frame(work(media="image/jpeg"), COSTS)
    assert (ms["decode"], ms["scale"], ms["tile encode"]) == (0.2, 0, pytest.approx(0.05))


def test_the_length_of_the_measurement_does_not_matter():
    longer = work(seconds=7, frames=3500, decoded=3500, tiles=1750, tracked_checks=700)
    assert operations_per_frame(longer, COSTS) == pytest.approx(operations_per_frame(work(), COSTS))


def test_a_frame_that_was_dropped_needs_no_decoder():
    assert operations_per_frame(work(decoded=100), COSTS)["decode"] == pytest.approx(0.14)


def test_no_frames_no_floor():
    with pytest.raises(ValueError):
        operations_per_frame(work(frames=0), COSTS)


def test_ratios():
    found = ratios({"pictures": 1.7, "checks": 0.9, "sockets": 0.3}, {"pictures": 0.85, "checks": 0.6})
    assert found == pytest.approx({"pictures": 2.0, "checks": 1.5, "all": 2.0})


def test_a_stage_without_work_has_no_ratio():
    assert "checks" not in ratios({"pictures": 1.0, "checks": 0.1}, {"pictures": 0.7, "checks": 0})


def test_costs_are_the_medians_that_were_printed():
    names = ("vp8_decode", "jpeg_decode_320", "tile_encode", "jpeg_tile_encode", "scale", "focus_encode", "tracked_check",
             "whole_check", "tracked_check_opencv", "whole_check_opencv")
    first, second = ({"cpu_ms": {name: {"median": n + more, "least": 0, "most": 9} for n, name in enumerate(names)}}
                     for more in (0, 2))
    decode, encode = {"video/x-vp8": 0, "image/jpeg": 1}, {"video/x-vp8": 2, "image/jpeg": 3}
    assert Costs.of(first, detector="own") == Costs(decode, encode, 4, 5, 6, 7)
    assert Costs.of(first) == Costs(decode, encode, 4, 5, 8, 9)
    assert Costs.of(first, second).scale == 5
