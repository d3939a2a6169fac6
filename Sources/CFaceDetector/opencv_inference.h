#pragma once

#include <opencv2/dnn.hpp>

#include "inference.h"

namespace examface {

/// A network that OpenCV's dnn reads from an ONNX file and runs: any network on any processor, at three to five times the
/// cost of our own. Its weights are in memory once for each inference.
class OpenCVInference : public Inference {
 public:
  /// Runs the network once, so that a wrong file is found here. Throws BadModel.
  OpenCVInference(const NetworkInterface &interface, const std::string &path);

  const std::vector<const float *> &run(const cv::Mat &rgb) override;

 private:
  const NetworkInterface &interface_;
  std::vector<std::string> names_;
  cv::dnn::Net net_;
  cv::Mat blob_;
  std::vector<cv::Mat> tensors_;
  std::vector<const float *> outputs_;
};

}  // namespace examface
