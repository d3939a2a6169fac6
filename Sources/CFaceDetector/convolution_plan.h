#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "convolution_graph.h"
#include "kernels.h"

namespace examface {

/// A network of convolutions, mostly depthwise and pointwise, laid out once for the kernels: its passes in order, the
/// weights in blocks, and the buffers of all activations.
///
/// Made because cv::dnn takes three to five times as long, and the two networks are what the server costs most.
class ConvolutionPlan {
 public:
  explicit ConvolutionPlan(const ConvolutionGraph &graph);

  /// Runs the network on an 8-bit RGB canvas whose values become `(value - mean) * scale`.
  ///
  /// One tensor for each output of the graph, as a row of floats. They are overwritten by the next run.
  const std::vector<std::vector<float>> &run(const cv::Mat &rgb, float scale, float mean);

 private:
  struct alignas(kBlock * sizeof(float)) Block {
    float values[kBlock];
  };
  using Blocks = std::vector<Block>;

  /// A buffer that activations of the same shape take turns in. What lies around the pixels stays zero.
  struct Buffer {
    Plane plane;
    int channels;
    int border;
    bool is_free;
  };

  struct Part {
    Plane plane;
    int channels;
  };

  struct Output {
    std::vector<Part> parts;
    bool is_planar;
    bool has_sigmoid;
  };

  void write(const Output &output, float *to) const;
  Blocks &allocate(size_t floats);
  size_t take_buffer(const ConvolutionGraph::Activation &activation);
  const float *pack_bias(const std::vector<float> &bias, int blocks);
  const float *pack_depthwise(const ConvolutionGraph::Step &step, int blocks);
  const float *pack_dense(const ConvolutionGraph::Step &step, int blocks, int pixel_step, int row_floats);

  std::vector<Blocks> memory_;
  std::vector<Buffer> buffers_;
  std::vector<Pass> passes_;
  Plane input_;
  float *row_ = nullptr;
  std::vector<Output> layout_;
  std::vector<std::vector<float>> outputs_;
};

}  // namespace examface
