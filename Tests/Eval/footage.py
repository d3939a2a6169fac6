#!/usr/bin/env python3
"""Real footage: fetches the clips that Tests/Eval/footage lists, checks them, and makes clips to play of them.

    footage.py FOLDER [--only PATTERN …] [--offline]

Nothing of the footage is part of this repository. Files that were fetched stay in FOLDER/files under their checksum, so
that a later run works without a network. What cannot be had is left out and named; the exit code is 1 if nothing is left.
"""
import argparse
import fnmatch
import hashlib
import json
import pathlib
import sys

import fetching
from encode import EncodingFailed
from footage_clips import make
from footage_list import BadList, made_of, read_lists

HERE = pathlib.Path(__file__).resolve().parent
LISTS = HERE / "footage"
# What a report says of these clips, beside them.
SUMMARY = "summary.md"
PROGRAM = ("footage_clips", "encode")


def fingerprint():
    """Version of the program that makes pictures."""
    digest = hashlib.sha256()
    for name in PROGRAM:
        digest.update((HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()


def make_all(folder, patterns=(), offline=False, tell=print, lists=LISTS):
    """Makes what is missing; returns the clips that are there and, by name, why others are not. Raises BadList."""
    folder.mkdir(parents=True, exist_ok=True)
    items = [item for item in made_of(read_lists(lists))
             if not patterns or any(fnmatch.fnmatch(item.name, pattern) for pattern in patterns)]
    store, base = fetching.Store(folder / "files", offline), fingerprint()
    there, missing = [], {}
    for item in items:
        recipe = hashlib.sha256((base + item.recipe()).encode()).hexdigest()
        stamp = folder / f".{item.name}.recipe"
        try:
            if not (folder / f"{item.name}.ivf").exists() or not stamp.exists() or stamp.read_text() != recipe:
                make(item, [store.get(item.source, path, sha256) for path, sha256 in item.files.items()], folder)
                stamp.write_text(recipe)
                tell(f"  made {item.name}")
        except (fetching.NotThere, EncodingFailed) as error:
            missing[item.name] = " ".join(str(error).split())
            _forget(folder, item.name)
            continue
        (folder / f"{item.name}.json").write_text(json.dumps(item.labels, indent=1) + "\n")
        there.append(item)
    if not patterns:
        for stamp in folder.glob(".*.recipe"):
            if (name := stamp.name[1:].removesuffix(".recipe")) not in {item.name for item in items}:
                _forget(folder, name)
        (folder / SUMMARY).write_text(summary(there, missing) + "\n")
    return there, missing


def _forget(folder, name):
    """Removes a clip that was made of what the lists no longer want, so that it is not played."""
    for file in (f"{name}.ivf", f"{name}.json", f".{name}.recipe"):
        (folder / file).unlink(missing_ok=True)


def people(items):
    """How many people are in these clips, and how many of them somebody looked at."""
    everybody = {who for item in items for who in item.people}
    seen = {who for item in items if item.seen for who in item.people}
    return len(everybody), len(seen)


def summary(there, missing):
    """Who can be played and what cannot, as Markdown."""
    everybody, seen = people(there)
    text = f"{everybody} people in {len(there)} clips"
    if seen < everybody:
        text += f"; {everybody - seen} of them labelled by their data set alone"
    reasons = {}
    for name, why in missing.items():
        reasons.setdefault(why, []).append(name)
    lines = [text + "."]
    for why, names in reasons.items():
        shown = ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        lines.append(f"- Left out: {shown}. Why: {why}.")
    return "\n\n".join([lines[0], *(["\n".join(lines[1:])] if lines[1:] else [])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=(), metavar="PATTERN", help="only clips with such names")
    parser.add_argument("--offline", action="store_true", help="only what was fetched before")
    options = parser.parse_args()
    try:
        there, missing = make_all(options.folder, options.only, options.offline)
    except BadList as error:
        print(error, file=sys.stderr)
        return 2
    print(summary(there, missing))
    return 0 if there else 1


if __name__ == "__main__":
    sys.exit(main())
