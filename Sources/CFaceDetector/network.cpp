#include "network.h"

namespace examface {
namespace {

cv::dnn::Net read(const std::string &path) {
  try {
    return cv::dnn::readNetFromONNX(path);
  } catch (const cv::Exception &error) {
    throw BadModel(path + " cannot be read as an ONNX model: " + error.err);
  }
}

}  // namespace

Network::Network(const std::string &path, std::vector<std::string> outputs)
    : path_(path), output_names_(std::move(outputs)), net_(read(path)) {
  if (net_.empty()) {
    throw BadModel(path_ + " holds no network");
  }
  net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
}

const std::vector<cv::Mat> &Network::run(const cv::Mat &rgb, double scale, double mean) {
  cv::dnn::blobFromImage(rgb, blob_, scale, rgb.size(), cv::Scalar::all(mean), false, false, CV_32F);
  net_.setInput(blob_);
  net_.forward(outputs_, output_names_);
  return outputs_;
}

void Network::require_shapes(const std::vector<std::vector<int>> &shapes) const {
  for (size_t index = 0; index < shapes.size(); index++) {
    const cv::Mat &output = outputs_.at(index);
    const std::vector<int> shape(output.size.p, output.size.p + output.dims);
    if (shape != shapes[index] || output.type() != CV_32F) {
      throw BadModel(path_ + " is another model: its output " + output_names_[index] + " has an unexpected shape");
    }
  }
}

}  // namespace examface
