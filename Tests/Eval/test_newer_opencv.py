"""The server reads its models by OpenCV's layers, whatever version of OpenCV reads the file: 4.6 is Debian 12's, and the one in
this environment is newer."""
import pathlib
import subprocess

import cv2
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = {
    "blazeface_short_range.onnx": (128, 128, ["regressors", "classificators"]),
    "centerface.onnx": (224, 320, ["537", "538", "539", "540"]),
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    program = tmp_path_factory.mktemp("reader") / "layers_as_read"
    sources = [ROOT / "Sources/CFaceDetector" / name for name in ("convolution_graph.cpp", "network.cpp")]
    subprocess.run(
        ["g++", "-O0", "-std=c++17", f"-I{ROOT}/Sources/CFaceDetector", "-isystem/usr/include/opencv4",
         ROOT / "Tests/Eval/layers_as_read.cpp", *sources, "-o", program, "-lopencv_core", "-lopencv_imgproc", "-lopencv_dnn"],
        check=True)
    return program


@pytest.mark.parametrize("model", MODELS)
def test_layers_of_a_newer_opencv_are_read_alike(reader, model):
    assert tuple(map(int, cv2.__version__.split(".")[:2])) >= (4, 7)
    rows, columns, outputs = MODELS[model]
    path = str(ROOT / "Models" / model)
    net = cv2.dnn.readNetFromONNX(path)
    layers = {name: net.getLayer(net.getLayerId(name)).type for name in net.getLayerNames()}
    assert "NaryEltwise" in layers.values()

    def read(names):
        return subprocess.run([reader, path, str(rows), str(columns), *outputs], text=True, capture_output=True,
                              input="".join(f"{name} {names[name]}\n" for name in names))
    newer, older = read(layers), read({})
    assert newer.returncode == 0, newer.stdout
    assert int(newer.stdout.split()[0]) == len(layers), "both versions have the same layers"
    assert newer.stdout.split()[1:] == older.stdout.split()[1:] and int(newer.stdout.split()[1]) > 20
    unknown = read({name: "Eltwise9" for name, kind in layers.items() if kind == "NaryEltwise"})
    assert unknown.returncode == 1 and "Eltwise9" in unknown.stdout
