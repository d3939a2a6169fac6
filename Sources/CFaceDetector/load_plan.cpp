#include "load_plan.h"

#include <algorithm>
#include <cmath>

#include "network.h"

namespace examface {
namespace {

/// The order of the additions makes up to 0.0003 where the values are around 100. A wrong operation makes far more.
constexpr float kLargestDifference = 0.01f;

bool is_close(float a, float b) { return std::abs(a - b) < kLargestDifference; }

}  // namespace

ConvolutionPlan load_plan(
    const std::string &path, const std::vector<ExpectedOutput> &outputs, cv::Size canvas, float scale, float mean) {
  std::vector<std::string> names;
  std::vector<std::vector<int>> shapes;
  for (const ExpectedOutput &output : outputs) {
    names.push_back(output.name);
    shapes.push_back(output.shape);
  }
  Network network(path, names);
  ConvolutionPlan plan(ConvolutionGraph(network.net(), path, canvas, names));

  cv::Mat noise(canvas, CV_8UC3);
  cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 256);
  const std::vector<cv::Mat> &expected = network.run(noise, scale, mean);
  network.require_shapes(shapes);
  const std::vector<std::vector<float>> &found = plan.run(noise, scale, mean);
  for (size_t index = 0; index < outputs.size(); index++) {
    const std::vector<float> &values = found[index];
    if (values.size() != expected[index].total() ||
        !std::equal(values.begin(), values.end(), expected[index].ptr<float>(), is_close)) {
      throw BadModel(path + " is another model: the server computes other " + names[index] + " than OpenCV does");
    }
  }
  return plan;
}

}  // namespace examface
