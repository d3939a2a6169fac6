#pragma once

#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

namespace examface {

/// What a network of depthwise and pointwise convolutions computes, read from OpenCV's layers: what belongs together is
/// one step, and paddings are only other places to read from.
struct ConvolutionGraph {
  /// A tensor that is stored: rows x columns x channels.
  struct Activation {
    int rows;
    int columns;
    int channels;
    /// Zeros that somebody reads beyond its border, in pixels on each side.
    int border = 0;
  };

  /// A convolution over all channels, before it perhaps a depthwise 3x3, after it perhaps a sum and a rectifier.
  struct Step {
    int in;
    int out = -1;
    int stride = 1;
    /// Output pixel (y, x) reads from input pixel (stride * y + row_origin, stride * x + column_origin) on.
    int row_origin = 0;
    int column_origin = 0;
    /// As OpenCV has them: channels x 1 x 3 x 3, undefined without a depthwise convolution.
    cv::Mat depthwise_weights;
    std::vector<float> depthwise_bias;
    bool rectifies_depthwise = false;
    /// Output channels x input channels x rows x columns.
    cv::Mat weights;
    std::vector<float> bias;
    /// The activation that is added to the first of the output's channels, or -1.
    int added = -1;
    /// Only the largest of two by two of its pixels is added.
    bool adds_pooled = false;
    bool rectifies = false;
    /// The addend comes after the rectifier instead of before it.
    bool adds_last = false;
    /// 2 where this step makes every second row and column of its output, from these on.
    int spread = 1;
    int row_phase = 0;
    int column_phase = 0;
  };

  struct Output {
    /// The activations that it joins.
    std::vector<int> parts;
    /// Pixels of a channel side by side, and not channels of a pixel.
    bool is_planar = false;
    bool has_sigmoid = false;
  };

  /// Reads a network that takes one RGB canvas of this size. `outputs` names its results, in the order that they get.
  ///
  /// Throws BadModel, with `path`, on anything that it does not know. What OpenCV's layers do not tell - where a
  /// padding pads, what an element-wise layer computes - is taken as these networks have it, so compare the results.
  ConvolutionGraph(cv::dnn::Net net, const std::string &path, cv::Size canvas, const std::vector<std::string> &outputs);

  /// The first is the input.
  std::vector<Activation> activations;
  std::vector<Step> steps;
  std::vector<Output> outputs;
};

}  // namespace examface
