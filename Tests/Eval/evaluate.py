#!/usr/bin/env python3
"""Measures how accurate the alerts are: labelled clips through the real server, alerts at a real teacher's socket.

    evaluate.py --server .build/release/exam-monitoring
    evaluate.py --server … --scenes MY_CLIPS [--skip-broken]

Without --scenes the shipped scenes are drawn first (kept in eval-scenes/), and the figures go into docs/accuracy.md and
docs/accuracy.svg. With --scenes everything goes into --results only. The exit code is 0 if all targets are reached, 1 if
not, 2 if the clips cannot be used, 3 if the machine was too busy for the figures to count.
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
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / ".build/release/exam-monitoring"), help="the server's binary")
    parser.add_argument("--scenes", type=pathlib.Path, help="a folder of labelled clips instead of the shipped scenes")
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
    # After the environment: the server's place is read when it is imported.
    import labels
    import pictures
    import run
    shipped = options.scenes is None
    folder = options.scenes or ROOT / "eval-scenes"
    try:
        if shipped:
            import make_scenes
            make_scenes.make_all(folder, options.jobs, options.only, tell=say)
        clips, broken = labels.read_folder(folder)
    except (labels.BadLabels, pictures.NoPicture) as error:
        return refuse([str(error)])
    if shipped:
        current = {scene.name for scene in make_scenes.all_scenes()}
        clips = [clip for clip in clips if clip.name in current]
        broken = {name: problems for name, problems in broken.items() if name in current}
    wanted = lambda name: not options.only or any(fnmatch.fnmatch(name, pattern) for pattern in options.only)
    clips = [clip for clip in clips if wanted(clip.name)]
    problems = [problem for name, some in broken.items() if wanted(name) for problem in some]
    if problems and not options.skip_broken:
        return refuse(problems, f"nothing was played. Mend them, or use --skip-broken to play the other {len(clips)}.")
    if not clips:
        return refuse(problems or [f"no clip in {folder} has such a name"])
    for problem in problems:
        say(f"left out: {problem}")

    if options.rescore:
        played = recall(options, run)
        clips = [clip for clip in clips if clip.name in played]
        return conclude(options, clips, played, problems, publish=False)

    with tempfile.TemporaryDirectory(prefix="eval-clips-") as temporary:
        paths, unreadable = uploads(clips, pathlib.Path(temporary))
        if unreadable and not options.skip_broken:
            return refuse(unreadable, "nothing was played.")
        problems += unreadable
        clips = [clip for clip in clips if clip.name in paths]
        minutes = sum(clip.seconds for clip in clips) / 60
        say(f"playing {len(clips)} clips, {minutes:.0f} minutes, {options.at_once} at once")
        played = run.play(clips, paths, options.at_once, options.options, tell=say)
    remember(options, played)
    return conclude(options, clips, played, problems, shipped and not options.only)


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


def remember(options, played):
    """What was played, so that it can be scored again."""
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "played.json").write_text(json.dumps([dataclasses.asdict(p) for p in played.values()], indent=1))


def recall(options, run):
    from score import Alert
    stored = json.loads((options.results / "played.json").read_text())
    return {item["name"]: run.Played(**item | {"alerts": [Alert(**a) for a in item["alerts"]]}) for item in stored}


def conclude(options, clips, played, skipped, publish):
    import plot
    import report
    from score import judge
    counted = [clip for clip in clips if not played[clip.name].trouble]
    not_counted = {clip.name: played[clip.name].trouble for clip in clips if played[clip.name].trouble}
    outcomes = [judge(clip, played[clip.name].alerts, played[clip.name].onsets(clip)) for clip in counted]
    made_with = (f"Measured on {datetime.date.today().isoformat()} with `make eval`: {options.at_once} students at once, VP8 of "
                 "480x360 at 10 pictures a second and 300 kbit/s.")
    text = report.markdown(outcomes, not_counted, skipped, made_with)
    picture = plot.svg(outcomes)
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "accuracy.md").write_text(text)
    (options.results / "accuracy.svg").write_text(picture)
    (options.results / "clips.json").write_text(json.dumps(
        [dataclasses.asdict(o) | {"alerts": played[o.name].raw} for o in outcomes], indent=1))
    say("")
    say(text)
    say(f"written to {options.results}")
    if not_counted:
        say(f"{len(not_counted)} clips do not count, since the machine was too busy; try fewer students: --at-once {options.at_once // 2}")
        return 3
    if publish:
        write_between_marks(ROOT / "docs/accuracy.md", text)
        (ROOT / "docs/accuracy.svg").write_text(picture)
        say("docs/accuracy.md and docs/accuracy.svg are up to date")
    return 1 if report.failures(outcomes) else 0


def write_between_marks(path, text):
    page = path.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}")


def refuse(problems, then=""):
    print(f"{len(problems)} problem{'s' * (len(problems) != 1)}" + (f"; {then}" if then else ""), file=sys.stderr)
    for problem in problems:
        print(f"  {problem}", file=sys.stderr)
    return 2


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
