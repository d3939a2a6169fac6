#include "own_inference.h"

#include <algorithm>
#include <cmath>

namespace examface {
namespace {

size_t index_of(int activation) { return static_cast<size_t>(activation); }

/// Every `step`-th row and column of a plane, from these on.
Plane every(const Plane &plane, int step, int row, int column) {
  return {
      plane.at(row, column), plane.rows / step, plane.columns / step, plane.pixel_step * step, plane.row_step * step};
}

void require_interface(const NetworkInterface &interface, const ConvolutionPlan &plan, const std::string &path) {
  const ConvolutionPlan::Activation &input = plan.activations()[0];
  if (cv::Size(input.columns, input.rows) != interface.canvas) {
    throw BadModel(path + " is the plan of another network: it takes pictures of another size");
  }
  for (size_t index = 0; index < interface.outputs.size(); index++) {
    size_t floats = 1;
    for (const int side : interface.outputs[index].shape) {
      floats *= static_cast<size_t>(side);
    }
    if (index >= plan.outputs().size() || plan.outputs()[index].name != interface.outputs[index].name ||
        plan.outputs()[index].floats != floats) {
      throw BadModel(path + " is the plan of another network: it has another output " + interface.outputs[index].name);
    }
  }
}

}  // namespace

OwnInference::OwnInference(
    const NetworkInterface &interface, std::shared_ptr<const ConvolutionPlan> plan, const std::string &path)
    : interface_(interface), plan_(std::move(plan)) {
  require_interface(interface, *plan_, path);
  const std::vector<Activation> &activations = plan_->activations();
  const std::vector<Step> &steps = plan_->steps();
  // The last step that reads an activation; what goes into an output is kept to the end.
  std::vector<size_t> last_use(activations.size(), 0);
  for (size_t index = 0; index < steps.size(); index++) {
    last_use[index_of(steps[index].in)] = index;
    last_use[index_of(steps[index].added)] = index;
  }
  for (const ConvolutionPlan::Output &output : plan_->outputs()) {
    for (const int activation : output.parts) {
      last_use[index_of(activation)] = steps.size();
    }
  }

  planes_.push_back(allocate(activations[0], kInputChannels));
  std::vector<size_t> places(activations.size());
  size_t row_floats = 0;
  for (size_t index = 0; index < steps.size(); index++) {
    const Step &step = steps[index];
    places[index + 1] = take_buffer(activations[index + 1]);
    planes_.push_back(buffers_[places[index + 1]].plane);
    if (step.has_depthwise) {
      const size_t channels = in_blocks(activations[index_of(step.in)].channels);
      row_floats = std::max(row_floats, channels * static_cast<size_t>(planes_.back().columns));
    }
    add_passes(
        step, planes_[index_of(step.in)], planes_.back(), step.added > 0 ? &planes_[index_of(step.added)] : nullptr);
    for (const int activation : {step.in, step.added}) {
      if (activation > 0 && last_use[index_of(activation)] == index) {
        buffers_[places[index_of(activation)]].is_free = true;
      }
    }
  }
  row_ = AlignedFloats(row_floats / kBlock + 1);
  for (const ConvolutionPlan::Output &output : plan_->outputs()) {
    outputs_.push_back(tensors_.emplace_back(output.floats).data());
  }
}

Plane OwnInference::allocate(const Activation &activation, int channels) {
  const ptrdiff_t row_step = static_cast<ptrdiff_t>(activation.columns + 2 * activation.border) * channels;
  const size_t floats = static_cast<size_t>(row_step) * static_cast<size_t>(activation.rows + 2 * activation.border);
  float *const first = memory_.emplace_back(floats / kBlock + 1).data()->values;
  Plane plane{first, activation.rows, activation.columns, channels, row_step};
  plane.pixels = plane.at(activation.border, activation.border);
  return plane;
}

size_t OwnInference::take_buffer(const Activation &activation) {
  const int channels = static_cast<int>(in_blocks(activation.channels));
  for (size_t index = 0; index < buffers_.size(); index++) {
    Buffer &buffer = buffers_[index];
    if (buffer.is_free && buffer.plane.rows == activation.rows && buffer.plane.columns == activation.columns &&
        buffer.channels == channels && buffer.border == activation.border) {
      buffer.is_free = false;
      return index;
    }
  }
  buffers_.push_back({allocate(activation, channels), channels, activation.border, false});
  return buffers_.size() - 1;
}

void OwnInference::add_passes(const Step &step, const Plane &in, const Plane &out, const Plane *added) {
  Pass pass = step.pass;
  pass.in = in;
  if (added != nullptr) {
    pass.addend = step.adds_pooled ? Addend::plane_pooled : Addend::plane;
    pass.added = *added;
    pass.added_blocks = static_cast<int>(added->pixel_step) / kBlock;
  }
  const int spread = step.is_transposed ? 2 : 1;
  for (int part = 0; part < spread * spread; part++) {
    pass.weights = step.pass.weights + static_cast<size_t>(part) * step.weight_floats;
    pass.out = every(out, spread, part / 2, part % 2);
    passes_.push_back(pass);
  }
}

const std::vector<const float *> &OwnInference::run(const cv::Mat &rgb) {
  CV_Assert(rgb.type() == CV_8UC3 && rgb.size() == interface_.canvas);
  const Kernels &best = *kernels();
  for (int row = 0; row < rgb.rows; row++) {
    best.normalize(
        rgb.ptr<uint8_t>(row), static_cast<size_t>(rgb.cols) * kInputChannels, interface_.mean, interface_.scale,
        planes_[0].at(row, 0));
  }
  for (const Pass &pass : passes_) {
    best.run(pass, row_.data()->values);
  }
  for (size_t index = 0; index < tensors_.size(); index++) {
    write(plan_->outputs()[index], tensors_[index].data());
    if (plan_->outputs()[index].has_sigmoid) {
      for (float &value : tensors_[index]) {
        value = 1 / (1 + std::exp(-value));
      }
    }
  }
  return outputs_;
}

void OwnInference::write(const ConvolutionPlan::Output &output, float *to) const {
  for (const int part : output.parts) {
    const Plane &from = planes_[index_of(part)];
    const int channels = plan_->activations()[index_of(part)].channels;
    for (int channel = 0; channel < (output.is_planar ? channels : 1); channel++) {
      const int count = output.is_planar ? 1 : channels;
      for (int row = 0; row < from.rows; row++) {
        for (int column = 0; column < from.columns; column++) {
          to = std::copy_n(from.at(row, column) + channel, count, to);
        }
      }
    }
  }
}

}  // namespace examface
