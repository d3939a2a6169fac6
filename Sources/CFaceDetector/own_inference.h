#pragma once

#include <memory>

#include "convolution_plan.h"
#include "inference.h"

namespace examface {

/// A plan with the buffers of all its activations, run by the server's own kernels.
///
/// Exists because cv::dnn takes three to five times as long, and the two networks are the server's largest cost.
class OwnInference : public Inference {
 public:
  /// The processor must have kernels. Throws BadModel, with `path`, where the plan is of another network.
  OwnInference(const NetworkInterface &interface, std::shared_ptr<const ConvolutionPlan> plan, const std::string &path);

  const std::vector<const float *> &run(const cv::Mat &rgb) override;

 private:
  using Activation = ConvolutionPlan::Activation;
  using Step = ConvolutionPlan::Step;

  /// A buffer that activations of the same shape take turns in. What lies around the pixels stays zero.
  struct Buffer {
    Plane plane;
    int channels;
    int border;
    bool is_free;
  };

  Plane allocate(const Activation &activation, int channels);
  size_t take_buffer(const Activation &activation);
  /// The passes of a step into `out`: four of a transposed convolution, else one.
  void add_passes(const Step &step, const Plane &in, const Plane &out, const Plane *added);
  void write(const ConvolutionPlan::Output &output, float *to) const;

  const NetworkInterface &interface_;
  std::shared_ptr<const ConvolutionPlan> plan_;
  std::vector<AlignedFloats> memory_;
  std::vector<Buffer> buffers_;
  /// Of each activation.
  std::vector<Plane> planes_;
  std::vector<Pass> passes_;
  AlignedFloats row_;
  std::vector<std::vector<float>> tensors_;
  std::vector<const float *> outputs_;
};

}  // namespace examface
