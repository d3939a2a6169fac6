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
    /// The activation that is added to the first of the output's channels; 0 for none.
    int added;
    bool has_depthwise;
    /// It is four pointwise convolutions, each for every second row and column of the output. Their weights follow one
    /// another.
    bool is_transposed;
    /// Only the largest of two by two of its pixels is added.
    bool adds_pooled;
    int kernel_columns;
    /// Floats of the weights, of one part.
    size_t weight_floats;
    /// All of it but the planes.
    Pass pass;
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
