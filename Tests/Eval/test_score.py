"""How alerts and events are matched, and the resulting figures."""
import pathlib

import pytest

import plot
import report
import score
from labels import Clip, Span
from score import Alert, judge, tally


def clip(*events, tolerated=(), seconds=60, name="clip", condition="plain", group="a"):
    return Clip(name, pathlib.Path("clip.ivf"), seconds, condition, group, list(events), list(tolerated))


MISSING = Span("face_missing", 20, 30)


def test_found():
    outcome = judge(clip(MISSING), [Alert("face_missing", 23.4)])
    assert outcome.found == [("face_missing", pytest.approx(3.4))]
    assert not outcome.missed and not outcome.false


def test_the_delay_counts_from_when_the_picture_was_sent():
    outcome = judge(clip(MISSING), [Alert("face_missing", 23.4)], onsets=[20.3])
    assert outcome.found == [("face_missing", pytest.approx(3.1))]


@pytest.mark.parametrize("at, kind", [(19.4, "face_missing"), (31.1, "face_missing"), (24, "several_faces")])
def test_missed_and_false(at, kind):
    outcome = judge(clip(MISSING), [Alert(kind, at)])
    assert outcome.missed == [("face_missing", 20)] and outcome.false == [(kind, at)] and not outcome.found


@pytest.mark.parametrize("at", [19.6, 30.9])
def test_labels_are_not_exact(at):
    assert judge(clip(MISSING), [Alert("face_missing", at)]).found


def test_missed_without_a_word():
    assert judge(clip(MISSING), []).missed == [("face_missing", 20)]


def test_another_kind_is_as_good():
    lid = Span("camera_covered", 20, 30, ("face_missing",))
    outcome = judge(clip(lid), [Alert("face_missing", 23.2), Alert("camera_covered", 25)])
    assert outcome.found == [("camera_covered", pytest.approx(3.2))]
    assert not outcome.false and outcome.tolerated == ["camera_covered"]


def test_again_in_one_event_is_a_repeat():
    outcome = judge(clip(MISSING), [Alert("face_missing", 23.2), Alert("face_missing", 28)])
    assert len(outcome.found) == 1 and outcome.repeats == ["face_missing"] and not outcome.false


def test_two_events_need_two_alerts():
    twice = clip(MISSING, Span("face_missing", 40, 50))
    assert len(judge(twice, [Alert("face_missing", 43.5), Alert("face_missing", 23.5)]).found) == 2
    once = judge(twice, [Alert("face_missing", 43.5)])
    assert once.missed == [("face_missing", 20)] and once.found == [("face_missing", pytest.approx(3.5))]


def test_a_short_event_must_not_be_told():
    outcome = judge(clip(Span("face_missing", 20, 22)), [Alert("face_missing", 22.1)])
    assert outcome.false == [("face_missing", 22.1)] and not outcome.found and not outcome.missed
    assert judge(clip(Span("face_missing", 20, 22)), []).missed == []


@pytest.mark.parametrize("length", [2.4, 3.6])
def test_about_as_long_as_the_window_counts_neither_way(length):
    event = Span("face_missing", 20, 20 + length)
    told = judge(clip(event), [Alert("face_missing", 23.2)])
    assert told.tolerated == ["face_missing"] and not told.found and not told.false
    assert judge(clip(event), []).missed == []


def test_tolerated():
    poster = Span("several_faces", 0, 60)
    outcome = judge(clip(tolerated=[poster]), [Alert("several_faces", 12), Alert("looking_away", 13)])
    assert outcome.tolerated == ["several_faces"] and outcome.false == [("looking_away", 13)]


def test_what_comes_after_the_clip_is_not_of_it():
    assert judge(clip(), [Alert("video_stopped", 65)]).false == []


def test_camera_off_has_no_window():
    assert judge(clip(Span("camera_off", 20, 28)), [Alert("camera_off", 20.1)]).found


def test_figures():
    outcomes = [
        judge(clip(MISSING, name=f"c{k}", seconds=360), [Alert("face_missing", 23 + k / 10)]) for k in range(9)]
    outcomes.append(judge(clip(MISSING, name="c9", seconds=360, condition="dim", group="b"), [Alert("looking_away", 50)]))
    t = tally(outcomes, "face_missing")
    assert (t.found, t.missed, t.false, t.recall, t.precision) == (9, 1, 0, 0.9, 1.0)
    assert t.median == pytest.approx(3.4) and t.p95 == pytest.approx(3.8)
    everything = tally(outcomes)
    assert everything.false == 1 and everything.false_per_hour == pytest.approx(1.0)
    wrong = report.failures(outcomes)
    assert wrong == ["face_missing: recall 0.90, wanted at least 0.95", "1.00 false alerts per student-hour, wanted at most 0.2"]


def test_nothing_at_all():
    t = tally([])
    assert (t.precision, t.recall, t.median, t.p95, t.false_per_hour) == (None,) * 5
    assert report.failures([]) == []


def test_late_alerts_miss_the_target():
    outcomes = [judge(clip(MISSING), [Alert("face_missing", 24.6)])]
    assert report.failures(outcomes) == [
        "face_missing: delay (median) 4.60 s, wanted at most 3.5 s", "face_missing: delay (95 %) 4.60 s, wanted at most 4 s"]


def test_lower_bound():
    assert score.lower_bound(0, 0) is None
    assert score.lower_bound(20, 20) == pytest.approx(0.839, abs=1e-3)
    assert score.lower_bound(95, 100) == pytest.approx(0.888, abs=1e-3)


def test_the_report_and_the_picture_can_be_made():
    outcomes = [
        judge(clip(MISSING, name="good"), [Alert("face_missing", 23.1)]),
        judge(clip(MISSING, name="bad", condition="<dim>", group="b|c"), [Alert("several_faces", 5)])]
    text = report.markdown(outcomes, {"late": "busy"}, ["x.json: broken"], "Measured.")
    assert "`bad` (<dim>): face_missing from 20.0 s was missed" in text and "x.json: broken" in text and "busy" in text
    drawn = plot.svg(outcomes)
    assert drawn == plot.svg(outcomes) and "&lt;dim&gt;" in drawn
    import xml.dom.minidom
    xml.dom.minidom.parseString(drawn)
