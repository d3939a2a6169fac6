"""The plans that the server's own inference runs compute what their models do: OpenCV's dnn, here of another version than the
server's, is the reference; and what no plan can be made of is refused."""
import pathlib
import subprocess
import sys

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy"))
import onnx_to_plan  # noqa: E402

MODELS = {
    "blazeface_short_range": (128, 128, 1 / 127.5, 127.5, ["regressors", "classificators"]),
    "centerface": (256, 320, 1, 0, ["537", "538", "539", "540"]),
}
SIDE = 24


@pytest.fixture(scope="module")
def run_plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    sources = [ROOT / "Sources/CFaceDetector" / f"{name}.cpp" for name in ("convolution_plan", "own_inference", "kernels")]
    subprocess.run(
        ["g++", "-O2", "-std=c++17", f"-I{ROOT}/Sources/CFaceDetector", "-isystem/usr/include/opencv4",
         ROOT / "Tests/Eval/run_plan.cpp", *sources, "-o", folder / "run_plan", "-lopencv_core"], check=True)

    def run(plan, scale, mean, outputs, picture):
        (folder / "a.plan").write_bytes(plan)
        done = subprocess.run([folder / "run_plan", folder / "a.plan", str(scale), str(mean), *outputs],
                              input=picture.tobytes(), capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return np.frombuffer(done.stdout, np.float32)
    return run


def compare(run_plan, model, rows, columns, scale, mean, outputs):
    picture = np.random.default_rng(1).integers(0, 256, (rows, columns, 3), np.uint8)
    network = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    network.setInput(cv2.dnn.blobFromImage(picture, scale, (columns, rows), (mean,) * 3))
    expected = np.concatenate([tensor.ravel() for tensor in network.forward(outputs)])
    found = run_plan(onnx_to_plan.make_plan(model, rows, columns), scale, mean, outputs, picture)
    assert found.shape == expected.shape and expected.std() > 0
    # The order of the additions changes up to 0.0003 where the values are around 100.
    assert np.abs(found - expected).max() < 1e-5 * max(100, np.abs(expected).max())


@pytest.mark.parametrize("name", MODELS)
def test_a_model_and_its_plan_compute_the_same(run_plan, name):
    compare(run_plan, (ROOT / f"Models/{name}.onnx").read_bytes(), *MODELS[name])


class Network:
    """An ONNX model of the operators that plans consist of, with random weights."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants = [], []

    def constant(self, *shape, values=None, low=-1.0):
        values = self.random.uniform(low, 1, shape).astype(np.float32) if values is None else values
        self.constants.append(numpy_helper.from_array(values, f"c{len(self.constants)}"))
        return self.constants[-1].name

    def add(self, kind, *inputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [f"n{len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]

    def conv(self, source, inputs, filters, kernel=1, stride=1, pad=0, group=1):
        weights, bias = self.constant(filters, inputs // group, kernel, kernel), self.constant(filters)
        return self.add("Conv", source, weights, bias, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4, group=group)

    def separable(self, source, inputs, filters, stride=1):
        return self.conv(self.conv(source, inputs, inputs, 3, stride, 1, inputs), inputs, filters)

    def padded(self, source, *pads):
        return self.add("Pad", source, self.constant(values=np.array(pads, np.int64)), mode="constant")

    def bytes(self, **outputs):
        renamed = {node: name for name, (node, _) in outputs.items()}
        for node in self.nodes:
            node.output[0] = renamed.get(node.output[0], node.output[0])
            for index, source in enumerate(node.input):
                node.input[index] = renamed.get(source, source)
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, (_, shape) in outputs.items()], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6).SerializeToString()


@pytest.mark.parametrize("seed", range(4))
def test_every_operation_is_computed_as_opencv_does(run_plan, seed):
    network = Network(seed)
    few, many = [(5, 20), (16, 17), (3, 40), (18, 31)][seed]
    kernel, stride = [(3, 1), (5, 2), (1, 1), (3, 2)][seed]
    size = SIDE // stride // 2  # of most of it
    first = network.add("Relu", network.conv("in", 3, few, kernel, stride, kernel // 2))
    padded = network.padded(first, 0, 0, 0, 0, 0, 0, 1, 1)
    half = network.conv(network.conv(padded, few, few, 3, 2, 0, few), few, many)
    half = network.add("Relu", network.add("Relu", half) if seed == 3 else half)
    summed = network.add("Relu", network.add("Add", half, network.separable(half, many, many)))
    late = network.add("Add", network.add("Relu", network.conv(summed, many, many)), half)
    pool = network.add("MaxPool", network.padded(late, *[0] * 8), kernel_shape=[2, 2], strides=[2, 2])
    wide = network.padded(network.padded(late, 0, 0, 0, 0, 0, 0, 0, 3), *[0] * 8)
    cut = network.add("Slice", network.conv(wide, many, many, 3, 1, 1, many), *(
        network.constant(values=np.array([value], np.int64)) for value in (0, size - seed % 2, 3)))
    cut = network.conv(network.add("Relu", cut), many, few)
    quarter = network.add("Add", network.padded(pool, 0, 0, 0, 0, 0, 2, 0, 0), network.separable(late, many, many + 2, 2))
    up = network.add("ConvTranspose", network.add("Relu", quarter), network.constant(many + 2, many, 2, 2),
                     kernel_shape=[2, 2], strides=[2, 2])
    up = network.add("BatchNormalization", up, network.constant(many), network.constant(many), network.constant(many),
                     network.constant(many, low=0.5), epsilon=1e-3)
    up = network.add("Relu", up)
    end = network.add("Sigmoid", network.conv(up, many, 2))
    pixels = [network.add("Reshape", network.add("Transpose", network.conv(source, many, 3), perm=[0, 2, 3, 1]),
                          network.constant(values=np.array([1, -1, 3], np.int64))) for source in (late, up)]
    joined = network.add("Concat", *pixels, axis=1)
    model = network.bytes(end=(end, [1, 2, size, size]), joined=(joined, [1, 2 * size * size, 3]),
                          cut=(cut, [1, few, size, size - seed % 2]))
    compare(run_plan, model, SIDE, SIDE, 1 / 255, 100, ["end", "joined", "cut"])


@pytest.mark.parametrize("old, new", [("Relu", "Tanh"), ("Add", "Mul"), ("Add", "Sub"), ("MaxPool", "AveragePool")])
def test_another_operation_is_refused(old, new):
    model = onnx.load(ROOT / "Models/blazeface_short_range.onnx")
    next(node for node in model.graph.node if node.op_type == old).op_type = new
    with pytest.raises(onnx_to_plan.PlanError, match=new):
        onnx_to_plan.make_plan(model.SerializeToString(), 128, 128)


@pytest.mark.parametrize("kind, name, value", [
    ("Conv", "dilations", [2, 2]), ("Conv", "auto_pad", "SAME_UPPER"), ("Pad", "mode", "reflect"), ("Concat", "axis", 2),
    ("MaxPool", "strides", [1, 1]), ("MaxPool", "pads", [0, 0, 1, 1]), ("Transpose", "perm", [0, 3, 2, 1])])
def test_an_operation_done_otherwise_is_refused(kind, name, value):
    model = onnx.load(ROOT / "Models/blazeface_short_range.onnx")
    node = next(node for node in model.graph.node if node.op_type == kind)
    kept = [item for item in node.attribute if item.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])
    with pytest.raises(onnx_to_plan.PlanError, match=kind):
        onnx_to_plan.make_plan(model.SerializeToString(), 128, 128)
