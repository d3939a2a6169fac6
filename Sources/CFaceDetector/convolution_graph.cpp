#include "convolution_graph.h"

#include <algorithm>
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
  std::vector<int> parts{};
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

  const std::vector<int> &parts(const std::string &output) {
    const int id = net_.getLayerId(output);
    require(id > 0 && values_[id].kind == Value::joined, "it has no output " + output);
    return values_[id].parts;
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
    Value &value = values_[from[0]];
    if (layer.type == "Padding") {
      values_[id] = padded(id, layer, value);
    } else if (layer.type == "Convolution") {
      values_[id] = convolved(id, layer, value);
    } else if (layer.type == "Slice") {
      values_[id] = sliced(id, layer, value);
    } else if (layer.type == "Pooling") {
      values_[id] = pooled(layer, value);
    } else if (layer.type == "Eltwise") {
      require_known(from.size() == 2, layer);
      values_[id] = sum(id, layer, value, values_[from[1]]);
    } else if (layer.type == "ReLU") {
      const auto *rectifier = dynamic_cast<cv::dnn::ReLULayer *>(&layer);
      require_known(value.kind == Value::dense && rectifier != nullptr && rectifier->negativeSlope == 0, layer);
      Value rectified = value;
      rectified.step.rectifies = true;
      values_[id] = store(std::move(rectified), out_shapes_[id][0]);
    } else if (layer.type == "Permute") {
      require_known(value.kind == Value::dense && out_shapes_[id][0][3] == in_shapes_[id][0][1], layer);
      const Value activation = store(value, in_shapes_[id][0]);
      values_[id] = {Value::joined};
      values_[id].parts = {activation.activation};
    } else if (layer.type == "Reshape" || layer.type == "Identity") {
      require_known(value.kind == Value::joined, layer);
      values_[id] = value;
    } else if (layer.type == "Concat") {
      values_[id] = {Value::joined};
      for (const int input : from) {
        require_known(values_[input].kind == Value::joined, layer);
        const std::vector<int> &parts = values_[input].parts;
        values_[id].parts.insert(values_[id].parts.end(), parts.begin(), parts.end());
      }
    } else {
      require_known(false, layer);
    }
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

  static std::vector<float> floats(const cv::Mat &mat) { return std::vector<float>(mat.begin<float>(), mat.end<float>()); }

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
          weights.size[1] == 1 && filters == channels && weights.size[2] == 3 && weights.size[3] == 3 && strides[0] <= 2,
          layer);
      result.step.depthwise_weights = weights;
      result.step.depthwise_bias = bias;
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

  Value sum(int id, const Layer &layer, const Value &first, const Value &second) {
    const bool is_second_dense = second.kind == Value::dense;
    const Value &other = is_second_dense ? first : second;
    Value result = is_second_dense ? second : first;
    require_known(
        result.kind == Value::dense && result.step.added < 0 && (is_plain(other) || other.kind == Value::pooled), layer);
    const ConvolutionGraph::Activation &added = graph_.activations[static_cast<size_t>(other.activation)];
    const MatShape &shape = out_shapes_[id][0];
    const int factor = other.kind == Value::pooled ? 2 : 1;
    require_known(
        added.rows == factor * shape[2] && added.columns == factor * shape[3] && added.channels <= shape[1], layer);
    result.step.added = other.activation;
    result.step.adds_pooled = other.kind == Value::pooled;
    return result;
  }

  static bool is_plain(const Value &value) {
    return value.kind == Value::stored && value.row_origin == 0 && value.column_origin == 0;
  }

  /// Ends a step: its result is an activation of this shape.
  Value store(Value value, const MatShape &shape) {
    ConvolutionGraph::Step &step = value.step;
    step.out = static_cast<int>(graph_.activations.size());
    graph_.activations.push_back({shape[2], shape[3], shape[1]});
    ConvolutionGraph::Activation &in = graph_.activations[static_cast<size_t>(step.in)];
    const cv::Mat &kernel = step.depthwise_weights.empty() ? step.weights : step.depthwise_weights;
    const int below = step.stride * (shape[2] - 1) + step.row_origin + kernel.size[2] - in.rows;
    const int right = step.stride * (shape[3] - 1) + step.column_origin + kernel.size[3] - in.columns;
    in.border = std::max({in.border, -step.row_origin, -step.column_origin, below, right});
    graph_.steps.push_back(step);
    return {Value::stored, step.out};
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
    outputs.push_back(reader.parts(name));
  }
}

}  // namespace examface
