#!/usr/bin/env python3
"""Measures how accurate the alerts are: labelled clips through the real server, alerts at a real teacher's socket.

    evaluate.py --server .build/release/exam-monitoring
    evaluate.py --server … --scenes MY_CLIPS [--skip-broken]

Without --scenes there are two parts. The shipped scenes are drawn (kept in eval-scenes/); their figures go into the first
section of docs/accuracy.md and into docs/accuracy.svg. Real footage, if there is any in the folder of --footage, goes into the
second section. With --scenes everything goes into --results only. The exit code is 0 if all targets are reached, 1 if not, 2 if
the clips cannot be used, 3 if the machine was too busy.
"""
import argparse
import dataclasses
import datetime
import fnmatch
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/accuracy.md"


@dataclasses.dataclass(frozen=True)
class Part:
    """Clips that are measured together. `mark`: the section of docs/accuracy.md that is theirs, if they have one."""
    folder: pathlib.Path
    mark: str | None = None
    prefix: str = ""  # of the files with the results
    are_drawn: bool = False

    def file(self, options, name):
        return options.results / (self.prefix + name)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / ".build/release/exam-monitoring"), help="the server's binary")
    parser.add_argument("--scenes", type=pathlib.Path, help="a folder of labelled clips instead of the shipped scenes")
    parser.add_argument("--footage", type=pathlib.Path, default=ROOT / "eval-footage", help="labelled clips of real people (eval-footage)")
    parser.add_argument("--parts", nargs="+", choices=("scenes", "footage"), default=("scenes", "footage"), help="only one of the two parts")
    parser.add_argument("--skip-broken", action="store_true", help="play the other clips although some have broken labels")
    parser.add_argument("--only", nargs="+", default=[], metavar="PATTERN", help="only clips with such names")
    parser.add_argument("--at-once", type=int, default=16, help="students at the same time (16)")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) // 2), help="processes that draw scenes")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "eval-results", help="where results go (eval-results)")
    parser.add_argument("--rescore", action="store_true", help="judge what was played last once more, by the labels as they are now")
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=[], help="further options for the server; last")
    return parser.parse_args()


def main():
    options = arguments()
    os.environ["EXAM_MONITORING"] = str(pathlib.Path(options.server).resolve())
    chosen = parts(options)
    codes = [code for part in chosen if (code := measure(options, part)) is not None]
    if not codes:
        lacks = "was played before" if options.rescore else "has such a name"
        return refuse([f"no clip in {' or '.join(str(part.folder) for part in chosen) or options.footage} {lacks}"])
    return max(codes)


def parts(options):
    if options.scenes:
        return [Part(options.scenes)]
    found = [Part(ROOT / "eval-scenes", "measured", are_drawn=True)] if "scenes" in options.parts else []
    if "footage" in options.parts and options.footage.is_dir():
        found.append(Part(options.footage, "footage", "footage-"))
    elif "footage" in options.parts:
        say(f"real footage is not measured: there is no folder {options.footage}; `make eval-footage` fetches it")
    return found


def measure(options, part):
    """The exit code of one part, or None if no clip has a name that is asked for, or was played before as --rescore wants it."""
    # After the environment: the server's place is read when it is imported.
    import labels
    import pictures
    import run
    try:
        if part.are_drawn:
            import make_scenes
            make_scenes.make_all(part.folder, options.jobs, options.only, tell=say)
        clips, broken = labels.read_folder(part.folder)
    except (labels.BadLabels, pictures.NoPicture) as error:
        return refuse([str(error)])
    if part.are_drawn:
        current = {scene.name for scene in make_scenes.all_scenes()}
        clips = [clip for clip in clips if clip.name in current]
        broken = {name: problems for name, problems in broken.items() if name in current}
    wanted = lambda name: not options.only or any(fnmatch.fnmatch(name, pattern) for pattern in options.only)
    clips = [clip for clip in clips if wanted(clip.name)]
    problems = [problem for name, some in broken.items() if wanted(name) for problem in some]
    if problems and not options.skip_broken:
        return refuse(problems, f"nothing was played. Mend them, or use --skip-broken to play the other {len(clips)}.")
    if not clips:
        return refuse(problems) if problems else None
    for problem in problems:
        say(f"left out: {problem}")

    if options.rescore:
        played = recall(options, part, run)
        clips = [clip for clip in clips if clip.name in played]
        if not clips:
            say(f"left out: of {part.folder} nothing was played that could be judged once more")
            return None
        return conclude(options, part, clips, played, problems, publish=False)

    with tempfile.TemporaryDirectory(prefix="eval-clips-") as temporary:
        paths, unreadable = uploads(clips, pathlib.Path(temporary))
        if unreadable and not options.skip_broken:
            return refuse(unreadable, "nothing was played.")
        problems += unreadable
        clips = [clip for clip in clips if clip.name in paths]
        minutes = sum(clip.seconds for clip in clips) / 60
        say(f"playing {len(clips)} clips, {minutes:.0f} minutes, {options.at_once} at once")
        played = run.play(clips, paths, options.at_once, options.options, tell=say)
    remember(options, part, played)
    return conclude(options, part, clips, played, problems, publish=part.mark and not options.only)


def uploads(clips, temporary):
    """For each clip the file of VP8 frames to upload, and errors for videos that cannot be converted."""
    from encode import EncodingFailed, transcode
    paths, unreadable = {}, []
    for clip in clips:
        if clip.video.suffix == ".ivf":
            paths[clip.name] = clip.video
            continue
        target = temporary / f"{clip.name}.ivf"
        try:
            transcode(clip.video, target, [gap["to"] for gap in clip.upload])
            paths[clip.name] = target
        except EncodingFailed as error:
            unreadable.append(f"{clip.video}: ffmpeg cannot make an upload of it: {error}")
    return paths, unreadable


def remember(options, part, played):
    """What was played, so that it can be scored again."""
    options.results.mkdir(parents=True, exist_ok=True)
    part.file(options, "played.json").write_text(json.dumps([dataclasses.asdict(p) for p in played.values()], indent=1))


def recall(options, part, run):
    from score import Alert
    if not part.file(options, "played.json").exists():
        return {}
    stored = json.loads(part.file(options, "played.json").read_text())
    return {item["name"]: run.Played(**item | {"alerts": [Alert(**a) for a in item["alerts"]]}) for item in stored}


def conclude(options, part, clips, played, skipped, publish):
    import plot
    import report
    from score import judge_all
    counted = [clip for clip in clips if not played[clip.name].trouble]
    not_counted = {clip.name: played[clip.name].trouble for clip in clips if played[clip.name].trouble}
    outcomes = judge_all([(clip, played[clip.name].alerts, played[clip.name].onsets(clip)) for clip in counted])
    made_with = (f"Measured on {datetime.date.today().isoformat()} with `make eval`: {options.at_once} students at once, VP8 of "
                 "480x360 at 10 pictures a second and 300 kbit/s.")
    if (about := part.folder / "summary.md").exists():
        made_with += "\n\n" + about.read_text().strip()
    text = report.markdown(outcomes, not_counted, skipped, made_with)
    picture = plot.svg(outcomes)
    options.results.mkdir(parents=True, exist_ok=True)
    part.file(options, "accuracy.md").write_text(text)
    part.file(options, "accuracy.svg").write_text(picture)
    part.file(options, "clips.json").write_text(json.dumps(
        [dataclasses.asdict(o) | {"alerts": played[o.name].raw} for o in outcomes], indent=1))
    say("")
    say(text)
    say(f"written to {options.results}")
    if not_counted:
        say(f"{len(not_counted)} clips do not count, since the machine was too busy; try fewer students: --at-once {options.at_once // 2}")
        return 3
    if publish:
        PAGE.write_text(between_marks(PAGE.read_text(), part.mark, text))
        if part.are_drawn:
            (ROOT / "docs/accuracy.svg").write_text(picture)
        say(f"{PAGE.relative_to(ROOT)} is up to date")
    return 1 if report.failures(outcomes) else 0


def between_marks(page, mark, text):
    """The page with this text in the section of this mark."""
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    return f"{before}{begin}\n{text}{end}{after}"


def refuse(problems, then=""):
    print(f"{len(problems)} problem{'s' * (len(problems) != 1)}" + (f"; {then}" if then else ""), file=sys.stderr)
    for problem in problems:
        print(f"  {problem}", file=sys.stderr)
    return 2


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
