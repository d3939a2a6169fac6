"""Converts the BlazeFace short range model from TensorFlow Lite to ONNX.

OpenCV 4.6 reads ONNX but not TensorFlow Lite. The converter knows the operators that this one model is made of
and refuses anything else, so that a different file can never turn into a model that is silently wrong.

The layout changes from NHWC to NCHW on the way: the input becomes 1x3x128x128; the outputs stay `regressors`
1x896x16 and `classificators` 1x896x1, in the original order of anchors.
"""

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

OPSET = 11
# OpenCV 4.6 has a fast loop for depthwise 3x3 convolutions of pictures at least this wide (16 + 2), and a very slow one
# for narrower ones. Widening those with zeros, and cutting the result, takes a fifth off the whole network's time.
FAST_DEPTHWISE_WIDTH = 18
NCHW_FROM_NHWC = [0, 3, 1, 2]
NHWC_FROM_NCHW = [0, 2, 3, 1]
NUMPY_TYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
OPERATOR_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


class ConversionError(Exception):
    """The file is not the model that this converter was written for."""


def convert(model_bytes):
    """Returns the onnx.ModelProto of the TensorFlow Lite flatbuffer in `model_bytes`."""
    model = tflite.Model.GetRootAsModel(model_bytes, 0)
    if model.SubgraphsLength() != 1:
        raise ConversionError(f"the model has {model.SubgraphsLength()} graphs instead of one")
    converted = _Graph(model).convert()
    onnx.checker.check_model(converted, full_check=True)
    return converted


class _Graph:
    """One conversion: the graph that is read, and the nodes and constants written so far."""

    def __init__(self, model):
        self.model = model
        self.graph = model.Subgraphs(0)
        self.nodes = []
        self.initializers = []
        self.constants = {}

    def convert(self):
        for index in range(self.graph.OperatorsLength()):
            self._convert_operator(self.graph.Operators(index))
        inputs = [self._value_info(index, channels_first=True) for index in self.graph.InputsAsNumpy()]
        outputs = [self._value_info(index, channels_first=False) for index in self.graph.OutputsAsNumpy()]
        graph = helper.make_graph(self.nodes, "blazeface_short_range", inputs, outputs, self.initializers)
        # IR version 6 is the one that belongs to opset 11; OpenCV 4.6 warns about newer ones.
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=6, producer_name="exam-monitoring"
        )

    def _convert_operator(self, operator):
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        # Files written before the operator list outgrew a byte keep the code in the deprecated field.
        name = OPERATOR_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs = [int(index) for index in operator.InputsAsNumpy()]
        output = int(operator.OutputsAsNumpy()[0])
        handler = getattr(self, "_convert_" + name.lower(), None)
        if handler is None:
            raise ConversionError(f"operator {name} is not one that BlazeFace is made of")
        handler(operator, inputs, output)

    # Operators, named as TensorFlow Lite names them.

    def _convert_dequantize(self, _operator, inputs, output):
        """Weights stored as 16-bit floats: unpacked now instead of at every inference."""
        self.constants[output] = self._constant(inputs[0]).astype(np.float32)

    def _convert_conv_2d(self, operator, inputs, output):
        options = self._options(operator, tflite.Conv2DOptions)
        weights = self._constant(inputs[1]).transpose(0, 3, 1, 2)  # OHWI to OIHW
        self._convolution(options, inputs, output, weights, group=1)

    def _convert_depthwise_conv_2d(self, operator, inputs, output):
        options = self._options(operator, tflite.DepthwiseConv2DOptions)
        if options.DepthMultiplier() != 1:
            raise ConversionError("a depthwise convolution with a multiplier")
        weights = self._constant(inputs[1]).transpose(3, 0, 1, 2)  # 1HWC to C1HW
        self._convolution(options, inputs, output, weights, group=weights.shape[0])

    def _convolution(self, options, inputs, output, weights, group):
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise ConversionError("a dilated convolution")
        kernel = weights.shape[2:]
        strides = [options.StrideH(), options.StrideW()]
        source, pads = self._padded(inputs[0], kernel, strides, options.Padding())
        width = int(self._shape(inputs[0])[2])
        is_narrow = group > 1 and strides == [1, 1] and width < FAST_DEPTHWISE_WIDTH
        if is_narrow:
            source = self._widened(source, output, FAST_DEPTHWISE_WIDTH - width)
        result = self._activation(options, output)
        names = [
            source,
            self._add_constant(f"weights_{output}", np.ascontiguousarray(weights)),
            self._add_constant(f"bias_{output}", self._constant(inputs[2])),
        ]
        self._add(
            "Conv", names, f"wide_{output}" if is_narrow else result,
            kernel_shape=list(kernel), strides=strides, pads=pads, group=group,
        )
        if is_narrow:
            self._cut(f"wide_{output}", result, output, width)

    def _widened(self, source, output, columns):
        """The name of `source` with columns of zeros to its right."""
        pads = self._add_constant(f"widening_{output}", np.array([0, 0, 0, 0, 0, 0, 0, columns], np.int64))
        self._add("Pad", [source, pads], f"widened_{output}", mode="constant")
        return f"widened_{output}"

    def _cut(self, source, result, output, width):
        """Keeps the first `width` columns."""
        bounds = [
            self._add_constant(f"{name}_of_cut_{output}", np.array([value], np.int64))
            for name, value in (("start", 0), ("end", width), ("axis", 3))
        ]
        self._add("Slice", [source, *bounds], result)

    def _convert_max_pool_2d(self, operator, inputs, output):
        options = self._options(operator, tflite.Pool2DOptions)
        kernel = [options.FilterHeight(), options.FilterWidth()]
        strides = [options.StrideH(), options.StrideW()]
        pads = self._same_padding(inputs[0], kernel, strides, options.Padding())
        if any(pads):
            raise ConversionError("a pooling that needs padding")
        self._add("MaxPool", [_name(inputs[0])], self._activation(options, output), kernel_shape=kernel, strides=strides)

    def _convert_add(self, operator, inputs, output):
        options = self._options(operator, tflite.AddOptions)
        self._add("Add", [_name(index) for index in inputs], self._activation(options, output))

    def _convert_relu(self, _operator, inputs, output):
        self._add("Relu", [_name(inputs[0])], _name(output))

    def _convert_pad(self, _operator, inputs, output):
        by_axis = self._constant(inputs[1])[NCHW_FROM_NHWC]
        pads = np.concatenate([by_axis[:, 0], by_axis[:, 1]]).astype(np.int64)
        self._add("Pad", [_name(inputs[0]), self._add_constant(f"pads_{output}", pads)], _name(output), mode="constant")

    def _convert_reshape(self, _operator, inputs, output):
        """Only the heads reshape, and they count anchors in NHWC order."""
        transposed = f"nhwc_{output}"
        shape = self._add_constant(f"shape_{output}", self._shape(output).astype(np.int64))
        self._add("Transpose", [_name(inputs[0])], transposed, perm=NHWC_FROM_NCHW)
        self._add("Reshape", [transposed, shape], _name(output))

    def _convert_concatenation(self, operator, inputs, output):
        options = self._options(operator, tflite.ConcatenationOptions)
        self._add("Concat", [_name(index) for index in inputs], self._output_name(output), axis=options.Axis())

    # What the operators share.

    def _padded(self, source, kernel, strides, padding):
        """The name to convolve and the pads to do it with.

        OpenCV 4.6 refuses a convolution that pads one side more than the other: those get a Pad of their own.
        """
        top, left, bottom, right = self._same_padding(source, kernel, strides, padding)
        if (top, left) == (bottom, right):
            return _name(source), [top, left, bottom, right]
        padded = f"padded_{source}"
        if not any(padded in node.output for node in self.nodes):
            pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
            self._add("Pad", [_name(source), self._add_constant(f"pads_of_{source}", pads)], padded, mode="constant")
        return padded, [0, 0, 0, 0]

    def _same_padding(self, source, kernel, strides, padding):
        """TensorFlow's SAME padding, (top, left, bottom, right): the odd pixel goes to the bottom and right."""
        if padding == tflite.Padding.VALID:
            return 0, 0, 0, 0
        before, after = [], []
        for size, window, stride in zip(self._shape(source)[1:3], kernel, strides):
            total = max((-(-int(size) // stride) - 1) * stride + window - int(size), 0)
            before.append(total // 2)
            after.append(total - total // 2)
        return *before, *after

    def _activation(self, options, output):
        """The name an operator writes to, after refusing a fused activation: BlazeFace has none."""
        if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise ConversionError("a fused activation")
        return _name(output)

    def _options(self, operator, kind):
        table = operator.BuiltinOptions()
        if table is None:
            raise ConversionError(f"an operator without its {kind.__name__}")
        options = kind()
        options.Init(table.Bytes, table.Pos)
        return options

    def _constant(self, index):
        if index in self.constants:
            return self.constants[index]
        tensor = self.graph.Tensors(index)
        data = self.model.Buffers(tensor.Buffer()).DataAsNumpy()
        if tensor.Type() not in NUMPY_TYPES or not isinstance(data, np.ndarray):
            raise ConversionError(f"tensor {index} is no constant of a known type")
        return np.frombuffer(data.tobytes(), NUMPY_TYPES[tensor.Type()]).reshape(self._shape(index))

    def _shape(self, index):
        return self.graph.Tensors(index).ShapeAsNumpy()

    def _add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def _add_constant(self, name, values):
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def _output_name(self, index):
        if index in self.graph.OutputsAsNumpy():
            return self.graph.Tensors(index).Name().decode()
        return _name(index)

    def _value_info(self, index, channels_first):
        shape = self._shape(index)
        name = self._output_name(index)
        if channels_first:
            shape, name = shape[NCHW_FROM_NHWC], _name(index)
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [int(size) for size in shape])


def _name(index):
    return f"t{index}"
