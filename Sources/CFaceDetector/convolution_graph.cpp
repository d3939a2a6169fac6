#include "convolution_graph.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/dnn/all_layers.hpp>

#include "network.h"

namespace examface {
namespace {

using cv::dnn::Layer;
using cv::dnn::MatShape;

/// What a layer gives.
struct Value {
  enum Kind {
    /// An activation, perhaps read from elsewhere than its first pixel.
    stored,
    /// The largest of two by two pixels of an activation.
    pooled,
    /// A step that lacks its convolution over all channels.
    depthwise,
    /// A step that may still get a sum and a rectifier.
    dense,
    /// Activations joined to an output.
    joined,
  };
  Kind kind;
  int activation = -1;
  int row_origin = 0;
  int column_origin = 0;
  ConvolutionGraph::Step step{};
  /// The step is a transposed convolution: its weights are input channels x output channels x 2 x 2.
  bool is_transposed = false;
  ConvolutionGraph::Output output{};
};

class Reader {
 public:
  Reader(ConvolutionGraph &graph, cv::dnn::Net net, const std::string &path, cv::Size canvas)
      : graph_(graph), net_(std::move(net)), path_(path) {
    std::vector<std::vector<MatShape>> in, out;
    std::vector<int> ids;
    net_.getLayersShapes(MatShape{1, 3, canvas.height, canvas.width}, ids, in, out);
    for (size_t index = 0; index < ids.size(); index++) {
      in_shapes_[ids[index]] = in[index];
      out_shapes_[ids[index]] = out[index];
    }
    graph_.activations.push_back({canvas.height, canvas.width, 3});
    values_[0] = {Value::stored, 0};
  }

  void read() {
    for (const std::string &name : net_.getLayerNames()) {
      const int id = net_.getLayerId(name);
      read(id, *net_.getLayer(id));
    }
  }

  const ConvolutionGraph::Output &output(const std::string &name) {
    const int id = net_.getLayerId(name);
    require(id > 0 && values_[id].kind == Value::joined, "it has no output " + name);
    return values_[id].output;
  }

 private:
  void require(bool condition, const std::string &text) const {
    if (!condition) {
      throw BadModel(path_ + " is another model: " + text);
    }
  }

  /// Where a layer does what this reader does not know.
  void require_known(bool known, const Layer &layer) const {
    require(known, "its operation " + layer.type + " (" + layer.name + ") is not known, or not in this place");
  }

  void read(int id, Layer &layer) {
    const auto inputs = net_.getLayerInputs(id);
    std::vector<int> from;
    for (const auto &input : inputs) {
      from.push_back(input->name == "_input" ? 0 : net_.getLayerId(input->name));
    }
    require_known(!from.empty() && in_shapes_[id].size() == from.size() && out_shapes_[id].size() == 1, layer);
    const std::string &type = layer.type;
    const Value &value = values_[from[0]];
    if (type == "Padding") {
      values_[id] = padded(id, layer, stored(from[0]));
    } else if (type == "Convolution") {
      values_[id] = convolved(id, layer, value.kind == Value::depthwise ? value : stored(from[0]));
    } else if (type == "Deconvolution") {
      values_[id] = deconvolved(id, layer, stored(from[0]));
    } else if (type == "BatchNorm") {
      values_[id] = scaled(layer, value);
    } else if (type == "Slice") {
      values_[id] = sliced(id, layer, value);
    } else if (type == "Pooling") {
      values_[id] = pooled(layer, stored(from[0]));
    } else if (type == "Eltwise" || type == "NaryEltwise") {
      // OpenCV 4.7 and newer read every sum as one of any number of addends.
      require_known(from.size() == 2, layer);
      // The later one waits for its sum; the earlier one is there already, or is now.
      const bool is_second = values_[from[1]].kind == Value::dense;
      values_[id] = sum(id, layer, values_[from[is_second ? 1 : 0]], stored(from[is_second ? 0 : 1]));
    } else if (type == "ReLU") {
      values_[id] = rectified(layer, value);
    } else if (type == "Permute") {
      require_known(value.kind == Value::dense && out_shapes_[id][0][3] == in_shapes_[id][0][1], layer);
      values_[id] = joined({stored(from[0]).activation}, false, false);
    } else if (type == "Sigmoid" || (type == "Identity" && value.kind == Value::dense)) {
      require_known(value.kind == Value::dense, layer);
      values_[id] = joined({stored(from[0]).activation}, true, type == "Sigmoid");
    } else if (type == "Reshape" || type == "Identity") {
      require_known(value.kind == Value::joined && (type == "Identity" || !value.output.is_planar), layer);
      values_[id] = value;
    } else if (type == "Concat") {
      std::vector<int> parts;
      for (const int input : from) {
        const ConvolutionGraph::Output &output = values_[input].output;
        require_known(values_[input].kind == Value::joined && !output.is_planar, layer);
        parts.insert(parts.end(), output.parts.begin(), output.parts.end());
      }
      values_[id] = joined(std::move(parts), false, false);
    } else {
      require_known(false, layer);
    }
  }

  static Value joined(std::vector<int> parts, bool is_planar, bool has_sigmoid) {
    Value value{Value::joined};
    value.output = {std::move(parts), is_planar, has_sigmoid};
    return value;
  }

  Value rectified(const Layer &layer, const Value &value) const {
    const auto *rectifier = dynamic_cast<const cv::dnn::ReLULayer *>(&layer);
    require_known(rectifier != nullptr && rectifier->negativeSlope == 0, layer);
    Value result = value;
    if (value.kind == Value::depthwise) {
      result.step.rectifies_depthwise = true;
    } else {
      require_known(value.kind == Value::dense && !value.step.adds_last, layer);
      result.step.rectifies = true;
    }
    return result;
  }

  Value padded(int id, const Layer &layer, const Value &value) {
    const MatShape &in = in_shapes_[id][0], &out = out_shapes_[id][0];
    require_known(in.size() == 4 && out.size() == 4, layer);
    const int rows = out[2] - in[2];
    const int columns = out[3] - in[3];
    // More channels cost nothing: what has fewer adds nothing to the others.
    require_known(value.kind == Value::stored || (value.kind == Value::pooled && rows == 0 && columns == 0), layer);
    Value result = value;
    // As TensorFlow pads: the odd pixel comes last. What gets columns only gets them at the end, to be cut off again.
    if (rows > 0) {
      result.row_origin -= rows / 2;
      result.column_origin -= columns / 2;
    }
    return result;
  }

  static std::vector<float> floats(const cv::Mat &mat) {
    return std::vector<float>(mat.begin<float>(), mat.end<float>());
  }

  Value convolved(int id, const Layer &layer, const Value &value) {
    const auto *convolution = dynamic_cast<const cv::dnn::BaseConvolutionLayer *>(&layer);
    require_known(convolution != nullptr && !layer.blobs.empty() && layer.blobs[0].dims == 4, layer);
    const cv::Mat weights = layer.blobs[0].clone();
    require_known(weights.type() == CV_32F, layer);
    const int channels = in_shapes_[id][0][1];
    const int filters = weights.size[0];
    const auto &strides = convolution->strides;
    const auto &pads = convolution->pads_begin;
    require_known(
        strides.size() == 2 && strides[0] == strides[1] && pads.size() == 2 && convolution->padMode.empty() &&
            convolution->dilations == std::vector<size_t>{1, 1},
        layer);
    const std::vector<float> bias =
        layer.blobs.size() > 1 ? floats(layer.blobs[1]) : std::vector<float>(static_cast<size_t>(filters), 0.f);
    require_known(bias.size() == static_cast<size_t>(filters), layer);

    const bool is_dense = weights.size[1] == channels;
    if (value.kind == Value::depthwise) {
      require_known(is_dense && weights.size[2] == 1 && weights.size[3] == 1 && strides[0] == 1 && pads[0] == 0, layer);
      Value result = value;
      result.kind = Value::dense;
      result.step.weights = weights;
      result.step.bias = bias;
      return result;
    }
    require_known(value.kind == Value::stored, layer);
    Value result{is_dense ? Value::dense : Value::depthwise};
    result.step.in = value.activation;
    result.step.stride = static_cast<int>(strides[0]);
    result.step.row_origin = value.row_origin - static_cast<int>(pads[0]);
    result.step.column_origin = value.column_origin - static_cast<int>(pads[1]);
    if (is_dense) {
      result.step.weights = weights;
      result.step.bias = bias;
    } else {
      require_known(
          weights.size[1] == 1 && filters == channels && weights.size[2] == 3 && weights.size[3] == 3 &&
              strides[0] <= 2,
          layer);
      result.step.depthwise_weights = weights;
      result.step.depthwise_bias = bias;
    }
    return result;
  }

  Value deconvolved(int id, const Layer &layer, const Value &value) const {
    const MatShape &in = in_shapes_.at(id)[0], &out = out_shapes_.at(id)[0];
    require_known(is_plain(value) && layer.blobs.size() == 1, layer);
    Value result{Value::dense};
    result.is_transposed = true;
    result.step.in = value.activation;
    result.step.weights = layer.blobs[0].clone();
    result.step.bias.resize(static_cast<size_t>(out[1]));
    const cv::Mat &weights = result.step.weights;
    require_known(
        weights.dims == 4 && weights.type() == CV_32F && weights.size[0] == in[1] && weights.size[1] == out[1] &&
            weights.size[2] == 2 && weights.size[3] == 2 && out[2] == 2 * in[2] && out[3] == 2 * in[3],
        layer);
    return result;
  }

  /// A batch normalization goes into the weights of the transposed convolution before it.
  Value scaled(const Layer &layer, const Value &value) const {
    const auto *batch = dynamic_cast<const cv::dnn::BatchNormLayer *>(&layer);
    Value result = value;
    ConvolutionGraph::Step &step = result.step;
    require_known(
        value.kind == Value::dense && value.is_transposed && !step.rectifies && batch != nullptr && batch->hasWeights &&
            batch->hasBias && layer.blobs.size() == 4,
        layer);
    // Means, variances, scales, shifts.
    std::vector<float> blobs[4];
    for (size_t index = 0; index < 4; index++) {
      blobs[index] = floats(layer.blobs[index]);
      require_known(blobs[index].size() == step.bias.size(), layer);
    }
    step.weights = step.weights.clone();
    for (int filter = 0; filter < step.weights.size[1]; filter++) {
      const size_t index = static_cast<size_t>(filter);
      const float factor = blobs[2][index] / std::sqrt(blobs[1][index] + batch->epsilon);
      for (int channel = 0; channel < step.weights.size[0]; channel++) {
        for (int tap = 0; tap < 4; tap++) {
          step.weights.ptr<float>(channel, filter)[tap] *= factor;
        }
      }
      step.bias[index] = (step.bias[index] - blobs[0][index]) * factor + blobs[3][index];
    }
    return result;
  }

  Value sliced(int id, const Layer &layer, const Value &value) {
    const auto *slice = dynamic_cast<const cv::dnn::SliceLayer *>(&layer);
    require_known(
        value.kind == Value::depthwise && slice != nullptr && slice->sliceRanges.size() == 1 &&
            slice->sliceRanges[0].size() == 4 && slice->sliceSteps.empty() &&
            in_shapes_[id][0][1] == out_shapes_[id][0][1],
        layer);
    Value result = value;
    result.step.row_origin += result.step.stride * slice->sliceRanges[0][2].start;
    result.step.column_origin += result.step.stride * slice->sliceRanges[0][3].start;
    return result;
  }

  Value pooled(const Layer &layer, const Value &value) {
    const auto *pooling = dynamic_cast<const cv::dnn::PoolingLayer *>(&layer);
    const std::vector<size_t> two{2, 2}, none{0, 0};
    require_known(
        is_plain(value) && pooling != nullptr && pooling->kernel_size == two && pooling->strides == two &&
            pooling->pads_begin == none && pooling->pads_end == none && !pooling->globalPooling,
        layer);
    return {Value::pooled, value.activation};
  }

  Value sum(int id, const Layer &layer, const Value &value, const Value &other) {
    Value result = value;
    require_known(
        result.kind == Value::dense && !result.is_transposed && result.step.added < 0 &&
            (is_plain(other) || other.kind == Value::pooled),
        layer);
    const ConvolutionGraph::Activation &added = graph_.activations[static_cast<size_t>(other.activation)];
    const MatShape &shape = out_shapes_[id][0];
    const int factor = other.kind == Value::pooled ? 2 : 1;
    require_known(
        added.rows == factor * shape[2] && added.columns == factor * shape[3] && added.channels <= shape[1], layer);
    result.step.added = other.activation;
    result.step.adds_pooled = other.kind == Value::pooled;
    result.step.adds_last = result.step.rectifies;
    return result;
  }

  static bool is_plain(const Value &value) {
    return value.kind == Value::stored && value.row_origin == 0 && value.column_origin == 0;
  }

  /// What a layer gives as something to read from: a step that could have got more ends here.
  const Value &stored(int id) {
    Value &value = values_[id];
    if (value.kind == Value::dense) {
      const int out = static_cast<int>(graph_.activations.size());
      const MatShape &shape = out_shapes_[id][0];
      graph_.activations.push_back({shape[2], shape[3], shape[1]});
      value.step.out = out;
      if (value.is_transposed) {
        spread(value.step);
      } else {
        require_border(value.step, shape);
        graph_.steps.push_back(value.step);
      }
      value = {Value::stored, out};
    }
    return value;
  }

  /// The zeros that a step reads beyond its input.
  void require_border(const ConvolutionGraph::Step &step, const MatShape &out) {
    ConvolutionGraph::Activation &in = graph_.activations[static_cast<size_t>(step.in)];
    const cv::Mat &kernel = step.depthwise_weights.empty() ? step.weights : step.depthwise_weights;
    const int below = step.stride * (out[2] - 1) + step.row_origin + kernel.size[2] - in.rows;
    const int right = step.stride * (out[3] - 1) + step.column_origin + kernel.size[3] - in.columns;
    in.border = std::max({in.border, -step.row_origin, -step.column_origin, below, right});
  }

  /// A transposed convolution is four pointwise ones, each for every second row and column of the output.
  void spread(const ConvolutionGraph::Step &step) {
    const int channels = step.weights.size[0];
    const int filters = step.weights.size[1];
    for (int tap = 0; tap < 4; tap++) {
      ConvolutionGraph::Step part = step;
      part.spread = 2;
      part.row_phase = tap / 2;
      part.column_phase = tap % 2;
      part.weights = cv::Mat(std::vector<int>{filters, channels, 1, 1}, CV_32F);
      for (int filter = 0; filter < filters; filter++) {
        for (int channel = 0; channel < channels; channel++) {
          *part.weights.ptr<float>(filter, channel) = step.weights.ptr<float>(channel, filter)[tap];
        }
      }
      graph_.steps.push_back(part);
    }
  }

  ConvolutionGraph &graph_;
  cv::dnn::Net net_;
  const std::string &path_;
  std::map<int, std::vector<MatShape>> in_shapes_, out_shapes_;
  std::map<int, Value> values_;
};

}  // namespace

ConvolutionGraph::ConvolutionGraph(
    cv::dnn::Net net, const std::string &path, cv::Size canvas, const std::vector<std::string> &names) {
  Reader reader(*this, std::move(net), path, canvas);
  reader.read();
  for (const std::string &name : names) {
    outputs.push_back(reader.output(name));
  }
}

}  // namespace examface
