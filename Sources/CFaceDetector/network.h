#pragma once

#include <opencv2/dnn.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace examface {

/// A model file that cannot be read or is not the model it should be.
struct BadModel : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One network read from an ONNX file, with the buffers that its calls reuse.
class Network {
 public:
  /// `outputs` names the tensors that `run` returns, in that order.
  Network(const std::string &path, std::vector<std::string> outputs);

  /// Runs the network on an 8-bit RGB canvas whose values become `(value - mean) * scale`.
  ///
  /// The tensors are overwritten by the next run.
  const std::vector<cv::Mat> &run(const cv::Mat &rgb, double scale, double mean);

  /// The layers as OpenCV has read them. It changes some when the network runs for the first time.
  const cv::dnn::Net &net() const { return net_; }

  /// Throws BadModel unless the output tensors of the last run have these shapes.
  void require_shapes(const std::vector<std::vector<int>> &shapes) const;

 private:
  std::string path_;
  std::vector<std::string> output_names_;
  cv::dnn::Net net_;
  cv::Mat blob_;
  std::vector<cv::Mat> outputs_;
};

}  // namespace examface
