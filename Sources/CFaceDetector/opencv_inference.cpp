#include "opencv_inference.h"

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

OpenCVInference::OpenCVInference(const NetworkInterface &interface, const std::string &path)
    : interface_(interface), net_(read(path)) {
  if (net_.empty()) {
    throw BadModel(path + " holds no network");
  }
  net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  for (const ExpectedOutput &output : interface.outputs) {
    names_.push_back(output.name);
  }
  try {
    run(cv::Mat::zeros(interface.canvas, CV_8UC3));
  } catch (const cv::Exception &error) {
    throw BadModel(path + " is another model or damaged: " + error.what());
  }
  for (size_t index = 0; index < names_.size(); index++) {
    const cv::Mat &tensor = tensors_.at(index);
    const std::vector<int> shape(tensor.size.p, tensor.size.p + tensor.dims);
    if (shape != interface.outputs[index].shape || tensor.type() != CV_32F) {
      throw BadModel(path + " is another model: its output " + names_[index] + " has an unexpected shape");
    }
  }
}

const std::vector<const float *> &OpenCVInference::run(const cv::Mat &rgb) {
  cv::dnn::blobFromImage(
      rgb, blob_, interface_.scale, rgb.size(), cv::Scalar::all(interface_.mean), false, false, CV_32F);
  net_.setInput(blob_);
  net_.forward(tensors_, names_);
  outputs_.clear();
  for (const cv::Mat &tensor : tensors_) {
    outputs_.push_back(tensor.ptr<float>());
  }
  return outputs_;
}

}  // namespace examface
