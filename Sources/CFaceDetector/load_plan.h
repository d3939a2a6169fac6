#pragma once

#include <string>
#include <vector>

#include "convolution_plan.h"

namespace examface {

/// A tensor that a network must have, by name and shape.
struct ExpectedOutput {
  std::string name;
  std::vector<int> shape;
};

/// Reads a network from an ONNX file as a plan of our own, for canvases of this size whose values become
/// `(value - mean) * scale`.
///
/// The plan has to give what OpenCV's layers give. They are compared on noise when the file is read, so that one that
/// the plan gets wrong is refused, and not found out by its answers. Throws BadModel.
ConvolutionPlan load_plan(
    const std::string &path, const std::vector<ExpectedOutput> &outputs, cv::Size canvas, float scale, float mean);

}  // namespace examface
