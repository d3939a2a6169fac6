#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels.h"

namespace examface {

/// What a network of convolutions, mostly depthwise and pointwise, computes step by step, with weights laid out for the
/// kernels. `deploy/onnx_to_plan.py` makes it of an ONNX model, docs/model-plan.md describes the file.
///
/// It does not change once it is read, and any number of threads may share it.
class ConvolutionPlan {
 public:
  /// A tensor that is stored: rows x columns x channels.
  struct Activation {
    int rows;
    int columns;
    int channels;
    /// Zeros around it for its readers, in pixels on each side.
    int border;
  };

  /// A convolution over all channels, before it perhaps a depthwise 3x3, after it perhaps a sum and a rectifier. Step `n`
  /// makes activation `n + 1`.
  struct Step {
    int in;
    int stride;
    /// Output pixel (y, x) reads from input pixel (stride * y + row_origin, stride * x + column_origin) on.
    int row_origin;
    int column_origin;
    int kernel_rows;
    int kernel_columns;
    /// The activation that is added to the first of the output's channels; 0 for none.
    int added;
    bool has_depthwise;
    bool rectifies_depthwise;
    /// It is four pointwise convolutions, each for every second row and column of the output.
    bool is_transposed;
    bool rectifies;
    /// Only the largest of two by two of its pixels is added.
    bool adds_pooled;
    /// The addend comes after the rectifier instead of before it.
    bool adds_last;
    /// Laid out as in `Pass`; those of the four parts of a transposed convolution follow one another.
    const float *depthwise_bias = nullptr;
    const float *depthwise_weights = nullptr;
    const float *bias = nullptr;
    const float *weights = nullptr;
    /// Floats side by side that a kernel row covers, and those of the weights, of one part.
    int kernel_row_floats = 0;
    size_t weight_floats = 0;
  };

  struct Output {
    std::string name;
    /// Pixels of a channel side by side, and not channels of a pixel.
    bool is_planar;
    bool has_sigmoid;
    /// The activations that it joins.
    std::vector<int> parts;
    size_t floats;
  };

  /// Throws BadModel, with the file's name, on a file that cannot be read or is no sound plan.
  static ConvolutionPlan of_file(const std::string &path);

  /// Reads the bytes of a plan. Whatever they are, a plan that comes of them reads and writes nothing beyond its buffers.
  ///
  /// Throws BadModel, which says what is wrong.
  ConvolutionPlan(const uint8_t *bytes, size_t count);
  ConvolutionPlan(ConvolutionPlan &&) = default;

  /// Of the content of a plan, CRC-32 as zip and PNG have it.
  static uint32_t checksum(const uint8_t *bytes, size_t count);

  const std::vector<Activation> &activations() const { return activations_; }
  const std::vector<Step> &steps() const { return steps_; }
  const std::vector<Output> &outputs() const { return outputs_; }

 private:
  class Reader;

  AlignedFloats content_;
  /// The first is the input.
  std::vector<Activation> activations_;
  std::vector<Step> steps_;
  std::vector<Output> outputs_;
};

}  // namespace examface
