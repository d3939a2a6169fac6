#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "CFuzz.h"
#include "own_inference.h"

namespace {

/// Magic, version and checksum.
constexpr size_t kContentAt = 16;
/// Multiplications of one run, of which a larger one says no more.
constexpr size_t kMostWork = size_t{1} << 24;

void run(std::shared_ptr<const examface::ConvolutionPlan> plan) {
  size_t work = 0;
  for (size_t index = 0; index < plan->steps().size(); index++) {
    const auto &out = plan->activations()[index + 1];
    work += static_cast<size_t>(out.rows * out.columns) * (plan->steps()[index].weight_floats + 1);
  }
  if (work > kMostWork || examface::kernels() == nullptr) return;
  const auto &input = plan->activations()[0];
  examface::NetworkInterface interface{cv::Size(input.columns, input.rows), 1 / 255.f, 127, {}};
  for (const auto &output : plan->outputs()) {
    interface.outputs.push_back({output.name, {static_cast<int>(output.floats)}});
  }
  examface::OwnInference inference(interface, plan, "fuzz.plan");
  const cv::Mat canvas(interface.canvas, CV_8UC3, cv::Scalar::all(90));
  std::vector<std::vector<float>> first;
  const auto &outputs = inference.run(canvas);
  for (size_t index = 0; index < outputs.size(); index++) {
    first.emplace_back(outputs[index], outputs[index] + plan->outputs()[index].floats);
  }
  inference.run(canvas);
  for (size_t index = 0; index < outputs.size(); index++) {
    if (std::memcmp(first[index].data(), outputs[index], first[index].size() * sizeof(float)) != 0) std::abort();
  }
}

void read(const std::vector<uint8_t> &bytes) {
  try {
    run(std::make_shared<const examface::ConvolutionPlan>(bytes.data(), bytes.size()));
  } catch (const examface::BadModel &) {
  }
}

}  // namespace

void fuzz_model_plan(const uint8_t *data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  read(bytes);
  if (size < kContentAt) return;
  std::memcpy(bytes.data(), "EXAMPLAN", 8);
  const uint32_t words[] = {1, examface::ConvolutionPlan::checksum(bytes.data() + kContentAt, size - kContentAt)};
  std::memcpy(bytes.data() + 8, words, sizeof words);
  read(bytes);
}
