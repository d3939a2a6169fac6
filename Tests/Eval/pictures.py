"""The photographs that the people of the scenes are made of, taken out of packages that ship them.

Nobody's picture is in this repository. scikit-image is installed anyway; of the other two packages only a file each is
taken out, after pip has checked the package and this the file by SHA-256. Of those nothing is installed.

    Eileen Collins   NASA, public domain              scikit-image: data/astronaut.png
    Grace Hopper     U.S. Navy, public domain         matplotlib: mpl-data/sample_data/grace_hopper.jpg
    Barack Obama     White House, public domain       face_recognition: tests/test_images/obama.jpg
    Joe Biden        White House, public domain       face_recognition: tests/test_images/biden.jpg
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from typing import NamedTuple

import cv2
from skimage import data


class Package(NamedTuple):
    name: str
    version: str
    form: str  # what pip takes: "binary" a wheel, "source" a source archive
    sha256: str | None  # of the package, where there is only one for all machines


class Picture(NamedTuple):
    package: Package
    member: str
    sha256: str


MATPLOTLIB = Package("matplotlib", "3.11.2", "binary", None)
FACE_RECOGNITION = Package(
    "face_recognition", "1.3.0", "source", "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec")

PICTURES = {
    "hopper": Picture(
        MATPLOTLIB, "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"),
    "obama": Picture(
        FACE_RECOGNITION, "face_recognition-1.3.0/tests/test_images/obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6"),
    "biden": Picture(
        FACE_RECOGNITION, "face_recognition-1.3.0/tests/test_images/biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c"),
}


class NoPicture(Exception):
    """A text that says what failed and what to do."""


def photograph(name, folder):
    """The photograph as BGR pixels. `folder` keeps what was fetched."""
    if name == "collins":
        return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    path = pathlib.Path(folder) / f"{name}.jpg"
    if not path.exists() or _sha256(path.read_bytes()) != PICTURES[name].sha256:
        fetch(PICTURES[name].package, folder)
    return cv2.imread(str(path))


def fetch_all(folder):
    """Fetches what is not there yet."""
    for package in {picture.package for picture in PICTURES.values()}:
        missing = [
            name for name, picture in PICTURES.items() if picture.package == package
            and not (pathlib.Path(folder) / f"{name}.jpg").exists()]
        if missing:
            fetch(package, folder)


def fetch(package, folder):
    """Downloads a package and puts its pictures into the folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="eval-pictures-") as temporary:
        archive = download(package, pathlib.Path(temporary))
        for name, picture in PICTURES.items():
            if picture.package == package:
                content = member(archive, picture.member)
                if _sha256(content) != picture.sha256:
                    raise NoPicture(f"{picture.member} of {package.name} {package.version} is not the expected file")
                partial = folder / f".{name}.{os.getpid()}"
                partial.write_bytes(content)
                partial.replace(folder / f"{name}.jpg")


def download(package, folder):
    """The archive of a package, which pip has checked. Raises NoPicture."""
    requirement = f"{package.name}=={package.version}"
    if package.sha256:
        requirement += f" --hash=sha256:{package.sha256}"
    (folder / "requirements.txt").write_text(requirement + "\n")
    form = ["--only-binary", ":all:"] if package.form == "binary" else ["--no-binary", package.name]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", *form,
         "--dest", str(folder), "--requirement", str(folder / "requirements.txt")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    archives = [path for path in folder.iterdir() if path.name != "requirements.txt"]
    if done.returncode != 0 or len(archives) != 1:
        raise NoPicture(
            f"pip could not download {package.name} {package.version}, which ships pictures for the evaluation; check the "
            f"network and pip's configuration, then run this again. pip said:\n{done.stderr.strip() or done.stdout}")
    return archives[0]


def member(archive, name):
    """A file of a wheel or of a source archive. Raises KeyError."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as source:
        return source.extractfile(name).read()


def _sha256(content):
    return hashlib.sha256(content).hexdigest()
