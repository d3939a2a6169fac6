#!/usr/bin/env python3
"""Records anew what the server's checks find in a small set of the shipped scenes: Tests/Eval/looks, its baseline and curves.

    record_looks.py --program .build/release/exam-monitoring

`RecordedSetTests` replays them in each `make test`. Record anew when what a check finds has changed (the detectors, the
tracker, a scene), not when a rule has: then the baseline and the curves alone change (`--baseline-only`).
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

import make_scenes

HERE = pathlib.Path(__file__).resolve().parent
LOOKS, BASELINE = HERE / "looks", HERE / "looks-baseline.json"
CURVES = HERE.parents[1] / "docs/tuning"
# All kinds and conditions, and the short ones of each: about a megabyte in all.
CLIPS = """
missing-plain-left missing-plain-right missing-empty-down missing-empty-bare-clean missing-empty-curtain missing-dim missing-dim-dark
missing-backlit missing-mask missing-small missing-tilted missing-turned missing-partly-out missing-hand
several-beside several-left several-behind-small several-dim several-backlit several-mask several-turned passing-behind passing-glance
looking-right looking-left looking-far looking-dim looking-mask looking-from-aside looking-short looking-little looking-aside-steady
covered-thumb covered-tape covered-hand covered-note covered-dim covered-leak covered-short light-blinks greasy-lens
frozen-plain frozen-noisy frozen-dim frozen-short frozen-more-01 statue
stopped-silent stopped-dropped stopped-dropped-dim stopped-short stopped-dropped-short
page-hidden page-hidden-flicker camera-off virtual-camera virtual-camera-short
visit-50-20-lean visit-70-35-walk visit-80-12-walk wall-grey-50 wall-ochre-80 lens-palm-ochre half-left-45
calm-dim-cloud calm-glasses-glare calm-partly-out calm-small poster
""".split()


def run(*command):
    """Runs the program with the default rules, whatever settings the environment has."""
    subprocess.run(command, check=True, env={name: value for name, value in os.environ.items() if not name.startswith("EXAM_MONITORING_")})


def record(program, scenes, jobs):
    """Draws what is missing, checks every clip, and copies its labels. The looks of before are kept until all that is done."""
    make_scenes.make_all(scenes, jobs, CLIPS)
    with tempfile.TemporaryDirectory(prefix=".looks-", dir=HERE) as folder:
        new = pathlib.Path(folder) / LOOKS.name
        new.mkdir()
        run(program, "observe", "-o", new, *(scenes / f"{name}.ivf" for name in CLIPS))
        for name in CLIPS:
            shutil.copy(scenes / f"{name}.json", new)
        shutil.rmtree(LOOKS, ignore_errors=True)
        new.rename(LOOKS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=".build/release/exam-monitoring", help="the server's binary")
    parser.add_argument("--scenes", type=pathlib.Path, default=HERE.parents[1] / "eval-scenes", help="where scenes are drawn (eval-scenes)")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) // 2), help="processes that draw scenes")
    parser.add_argument("--baseline-only", action="store_true", help="keep the looks, and write what the present rules make of them")
    options = parser.parse_args()
    if not options.baseline_only:
        record(options.program, options.scenes, options.jobs)
    run(options.program, "tune", LOOKS, "--figures", BASELINE, "-o", CURVES)


if __name__ == "__main__":
    main()
