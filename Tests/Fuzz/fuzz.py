"""Runs the fuzz targets: `fuzz.py BINARY [--seconds N | --runs N [--seed N]] [TARGET ...]`.

The corpus of each target is in Tests/Fuzz/corpus/TARGET: what first reached a part of the code, and every input that ever
broke something, named after what it broke. It is replayed first. What a run finds goes to .build-fuzz/corpus/TARGET, an
input that breaks something to .build-fuzz/findings: give it a name, put it into the corpus, and fix the code.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ROOT / "Tests/Fuzz/corpus"
WORK = ROOT / ".build-fuzz"
# Real files of the same kind, from elsewhere in the tree.
ALSO = {"pipeline_file": [ROOT / "Pipelines"]}
# libFuzzer's limits: bytes of an input, seconds for one, megabytes of the process.
OPTIONS = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-close_fd_mask=1"]
DICTIONARIES = ROOT / "Tests/Fuzz/dictionaries"


def environment() -> dict[str, str]:
    # Leaks cannot be told apart from what GLib and Swift keep for good; the soak test watches memory.
    return os.environ | {
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "SWIFT_BACKTRACE": "enable=no",
        "GST_DEBUG": "0",
        "G_MESSAGES_DEBUG": "",
    }


def run(binary: str, target: str, limit: list[str]) -> int | None:
    """The number of inputs tried; None if one broke something."""
    found = WORK / "corpus" / target
    findings = WORK / "findings"
    for folder in (found, findings):
        folder.mkdir(parents=True, exist_ok=True)
    corpora = [found, KEPT / target, *ALSO.get(target, [])]
    dictionary = DICTIONARIES / f"{target}.dict"
    done = subprocess.run(
        [binary, target, *OPTIONS, *limit, f"-artifact_prefix={findings}/{target}-"]
        + ([f"-dict={dictionary}"] if dictionary.exists() else [])
        + [str(folder) for folder in corpora],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, errors="replace", env=environment(), cwd=ROOT)
    count = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode != 0 or not count:
        print(f"{target}: BROKEN\n{done.stderr[-4000:]}")
        return None
    print(f"{target}: {count[1]} inputs", flush=True)
    return int(count[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("targets", nargs="*")
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    limit.add_argument("--runs", type=int, help="inputs for each target")
    parser.add_argument("--seed", type=int, default=0, help="the same inputs again, with --runs; 0 draws one (0)")
    options = parser.parse_args()
    known = subprocess.run(
        [options.binary], capture_output=True, text=True, check=True, env=environment()).stdout.split()
    missing = set(options.targets) - set(known)
    if missing:
        parser.error(f"no target {', '.join(sorted(missing))}; there are {', '.join(known)}")
    bound = [f"-runs={options.runs}"] if options.runs is not None else [f"-max_total_time={options.seconds}"]
    bound.append(f"-seed={options.seed}")
    results = {target: run(options.binary, target, bound) for target in options.targets or known}
    broken = [target for target, count in results.items() if count is None]
    print(f"fuzz: {len(results) - len(broken)} passed, {len(broken)} failed")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
