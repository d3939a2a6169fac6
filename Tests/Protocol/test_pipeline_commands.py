"""What the program tells operators about their pipeline files."""
import json
import os
import subprocess

import pytest

from support.server import BINARY, ROOT


def pipelines(*arguments):
    return subprocess.run([BINARY, "pipelines", *map(str, arguments)], cwd=ROOT, env=os.environ, capture_output=True, text=True)


def test_a_file_is_explained():
    file = ROOT / "Pipelines/video-x-vp8.launch"
    told = pipelines("explain", file)
    assert told.returncode == 0
    line = file.read_text().splitlines().index("! vp8dec name=decoder threads=1") + 1
    assert f"decoder (vp8dec), line {line}: " in told.stdout and "threads=1, set here; default 0; 0 to 16" in told.stdout
    assert told.stdout.index("ingest (appsrc)") < told.stdout.index("decoder (vp8dec)") < told.stdout.index("focus (appsink)")
    elements = json.loads(pipelines("explain", "--json", file).stdout)["elements"]
    decoder = next(element for element in elements if element["name"] == "decoder")
    threads = next(property for property in decoder["properties"] if property["name"] == "threads")
    assert {"value": "1", "default": "0", "range": "0 to 16"}.items() <= threads.items()
    assert len(pipelines("explain", "--all", file).stdout) > 2 * len(told.stdout)


@pytest.mark.parametrize("command", ["explain", "check"])
def test_what_is_missing_is_named_with_debians_package(tmp_path, command):
    file = tmp_path / "video-x-vp8.launch"
    text = (ROOT / "Pipelines/video-x-vp8.launch").read_text()
    # Of a package that the server does not need.
    file.write_text(text.replace("! tee name=decoded", "! gtksink ! tee name=decoded"))
    told = pipelines(command, file)
    assert told.returncode == 1
    line = file.read_text().splitlines().index("! gtksink ! tee name=decoded") + 1
    assert f'video-x-vp8.launch:{line}: no element "gtksink"' in told.stdout + told.stderr
    known = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True).stdout
    # Where apt has no list of packages, nothing can be said.
    advice = "Debian's package gstreamer1.0-gtk3 has gtksink (apt install gstreamer1.0-gtk3)"
    assert (advice in told.stdout + told.stderr) == ("\nPackage: gstreamer1.0-gtk3\n" in known)
    file.write_text(text.replace("vp8dec", "vp8decc"))
    told = pipelines(command, file)
    assert 'no element "vp8decc"' in told.stdout + told.stderr and "Debian's package" not in told.stdout + told.stderr
