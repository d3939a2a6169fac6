"""`exam-monitoring observe` and `tune` from the command line; with what the server finds they are compared in test_short_run.py."""
import json
import os
import pathlib
import subprocess
import xml.dom.minidom

import pytest

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("EXAM_MONITORING", str(HERE.parents[1] / ".build/debug/exam-monitoring"))


def run(*arguments, folder=HERE.parents[1]):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=folder)


@pytest.mark.parametrize("content, complaint", [
    (None, "there is no such file, or it cannot be read"),
    (b"", "video.ivf: "),
    (b"DKIF" + bytes(200), "video.ivf: "),
    (b"not a video at all " * 100, "video.ivf: "),
])
def test_what_is_no_video_is_named(tmp_path, content, complaint):
    video = tmp_path / "video.ivf"
    if content is not None:
        video.write_bytes(content)
    done = run("observe", video, "-o", tmp_path / "looks")
    assert done.returncode != 0 and complaint in done.stderr, done.stderr
    assert not list((tmp_path / "looks").glob("*.jsonl"))


def test_two_videos_of_one_name_are_refused(tmp_path):
    done = run("observe", "a/video.ivf", "b/other.ivf", "b/video.webm", "-o", tmp_path / "looks")
    assert done.returncode != 0
    assert "a/video.ivf and b/video.webm would both be written to video.looks.jsonl" in done.stderr
    assert not (tmp_path / "looks").exists()


@pytest.mark.parametrize("option", [("--checks-per-second", "0"), ("--search-phase", "2")])
def test_options_out_of_range(tmp_path, option):
    done = run("observe", "video.ivf", *option)
    assert done.returncode != 0 and option[0] in done.stderr


@pytest.fixture
def clips(tmp_path):
    """A clip in which a face is missing for ten seconds, and one in which it is for two."""
    def look(at, bad):
        face = {"box": [0.4, 0.3, 0.2, 0.3], "score": 0.9, "pose": [0, 0, 0]}
        return {"at": at, "tier": "wholePicture", "sure": True, "count": True, "luminance": 120, "contrast": 40, "edges": 30,
                "motion": 5} | ({} if bad else {"faces": [face]})
    for name, seconds in (("long", 10), ("short", 2)):
        looks = (look(k / 2, 24 <= k / 2 < 24 + seconds) for k in range(90))
        (tmp_path / f"{name}.looks.jsonl").write_text("".join(json.dumps(one) + "\n" for one in looks))
        (tmp_path / f"{name}.json").write_text(json.dumps({"events": [{"kind": "face_missing", "from": 24, "to": 24 + seconds}]}))
    return tmp_path


def test_a_sweep_shows_what_each_value_would_have_told(clips, tmp_path):
    done = run("tune", clips, "--kind", "face_missing", "-o", tmp_path / "curves")
    assert done.returncode == 0, done.stderr
    # value, recall, false per hour, found, missed, false
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["->", "3", "s", "1.00", "0.00", "1", "0", "0"] in [row[:8] for row in rows]
    assert ["1.5", "s", "1.00", "40.00", "1", "0", "1"] in [row[:7] for row in rows]
    drawn = (tmp_path / "curves/face_missing.svg").read_text()
    xml.dom.minidom.parseString(drawn)
    assert drawn.count("<polyline") == 6 and "window 1.5 s" in drawn
    run("tune", clips, "--kind", "face_missing", "-o", tmp_path / "again")
    assert (tmp_path / "again/face_missing.svg").read_text() == drawn


def test_the_rules_in_force_are_those_of_the_configuration(clips, tmp_path):
    (tmp_path / "exam.yaml").write_text("alerts: {face_missing: {window: 30}}")
    done = run("tune", clips, "--no-sweep", "--config", tmp_path / "exam.yaml", "--figures", tmp_path / "figures.txt")
    assert done.returncode == 0, done.stderr
    # Ten seconds are too short for an alert then, and nothing is missed.
    assert json.loads((tmp_path / "figures.txt").read_text())["kinds"]["face_missing"] == {"false": 0, "found": 0, "missed": 0, "repeats": 0}


def test_worse_than_a_baseline_fails(clips, tmp_path):
    baseline = tmp_path / "baseline.txt"
    assert run("tune", clips, "--no-sweep", "--figures", baseline).returncode == 0
    assert run("tune", clips, "--no-sweep", "--baseline", baseline).returncode == 0
    better = json.loads(baseline.read_text())
    better["kinds"]["face_missing"]["p95"] = 2
    baseline.write_text(json.dumps(better))
    # The new figures may take the place of the old ones.
    done = run("tune", clips, "--no-sweep", "--figures", baseline, "--baseline", baseline)
    assert done.returncode == 1 and "face_missing: 95 % of the delays up to" in done.stderr


def test_verdicts_are_counted(clips, tmp_path):
    verdicts = tmp_path / "verdicts.txt"
    thresholds = {"window": 3, "share": 0.8, "limit": None, "baseline": None, "cooldown": 30}
    verdicts.write_text("".join(
        json.dumps({"kind": "face_missing", "verdict": verdict, "since": 60, "confirmed": 63, "until": until, "confidence": 0.9,
                    "thresholds": thresholds}) + "\n" for verdict, until in (("right", 90), ("wrong", 63.5), ("wrong", None))))
    done = run("tune", clips, "--kind", "face_missing", "--verdicts", verdicts)
    assert done.returncode == 0, done.stderr
    assert "face_missing: 1 alerts judged right, 2 wrong" in done.stdout
    assert "what a shorter window or a lower share would tell besides, only recorded clips show" in done.stdout
    verdicts.write_text('{"kind": "face_missing", "verdict": "maybe"}\n')
    done = run("tune", clips, "--verdicts", verdicts)
    assert done.returncode != 0 and "verdicts.txt:1: verdict" in done.stderr


def test_what_cannot_be_used_is_named(clips):
    assert "there is no kind of alert face_mising" in run("tune", clips, "--kind", "face_mising").stderr
    (clips / "long.json").write_text('{"events": [{"kind": "face_gone", "from": 3}]}')
    done = run("tune", clips)
    assert done.returncode != 0 and "long.json: events[0].kind: there is no face_gone" in done.stderr
