#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "CFuzz.h"
#include "convolution_graph.h"
#include "convolution_plan.h"
#include "network.h"

namespace {

constexpr int kSide = 32;

class Bytes {
 public:
  Bytes(const uint8_t *data, size_t size) : data_(data), size_(size) {}
  bool is_empty() const { return at_ >= size_; }
  /// 0 to `bound` - 1; 0 behind the end.
  int take(int bound) { return is_empty() ? 0 : data_[at_++] % bound; }

 private:
  const uint8_t *data_;
  size_t size_;
  size_t at_ = 0;
};

cv::Mat noise(const std::vector<int> &shape) {
  cv::Mat blob(shape, CV_32F);
  cv::RNG(1).fill(blob, cv::RNG::UNIFORM, -1, 1);
  return blob;
}

/// Adds one layer on top of those before it.
void add(cv::dnn::Net &net, Bytes &bytes, std::vector<int> &channels) {
  static const std::vector<std::string> types = {"Convolution", "Padding", "Eltwise", "ReLU",   "Pooling",
                                                 "BatchNorm",   "Slice",   "Permute", "Sigmoid", "Reshape",
                                                 "Concat",      "Identity", "Deconvolution", "NaryEltwise"};
  const std::string type = types[bytes.take(int(types.size()))];
  const int from = int(channels.size()) - 1 - bytes.take(std::min(4, int(channels.size())));
  const int in = channels[from];
  int out = in;
  cv::dnn::LayerParams params;
  params.type = type;
  params.name = "layer" + std::to_string(channels.size());
  std::vector<int> inputs = {from};
  if (type == "Convolution" || type == "Deconvolution") {
    const bool is_depthwise = bytes.take(2) == 1;
    const int kernel = 1 + bytes.take(4);
    out = is_depthwise ? in : 1 + bytes.take(12);
    params.set("kernel_size", kernel);
    params.set("stride", 1 + bytes.take(3));
    params.set("pad", bytes.take(3));
    params.set("num_output", out);
    params.set("group", is_depthwise ? in : 1);
    const bool has_bias = bytes.take(2) == 1;
    params.set("bias_term", has_bias);
    params.blobs.push_back(noise(type == "Convolution" ? std::vector<int>{out, is_depthwise ? 1 : in, kernel, kernel}
                                                       : std::vector<int>{in, is_depthwise ? 1 : out, kernel, kernel}));
    if (has_bias) params.blobs.push_back(noise({out, 1}));
  } else if (type == "Padding") {
    std::vector<int> paddings(8, 0);
    for (int index = 2; index < 8; index++) paddings[index] = bytes.take(3);
    params.set("paddings", cv::dnn::DictValue::arrayInt(paddings.data(), 8));
    out = in + paddings[2] + paddings[3];
  } else if (type == "Eltwise" || type == "NaryEltwise" || type == "Concat") {
    inputs.push_back(int(channels.size()) - 1 - bytes.take(std::min(4, int(channels.size()))));
    params.set("operation", bytes.take(2) == 0 ? "sum" : "max");
    if (type == "Concat") {
      params.set("axis", 1 + bytes.take(3));
      out = in + channels[inputs[1]];
    }
  } else if (type == "Pooling") {
    params.set("pool", bytes.take(2) == 0 ? "max" : "ave");
    params.set("kernel_size", 1 + bytes.take(3));
    params.set("stride", 1 + bytes.take(3));
  } else if (type == "BatchNorm") {
    params.set("has_weight", true);
    params.set("has_bias", true);
    for (int index = 0; index < 4; index++) params.blobs.push_back(noise({1, in}));
    params.blobs[1] = cv::abs(params.blobs[1]);
  } else if (type == "Slice") {
    out = 1 + bytes.take(in);
    params.set("axis", 1);
    const int begin[] = {0, 0, 0, 0};
    const int end[] = {-1, out, -1, -1};
    params.set("begin", cv::dnn::DictValue::arrayInt(begin, 4));
    params.set("end", cv::dnn::DictValue::arrayInt(end, 4));
  } else if (type == "Permute") {
    const int order[] = {0, 2, 3, 1};
    params.set("order", cv::dnn::DictValue::arrayInt(order, 4));
  } else if (type == "Reshape") {
    const int dim[] = {1, -1, 1 + bytes.take(8)};
    params.set("dim", cv::dnn::DictValue::arrayInt(dim, 3));
  }
  const int id = net.addLayer(params.name, params.type, params);
  for (size_t index = 0; index < inputs.size(); index++) net.connect(inputs[index], 0, id, int(index));
  channels.push_back(out);
}

}  // namespace

void fuzz_model_graph(const uint8_t *data, size_t size) {
  Bytes bytes(data, size);
  try {
    cv::dnn::Net net;
    std::vector<int> channels = {3};
    while (!bytes.is_empty() && channels.size() < 12) add(net, bytes, channels);
    if (channels.size() == 1) return;
    net.setInputShape("", {1, 3, kSide, kSide});
    examface::ConvolutionPlan plan(
        examface::ConvolutionGraph(net, "fuzz.onnx", {kSide, kSide}, {"layer" + std::to_string(channels.size() - 1)}));
    cv::Mat canvas(kSide, kSide, CV_8UC3, cv::Scalar::all(90));
    plan.run(canvas, 1 / 255.f, 127);
  } catch (const examface::BadModel &) {
  } catch (const cv::Exception &) {
  }
}
