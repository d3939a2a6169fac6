"""How alerts and events are matched, and the resulting figures."""
import pathlib

import pytest

import plot
import report
import score
from labels import Clip, Span
from score import Alert, judge, tally


def clip(*events, tolerated=(), seconds=60, name="clip", condition="plain", group="a", **more):
    return Clip(name, pathlib.Path("clip.ivf"), seconds, condition, group, list(events), list(tolerated), **more)


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


def test_an_alert_answers_one_event():
    off = clip(Span("camera_off", 20, 25), Span("camera_off", 25.6, 30))
    # In reach of both.
    once = judge(off, [Alert("camera_off", 25.8)])
    assert once.found == [("camera_off", pytest.approx(5.8))] and once.missed == [("camera_off", 25.6)]
    both = judge(off, [Alert("camera_off", 20.1), Alert("camera_off", 25.8)])
    assert both.found == [("camera_off", pytest.approx(0.1)), ("camera_off", pytest.approx(0.2))]
    assert not both.repeats and not both.missed
    again = judge(off, [Alert("camera_off", at) for at in (20.1, 23, 25.8, 28)])
    assert len(again.found) == 2 and again.repeats == ["camera_off"] * 2 and not again.false


def test_there_is_an_onset_for_each_event():
    with pytest.raises(RuntimeError, match="onsets: there are 2 for 1 events"):
        judge(clip(MISSING), [], onsets=[20, 40])


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


def test_the_report_and_the_picture_can_be_made():
    outcomes = [
        judge(clip(MISSING, name="good"), [Alert("face_missing", 23.1)]),
        judge(clip(MISSING, name="bad", condition="<dim>", group="b|c"), [Alert("several_faces", 5)])]
    text = report.markdown(outcomes, {"late": "busy"}, ["x.json: broken"], "Measured.")
    assert "unknown | 2 |" in text
    assert "`bad` (<dim>): face_missing from 20.0 s was missed" in text and "x.json: broken" in text and "busy" in text
    drawn = plot.svg(outcomes)
    assert drawn == plot.svg(outcomes) and "&lt;dim&gt;" in drawn
    import xml.dom.minidom
    xml.dom.minidom.parseString(drawn)


def visit(face, own, at, name):
    return judge(clip(Span("several_faces", 30, 35, face=face), name=name, face=own), [Alert("several_faces", at)] if at else [])


def test_faces_are_put_into_bands_by_their_share_of_the_height():
    assert [report.band(face) for face in (None, 0.09, 0.12, 0.35, 0.4, 0.79, 0.8, 1.2)] == [
        "unknown", "under 12 %", "12 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "over 80 %", "over 80 %"]


def test_figures_by_the_size_of_the_face():
    outcomes = [visit(0.09, 0.7, 32.5, "a"), visit(0.09, 0.75, None, "b"), visit(None, 0.3, 33, "c"), judge(clip(), [])]
    sizes = report.by_face(outcomes).splitlines()[2:]
    assert [row.split(" | ")[0] for row in sizes] == ["| 20 to 40 %", "| 60 to 80 %", "| unknown"]
    assert "| 60 to 80 % | 2 | 2 | 1 of 2 (9 to 91 %) | 0 of 2 (0 to 66 %) | 0 |" in sizes[1]
    second = report.visits(outcomes)
    assert "| the student's face | second face under 12 % | second face unknown | all |" in second
    assert "| 60 to 80 % | 1 of 2 (9 to 91 %), 2.5 s |  | 1 of 2 (9 to 91 %), 2.5 s |" in second
    assert "| 20 to 40 % |  | 1 of 1 (21 to 100 %), 3.0 s | 1 of 1 (21 to 100 %), 3.0 s |" in second


def test_a_visit_too_short_to_count_is_in_no_table():
    assert judge(clip(Span("several_faces", 30, 31, face=0.2)), []).visits == []


def people(mistakes, count, **groups):
    """So many clips with an event each, the first of which are missed."""
    return [judge(clip(MISSING, name=f"c{k}", groups=groups), [] if k < mistakes else [Alert("face_missing", 23.2)]) for k in range(count)]


def test_groups_are_told_apart_and_tested():
    outcomes = people(0, 20, skin=2, glasses=True) + people(7, 20, skin=9, glasses=False) + people(0, 1)
    text = report.markdown(outcomes, {}, [], "Measured.")
    assert "### By skin" in text and "| Monk 1 to 4 | 20 | 20 | 20 of 20 (84 to 100 %) |" in text
    assert "| Monk 8 to 10 | 20 | 20 | 13 of 20 (43 to 82 %) |" in text
    assert "| skin | Monk 1 to 4 0 of 20, Monk 8 to 10 7 of 20 | **0.008** | Monk 1 to 4 0 of 20, Monk 8 to 10 0 of 20 | too few |" in text
    assert "| glasses | yes 0 of 20, no 7 of 20 | **0.008** |" in text
    assert "| group |" not in report.differences(outcomes), "there is only one"
    assert report.differences(people(1, 3)) == "All clips are of one group."


def test_false_alerts_by_group_are_tested_by_clips():
    false = [judge(clip(name=f"f{k}", groups={"beard": True}), [Alert("looking_away", 5)] * 3) for k in range(6)]
    calm = [judge(clip(name=f"n{k}", groups={"beard": False}), []) for k in range(14)]
    assert "| beard | – | – | yes 6 of 6, no 0 of 14 | **under 0.001** |" in report.differences(false + calm)


def test_a_rate_has_an_upper_end():
    assert "0 false alerts, 0.00 per student-hour (95 %: at most 3.69) over all kinds; of them 0 in 1.00 hours of uneventful presence" in (
        report.summary([judge(clip(seconds=3600, condition="moving"), [])]))
