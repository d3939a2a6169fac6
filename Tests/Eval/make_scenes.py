#!/usr/bin/env python3
"""Renders and encodes the shipped scenes: NAME.ivf and NAME.json each.

    make_scenes.py FOLDER [--jobs N] [--only PATTERN …]

What is there already and was made by the same program is not made again.
"""
import argparse
import concurrent.futures
import fnmatch
import functools
import hashlib
import json
import os
import pathlib
import time

import cv2

import catalogue
import pictures
import walls
from encode import encode
from labelling import labels_of
from render import pictures as draw

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = ("pictures", "head", "people", "rooms", "covers", "camera", "scene", "render", "encode")
MORE = "walls"  # drawn with, by those scenes alone that show something of it
# Fields that describe a scene without changing its pictures.
TOLD = ("condition", "group", "events", "tolerated", "status", "note", "counts_faces")


def fingerprint(scene):
    """Version of the program that renders a scene; the catalogue is compared scene by scene."""
    digest = hashlib.sha256()
    for name in (*PROGRAM, *([MORE] if {scene.room, scene.cover_with} & walls.NAMES else [])):
        digest.update((HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()


def describe(scene):
    """Everything that a scene's pictures are made from, as text."""
    def plain(value):
        if hasattr(value, "points"):
            return value.points
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in TOLD}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return json.dumps(plain(scene), sort_keys=True, default=str)


@functools.cache
def _catalogue():
    return catalogue.scenes() + catalogue.hours()


def all_scenes(patterns=()):
    return [s for s in _catalogue() if not patterns or any(fnmatch.fnmatch(s.name, p) for p in patterns)]


def make(scene, folder, photographs):
    """Draws and encodes one scene."""
    cv2.setNumThreads(1)
    partial = folder / f".{scene.name}.{os.getpid()}.ivf"
    # After an interruption a stream continues with a key frame, like a browser's.
    encode(draw(scene, photographs), partial, [gap["to"] for gap in scene.upload])
    partial.replace(folder / f"{scene.name}.ivf")
    write_labels(scene, folder)


def write_labels(scene, folder):
    (folder / f"{scene.name}.json").write_text(json.dumps(labels_of(scene), indent=1) + "\n")


def _make(name, folder, recipe):
    make(next(s for s in all_scenes() if s.name == name), folder, folder / "pictures")
    (folder / f".{name}.recipe").write_text(recipe)
    return name


def make_all(folder, jobs=1, patterns=(), tell=print):
    """Makes what is missing or was made differently; returns the names of all that were requested."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures.fetch_all(folder / "pictures")
    wanted = {}
    scenes = all_scenes(patterns)
    for scene in scenes:
        recipe = hashlib.sha256((fingerprint(scene) + describe(scene)).encode()).hexdigest()
        stamp = folder / f".{scene.name}.recipe"
        made = stamp.exists() and stamp.read_text() == recipe
        if made and (folder / f"{scene.name}.ivf").exists():
            write_labels(scene, folder)
        else:
            wanted[scene.name] = recipe
    if wanted:
        tell(f"drawing {len(wanted)} of {len(scenes)} scenes into {folder}")
    started = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        tasks = [pool.submit(_make, name, folder, recipe) for name, recipe in wanted.items()]
        for done, task in enumerate(concurrent.futures.as_completed(tasks), 1):
            name = task.result()
            if done % 10 == 0 or done == len(tasks):
                tell(f"  {done} of {len(tasks)}, {time.monotonic() - started:.0f} s, last {name}")
    return [scene.name for scene in scenes]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=(), metavar="PATTERN")
    options = parser.parse_args()
    make_all(options.folder, options.jobs, options.only)


if __name__ == "__main__":
    main()
