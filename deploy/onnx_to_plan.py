#!/usr/bin/env python3
"""Makes the execution plan of a face detection model: what the server's own inference computes, step by step.

Usage: onnx_to_plan.py MODEL.onnx ROWS COLUMNS        (CenterFace: 256 320, BlazeFace: 128 128)

Writes MODEL.plan beside the model. docs/model-plan.md describes the file. The maker knows the operators that networks of
depthwise and pointwise convolutions are made of, each in the places where the server's kernels can do it, and refuses
anything else, so that a plan never computes something other than its model.
"""

import dataclasses
import hashlib
import pathlib
import struct
import sys
import zlib

import numpy as np
import onnx
from onnx import helper, numpy_helper

MAGIC = b"EXAMPLAN"
VERSION = 1
# Channels are stored in blocks of this size: kBlock in Sources/CFaceDetector/kernels.h.
BLOCK = 16
DEPTHWISE, RECTIFIES_DEPTHWISE, TRANSPOSED, RECTIFIES, ADDS_POOLED, ADDS_LAST = (1 << bit for bit in range(6))
PLANAR, SIGMOID = 1, 2
INPUT_CHANNELS = 3


class PlanError(Exception):
    """The model contains something that the server's own inference does not support."""


@dataclasses.dataclass
class Step:
    """A convolution over all channels, optionally preceded by a depthwise 3x3, and followed by a sum and a rectifier."""

    source: int
    shape: tuple = ()  # rows, columns, channels of what it gives
    flags: int = 0
    stride: int = 1
    row_origin: int = 0
    column_origin: int = 0
    added: int = 0
    border: int = 0
    depthwise: tuple = ()  # weights (channels x 1 x 3 x 3), bias
    weights: np.ndarray = None  # output channels x input channels x rows x columns
    bias: np.ndarray = None


@dataclasses.dataclass
class Value:
    """What a node produces: an activation `stored`, `pooled` by two and two or read with an offset; a step
    that lacks its convolution over all channels (`depthwise`) or may still get a sum and a rectifier (`dense`); or
    activations `joined` to an output."""

    kind: str
    shape: tuple | None  # channels, rows, columns as the model has them; None once they are joined
    activation: int = 0
    row_origin: int = 0
    column_origin: int = 0
    step: Step = None
    parts: tuple = ()
    flags: int = 0

    @property
    def is_plain(self):
        return self.kind == "stored" and self.row_origin == self.column_origin == 0


def make_plan(model_bytes, rows, columns):
    """The bytes of the plan of the ONNX model in `model_bytes`, for pictures of this size."""
    return _Maker(onnx.load_model_from_string(model_bytes), rows, columns).plan(hashlib.sha256(model_bytes).digest())


class _Maker:
    def __init__(self, model, rows, columns):
        self.graph = model.graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in self.graph.initializer}
        [source] = [value.name for value in self.graph.input if value.name not in self.constants
                    and len(value.type.tensor_type.shape.dim) == 4]
        self.size = rows, columns
        self.input_border = 0
        self.steps = []
        self.values = {source: Value("stored", (INPUT_CHANNELS, rows, columns))}

    def plan(self, digest):
        for node in self.graph.node:
            handler = getattr(self, "_" + node.op_type.lower(), None)
            self._require(handler and len(node.output) == 1, node)
            attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
            sources = [self.values.get(name) for name in node.input]
            self._require(sources and sources[0], node)
            self.values[node.output[0]] = handler(node, attributes, *sources)
        outputs = b"".join(self._output(value.name) for value in self.graph.output)
        head = struct.pack("<32s6I", digest, *self.size, self.input_border, len(self.steps), len(self.graph.output), BLOCK)
        content = head + b"".join(map(self._record, self.steps)) + outputs
        # The weights begin at whole blocks of the file, as the kernels require.
        content += bytes(-(len(MAGIC) + 8 + len(content)) % (4 * BLOCK))
        content += b"".join(self._packed(step) for step in self.steps)
        return MAGIC + struct.pack("<II", VERSION, zlib.crc32(content)) + content

    def _require(self, condition, node):
        if not condition:
            raise PlanError(f"its operation {node.op_type} ({node.name or node.output[0]}) is not known, or not in this place; "
                            "OpenCV's inference may know it (face_backend: opencv)")

    # Operators, named as ONNX names them.

    def _pad(self, node, attributes, value, *_):
        pads = self.constants.get(node.input[1]) if len(node.input) > 1 else None
        fill = self.constants[node.input[2]] if len(node.input) > 2 else 0
        self._require(attributes.get("mode", b"constant") == b"constant" and np.all(fill == 0), node)
        self._require(pads is not None and len(pads) == 8 and min(pads) >= 0, node)
        images, channels, top, left, images_behind, channels_behind, bottom, right = map(int, pads)
        self._require(images == images_behind == channels == 0, node)
        value = self._stored(value) if value.kind != "pooled" else value
        moves = top or left or bottom or right
        # More channels cost nothing: an activation with fewer adds nothing to the others.
        self._require(value.kind == "stored" or value.kind == "pooled" and not moves, node)
        shape = value.shape[0] + channels_behind, value.shape[1] + top + bottom, value.shape[2] + left + right
        return dataclasses.replace(
            value, shape=shape, row_origin=value.row_origin - top, column_origin=value.column_origin - left)

    def _conv(self, node, attributes, value, *_):
        weights, bias = self._weights(node, 0)
        strides, pads = attributes.get("strides", [1, 1]), attributes.get("pads", [0, 0, 0, 0])
        filters, inputs, *kernel = weights.shape
        channels, rows, columns = value.shape
        self._require(attributes.get("auto_pad", b"NOTSET") == b"NOTSET" and len(kernel) == 2, node)
        self._require(attributes.get("dilations", [1, 1]) == [1, 1] and strides[0] == strides[1] and strides[0] <= 2, node)
        size = [(length + pads[axis] + pads[axis + 2] - kernel[axis]) // strides[axis] + 1
                for axis, length in enumerate((rows, columns))]
        is_dense = inputs == channels
        self._require(attributes.get("group", 1) == (1 if is_dense else channels), node)
        if value.kind == "depthwise":
            self._require(is_dense and kernel == [1, 1] and strides[0] == 1 and not any(pads), node)
            step = dataclasses.replace(value.step, weights=weights, bias=bias)
            return Value("dense", (filters, *size), step=step)
        value = self._stored(value)
        self._require(value.kind == "stored", node)
        step = Step(value.activation, stride=strides[0], row_origin=value.row_origin - pads[0],
                    column_origin=value.column_origin - pads[1])
        if is_dense:
            # Channels added by padding are zeros, and get no weights.
            stored = self._channels(value.activation)
            return Value("dense", (filters, *size), step=dataclasses.replace(step, weights=weights[:, :stored], bias=bias))
        self._require(inputs == 1 and filters == channels == self._channels(value.activation) and kernel == [3, 3], node)
        self._require(value.activation > 0, node)
        return Value("depthwise", (filters, *size),
                     step=dataclasses.replace(step, flags=DEPTHWISE, depthwise=(weights, bias)))

    def _convtranspose(self, node, attributes, value, *_):
        value = self._stored(value)
        weights, bias = self._weights(node, 1)
        channels, rows, columns = value.shape
        usual = {"pads": [0, 0, 0, 0], "dilations": [1, 1], "group": 1, "output_padding": [0, 0]}
        self._require(value.is_plain and weights.shape[2:] == (2, 2) and weights.shape[0] == channels, node)
        self._require(self._channels(value.activation) == channels and attributes.get("strides") == [2, 2], node)
        self._require(all(attributes.get(name, item) == item for name, item in usual.items()), node)
        self._require(attributes.get("auto_pad", b"NOTSET") == b"NOTSET" and "output_shape" not in attributes, node)
        step = Step(value.activation, flags=TRANSPOSED, weights=weights, bias=bias)
        return Value("dense", (weights.shape[1], 2 * rows, 2 * columns), step=step)

    def _batchnormalization(self, node, attributes, value, *_):
        """Merged into the weights of the transposed convolution before it."""
        self._require(value.kind == "dense" and value.step.flags == TRANSPOSED and not attributes.get("training_mode"), node)
        scale, shift, mean, variance = (self.constants[name] for name in node.input[1:])
        factor = scale / np.sqrt(variance + np.float32(attributes.get("epsilon", 1e-5)))
        step = dataclasses.replace(value.step, weights=value.step.weights * factor[None, :, None, None],
                                   bias=(value.step.bias - mean) * factor + shift)
        return dataclasses.replace(value, step=step)

    def _slice(self, node, _attributes, value, *_):
        starts, ends, axes, *steps = (self.constants[name] for name in node.input[1:])
        self._require(value.kind == "depthwise" and all(step == 1 for [step] in steps), node)
        shape, step = list(value.shape), value.step
        for start, end, axis in zip(starts, ends, axes):
            self._require(axis in (2, 3) and 0 <= start < end <= shape[axis - 1], node)
            origin = {2: "row_origin", 3: "column_origin"}[int(axis)]
            step = dataclasses.replace(step, **{origin: getattr(step, origin) + step.stride * int(start)})
            shape[axis - 1] = int(end - start)
        return dataclasses.replace(value, shape=tuple(shape), step=step)

    def _maxpool(self, node, attributes, value, *_):
        value = self._stored(value)
        usual = {"pads": [0, 0, 0, 0], "dilations": [1, 1], "ceil_mode": 0, "auto_pad": b"NOTSET", "storage_order": 0}
        self._require(value.is_plain and attributes["kernel_shape"] == attributes.get("strides") == [2, 2], node)
        self._require(all(attributes.get(name, item) == item for name, item in usual.items()), node)
        self._require(value.shape[1] % 2 == 0 and value.shape[2] % 2 == 0, node)
        return Value("pooled", (value.shape[0], value.shape[1] // 2, value.shape[2] // 2), value.activation)

    def _add(self, node, _attributes, first, second):
        self._require(second is not None and first.shape == second.shape, node)
        # The later one waits for its sum; the earlier one exists already, or does now.
        waits, other = (second, first) if second.kind == "dense" else (first, second)
        other = other if other.kind == "pooled" else self._stored(other)
        self._require(waits.kind == "dense" and not waits.step.flags & TRANSPOSED and not waits.step.added, node)
        self._require((other.is_plain or other.kind == "pooled") and other.activation > 0, node)
        flags = waits.step.flags | (ADDS_POOLED if other.kind == "pooled" else 0)
        flags |= ADDS_LAST if flags & RECTIFIES else 0
        return dataclasses.replace(waits, step=dataclasses.replace(waits.step, flags=flags, added=other.activation))

    def _relu(self, node, _attributes, value):
        self._require(value.kind in ("depthwise", "dense") and not value.step.flags & ADDS_LAST, node)
        flag = RECTIFIES_DEPTHWISE if value.kind == "depthwise" else RECTIFIES
        return dataclasses.replace(value, step=dataclasses.replace(value.step, flags=value.step.flags | flag))

    def _transpose(self, node, attributes, value):
        self._require(value.kind == "dense" and attributes["perm"] == [0, 2, 3, 1], node)
        return Value("joined", None, parts=(self._stored(value).activation,))

    def _sigmoid(self, node, _attributes, value):
        self._require(value.kind == "dense", node)
        return Value("joined", None, parts=(self._stored(value).activation,), flags=PLANAR | SIGMOID)

    def _reshape(self, node, _attributes, value, *_):
        self._require(value.kind == "joined" and not value.flags, node)
        return value

    def _concat(self, node, attributes, *values):
        # Pixels one after the other, each with all its values: what outputs are concatenated from.
        self._require(all(value and value.kind == "joined" and not value.flags for value in values), node)
        self._require(attributes["axis"] == 1, node)
        return Value("joined", None, parts=tuple(part for value in values for part in value.parts))

    # What they share.

    def _weights(self, node, filters_axis):
        weights = self.constants.get(node.input[1])
        self._require(weights is not None and weights.dtype == np.float32 and weights.ndim == 4, node)
        bias = self.constants[node.input[2]] if len(node.input) > 2 else np.zeros(weights.shape[filters_axis], np.float32)
        self._require(bias.dtype == np.float32 and bias.shape == (weights.shape[filters_axis],), node)
        return weights, bias

    def _channels(self, activation):
        return self.steps[activation - 1].shape[2] if activation else INPUT_CHANNELS

    def _stored(self, value):
        """The value as something to read from: a step that could have been extended ends here."""
        if value.kind == "dense":
            channels, rows, columns = value.shape
            step = value.step
            step.shape = rows, columns, channels
            self._widen_border(step)
            self.steps.append(step)
            for name in [name for name, other in self.values.items() if other is value]:
                self.values[name] = Value("stored", value.shape, len(self.steps))
            return Value("stored", value.shape, len(self.steps))
        return value

    def _widen_border(self, step):
        """Provides the zeros that a step reads beyond its input."""
        if step.flags & TRANSPOSED:
            return
        shape = self.steps[step.source - 1].shape if step.source else self.size
        kernel = (3, 3) if step.flags & DEPTHWISE else step.weights.shape[2:]
        behind = [step.stride * (step.shape[axis] - 1) + origin + kernel[axis] - shape[axis]
                  for axis, origin in enumerate((step.row_origin, step.column_origin))]
        border = max(0, -step.row_origin, -step.column_origin, *behind)
        if step.source:
            self.steps[step.source - 1].border = max(self.steps[step.source - 1].border, border)
        else:
            self.input_border = max(self.input_border, border)

    # The file.

    def _record(self, step):
        kernel = (1, 1) if step.flags & TRANSPOSED else step.weights.shape[2:]
        return struct.pack("<7I2i3I", step.source, *step.shape, step.border, step.flags, step.stride, step.row_origin,
                           step.column_origin, *kernel, step.added)

    def _output(self, name):
        value = self.values[name]
        if value.kind == "dense":
            value = Value("joined", None, parts=(self._stored(value).activation,), flags=PLANAR)
        if value.kind != "joined" or len(name.encode()) > 16:
            raise PlanError(f"its output {name} is not one that the server can read")
        return struct.pack(f"<16s2I{len(value.parts)}I", name.encode(), value.flags, len(value.parts), *value.parts)

    def _packed(self, step):
        parts = []
        if step.flags & DEPTHWISE:
            weights, bias = step.depthwise
            parts += [_blocks(bias), _blocks(weights.reshape(-1, 9).T)]
        taps = [step.weights]
        if step.flags & TRANSPOSED:
            # Four pointwise convolutions, each for every second row and column of the output.
            taps = [step.weights[:, :, tap // 2, tap % 2].T[:, :, None, None] for tap in range(4)]
        # The stored channels of each pixel, but only the existing ones of the last pixel of a kernel row.
        stored = INPUT_CHANNELS if step.source == 0 else -(-taps[0].shape[1] // BLOCK) * BLOCK
        parts.append(_blocks(step.bias))
        for weights in taps:
            filters, inputs, rows, columns = weights.shape
            by_row = np.zeros((rows, columns * stored, filters), np.float32)
            for column in range(columns):
                by_row[:, column * stored : column * stored + inputs] = weights[:, :, :, column].transpose(2, 1, 0)
            by_row = by_row[:, : (columns - 1) * stored + inputs]
            padded = np.zeros((*by_row.shape[:2], -(-filters // BLOCK) * BLOCK), np.float32)
            padded[:, :, :filters] = by_row
            parts.append(padded.reshape(rows, -1, padded.shape[2] // BLOCK, BLOCK).transpose(2, 0, 1, 3))
        return b"".join(np.ascontiguousarray(part, "<f4").tobytes() for part in parts)


def _blocks(values):
    """Floats with the last axis, the channels, padded with zeros to whole blocks."""
    padding = [(0, 0)] * (values.ndim - 1) + [(0, -values.shape[-1] % BLOCK)]
    return np.pad(values, padding)


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    model = pathlib.Path(sys.argv[1])
    try:
        plan = make_plan(model.read_bytes(), int(sys.argv[2]), int(sys.argv[3]))
    except (PlanError, OSError, ValueError, TypeError, KeyError) as error:
        print(f"onnx_to_plan: {model}: {error}", file=sys.stderr)
        return 1
    # Atomically: a server that starts meanwhile reads the old one or the new one.
    part = model.with_suffix(".plan.part")
    part.write_bytes(plan)
    part.replace(model.with_suffix(".plan"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
