"""What is measured, and the section of the page that it goes into."""
import argparse

import pytest

import evaluate
import labels
from evaluate import PAGE, Part, between_marks, parts


def options(tmp_path, **given):
    return argparse.Namespace(**{"scenes": None, "footage": tmp_path / "none", "parts": ("scenes", "footage"), "rescore": False} | given)


def test_the_shipped_scenes_and_real_footage(tmp_path):
    scenes, footage = parts(options(tmp_path, footage=tmp_path))
    assert (scenes.mark, scenes.are_drawn, footage) == ("measured", True, Part(tmp_path, "footage", "footage-"))
    assert [part.mark for part in parts(options(tmp_path, footage=tmp_path, parts=("footage",)))] == ["footage"]


def test_without_footage_the_scenes_are_measured(tmp_path, capsys):
    assert [part.mark for part in parts(options(tmp_path))] == ["measured"]
    assert "real footage is not measured: there is no folder" in capsys.readouterr().out
    assert parts(options(tmp_path, parts=("footage",))) == []


def test_clips_of_ones_own_go_into_no_page(tmp_path):
    part, = parts(options(tmp_path, scenes=tmp_path, footage=tmp_path))
    assert part.mark is None and not part.are_drawn


@pytest.mark.parametrize("mark, other", [("measured", "footage"), ("footage", "measured")])
def test_only_the_own_section_of_the_page_is_written(mark, other):
    page = PAGE.read_text()
    written = between_marks(page, mark, "Figures.\n")
    assert f"<!-- {mark}: begin -->\nFigures.\n<!-- {mark}: end -->" in written
    begin, end = f"<!-- {other}: begin -->", f"<!-- {other}: end -->"
    assert page.split(begin)[1].split(end)[0] == written.split(begin)[1].split(end)[0]
    assert between_marks(written, mark, "More.\n") == between_marks(page, mark, "More.\n")


def test_results_of_the_parts_are_kept_apart(tmp_path):
    where = argparse.Namespace(results=tmp_path)
    assert Part(tmp_path, "footage", "footage-").file(where, "clips.json") == tmp_path / "footage-clips.json"
    assert Part(tmp_path).file(where, "clips.json") == tmp_path / "clips.json"


def test_names_that_no_part_has_are_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("EXAM_MONITORING", "x")  # main sets it
    monkeypatch.setattr(evaluate, "arguments", lambda: argparse.Namespace(server="x", **vars(options(tmp_path, footage=tmp_path))))
    monkeypatch.setattr(evaluate, "measure", lambda options, part: None)
    assert evaluate.main() == 2 and "has such a name" in capsys.readouterr().err
    monkeypatch.setattr(evaluate, "measure", lambda options, part: None if part.are_drawn else 1)
    assert evaluate.main() == 1


@pytest.mark.parametrize("content", [None, "[]"])
def test_what_was_never_played_cannot_be_judged_once_more(monkeypatch, capsys, tmp_path, content):
    monkeypatch.setattr(labels, "read_folder", lambda folder: ([argparse.Namespace(name="ada")], {}))
    if content:
        (tmp_path / "played.json").write_text(content)
    asked = argparse.Namespace(**vars(options(tmp_path, rescore=True)), results=tmp_path, only=[], skip_broken=False)
    assert evaluate.measure(asked, Part(tmp_path / "clips")) is None
    assert "nothing was played that could be judged once more" in capsys.readouterr().out
