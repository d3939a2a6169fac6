#include "convolution_plan.h"

#include <algorithm>
#include <cmath>

namespace examface {
namespace {

int blocks_of(int channels) { return (channels + kBlock - 1) / kBlock; }

/// Every `step`-th row and column of a plane, from these on.
Plane every(const Plane &plane, int step, int row, int column) {
  return {
      plane.at(row, column), plane.rows / step, plane.columns / step, plane.pixel_step * step, plane.row_step * step};
}

}  // namespace

ConvolutionPlan::ConvolutionPlan(const ConvolutionGraph &graph) {
  // The last step that reads an activation; what goes into an output is kept to the end.
  std::vector<size_t> last_use(graph.activations.size(), 0);
  for (size_t index = 0; index < graph.steps.size(); index++) {
    const ConvolutionGraph::Step &step = graph.steps[index];
    last_use[static_cast<size_t>(step.in)] = index;
    if (step.added >= 0) {
      last_use[static_cast<size_t>(step.added)] = index;
    }
  }
  for (const ConvolutionGraph::Output &output : graph.outputs) {
    for (const int activation : output.parts) {
      last_use[static_cast<size_t>(activation)] = graph.steps.size();
    }
  }

  const ConvolutionGraph::Activation &input = graph.activations[0];
  const int columns = input.columns + 2 * input.border;
  const size_t floats = static_cast<size_t>(columns * (input.rows + 2 * input.border) * input.channels);
  input_ = {nullptr, input.rows, input.columns, input.channels, columns * input.channels};
  input_.pixels = allocate(floats)[0].values;
  input_.pixels = input_.at(input.border, input.border);

  std::vector<size_t> places(graph.activations.size());
  const auto plane = [&](int activation) {
    return activation == 0 ? input_ : buffers_[places[static_cast<size_t>(activation)]].plane;
  };
  size_t row_floats = 0;
  for (size_t index = 0; index < graph.steps.size(); index++) {
    const ConvolutionGraph::Step &step = graph.steps[index];
    const ConvolutionGraph::Activation &out = graph.activations[static_cast<size_t>(step.out)];
    if (step.row_phase == 0 && step.column_phase == 0) {
      places[static_cast<size_t>(step.out)] = take_buffer(out);
    }
    Pass pass;
    pass.in = plane(step.in);
    pass.out = every(plane(step.out), step.spread, step.row_phase, step.column_phase);
    pass.stride = step.stride;
    pass.row_origin = step.row_origin;
    pass.column_origin = step.column_origin;
    int pixel_step = static_cast<int>(pass.in.pixel_step);
    if (!step.depthwise_weights.empty()) {
      pass.depthwise_blocks = blocks_of(step.depthwise_weights.size[0]);
      pass.depthwise_weights = pack_depthwise(step, pass.depthwise_blocks);
      pass.depthwise_bias = pack_bias(step.depthwise_bias, pass.depthwise_blocks);
      pixel_step = pass.depthwise_blocks * kBlock;
      row_floats = std::max(row_floats, static_cast<size_t>(pixel_step * pass.out.columns));
    }
    pass.out_blocks = blocks_of(out.channels);
    pass.kernel_rows = step.weights.size[2];
    // Of the last pixel only the channels that there are: the blocks may have more.
    pass.kernel_row_floats = (step.weights.size[3] - 1) * pixel_step + step.weights.size[1];
    pass.weights = pack_dense(step, pass.out_blocks, pixel_step, pass.kernel_row_floats);
    pass.bias = pack_bias(step.bias, pass.out_blocks);
    if (step.added >= 0) {
      pass.addend = step.adds_pooled ? Addend::plane_pooled : Addend::plane;
      pass.added = plane(step.added);
      pass.added_blocks = blocks_of(graph.activations[static_cast<size_t>(step.added)].channels);
    }
    pass.rectifies_depthwise = step.rectifies_depthwise;
    pass.rectifies = step.rectifies;
    pass.adds_last = step.adds_last;
    passes_.push_back(pass);
    for (const int activation : {step.in, step.added}) {
      if (activation > 0 && last_use[static_cast<size_t>(activation)] == index) {
        buffers_[places[static_cast<size_t>(activation)]].is_free = true;
      }
    }
  }
  row_ = allocate(row_floats)[0].values;

  for (const ConvolutionGraph::Output &output : graph.outputs) {
    size_t size = 0;
    layout_.push_back({{}, output.is_planar, output.has_sigmoid});
    for (const int activation : output.parts) {
      const ConvolutionGraph::Activation &shape = graph.activations[static_cast<size_t>(activation)];
      layout_.back().parts.push_back({plane(activation), shape.channels});
      size += static_cast<size_t>(shape.rows * shape.columns * shape.channels);
    }
    outputs_.emplace_back(size);
  }
}

ConvolutionPlan::Blocks &ConvolutionPlan::allocate(size_t floats) {
  // One block at least, so that there is a first one. The blocks stay where they are when the list of them grows.
  return memory_.emplace_back(floats / kBlock + 1, Block{});
}

size_t ConvolutionPlan::take_buffer(const ConvolutionGraph::Activation &activation) {
  const int channels = blocks_of(activation.channels) * kBlock;
  for (size_t index = 0; index < buffers_.size(); index++) {
    Buffer &buffer = buffers_[index];
    if (buffer.is_free && buffer.plane.rows == activation.rows && buffer.plane.columns == activation.columns &&
        buffer.channels == channels && buffer.border == activation.border) {
      buffer.is_free = false;
      return index;
    }
  }
  const int columns = activation.columns + 2 * activation.border;
  const int rows = activation.rows + 2 * activation.border;
  Plane plane{nullptr, activation.rows, activation.columns, channels, static_cast<ptrdiff_t>(columns) * channels};
  plane.pixels = allocate(static_cast<size_t>(rows) * static_cast<size_t>(columns * channels))[0].values;
  plane.pixels = plane.at(activation.border, activation.border);
  buffers_.push_back({plane, channels, activation.border, false});
  return buffers_.size() - 1;
}

const float *ConvolutionPlan::pack_bias(const std::vector<float> &bias, int blocks) {
  float *const packed = allocate(static_cast<size_t>(blocks * kBlock))[0].values;
  std::copy(bias.begin(), bias.end(), packed);
  return packed;
}

const float *ConvolutionPlan::pack_depthwise(const ConvolutionGraph::Step &step, int blocks) {
  const int channels = blocks * kBlock;
  float *const packed = allocate(static_cast<size_t>(9 * channels))[0].values;
  for (int channel = 0; channel < step.depthwise_weights.size[0]; channel++) {
    for (int tap = 0; tap < 9; tap++) {
      packed[tap * channels + channel] = step.depthwise_weights.ptr<float>(channel)[tap];
    }
  }
  return packed;
}

const float *ConvolutionPlan::pack_dense(
    const ConvolutionGraph::Step &step, int blocks, int pixel_step, int row_floats) {
  const cv::Mat &weights = step.weights;
  const int rows = weights.size[2];
  const int columns = weights.size[3];
  float *const packed = allocate(static_cast<size_t>(blocks * rows * row_floats * kBlock))[0].values;
  for (int filter = 0; filter < weights.size[0]; filter++) {
    const float *from = weights.ptr<float>(filter);
    float *const block = packed + static_cast<ptrdiff_t>(filter / kBlock) * rows * row_floats * kBlock;
    for (int channel = 0; channel < weights.size[1]; channel++) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          const int index = row * row_floats + column * pixel_step + channel;
          block[index * kBlock + filter % kBlock] = *from++;
        }
      }
    }
  }
  return packed;
}

const std::vector<std::vector<float>> &ConvolutionPlan::run(const cv::Mat &rgb, float scale, float mean) {
  CV_Assert(rgb.type() == CV_8UC3 && rgb.rows == input_.rows && rgb.cols == input_.columns);
  const Kernels &best = kernels();
  for (int row = 0; row < rgb.rows; row++) {
    best.normalize(rgb.ptr<uint8_t>(row), static_cast<size_t>(rgb.cols) * 3, mean, scale, input_.at(row, 0));
  }
  for (const Pass &pass : passes_) {
    best.run(pass, row_);
  }
  for (size_t index = 0; index < layout_.size(); index++) {
    write(layout_[index], outputs_[index].data());
    if (layout_[index].has_sigmoid) {
      for (float &value : outputs_[index]) {
        value = 1 / (1 + std::exp(-value));
      }
    }
  }
  return outputs_;
}

void ConvolutionPlan::write(const Output &output, float *to) const {
  for (const Part &part : output.parts) {
    for (int plane = 0; plane < (output.is_planar ? part.channels : 1); plane++) {
      const int count = output.is_planar ? 1 : part.channels;
      for (int row = 0; row < part.plane.rows; row++) {
        for (int column = 0; column < part.plane.columns; column++) {
          to = std::copy_n(part.plane.at(row, column) + plane, count, to);
        }
      }
    }
  }
}

}  // namespace examface
