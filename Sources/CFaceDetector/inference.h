#pragma once

#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace examface {

/// A model file, or a plan of it, that cannot be read or is not what it should be.
struct BadModel : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A tensor that a network must have, by name and shape.
struct ExpectedOutput {
  std::string name;
  std::vector<int> shape;
};

/// What a network takes and gives.
struct NetworkInterface {
  /// It takes an 8-bit RGB canvas of this size, whose values become `(value - mean) * scale`.
  cv::Size canvas;
  float scale;
  float mean;
  std::vector<ExpectedOutput> outputs;
};

/// A network ready to run, with buffers of its own: one for each thread.
class Inference {
 public:
  virtual ~Inference() = default;

  /// The tensors of the interface, in that order. They are overwritten by the next run.
  virtual const std::vector<const float *> &run(const cv::Mat &rgb) = 0;
};

}  // namespace examface
