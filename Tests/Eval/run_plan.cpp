// Runs a plan on a picture as the server does: run_plan PLAN SCALE MEAN OUTPUT... with the bytes of an RGB picture on standard
// input. Writes the floats of the outputs, one after the other.
#include <cstdio>
#include <iostream>

#include "own_inference.h"

int main(int count, char **arguments) {
  try {
    auto plan = std::make_shared<const examface::ConvolutionPlan>(examface::ConvolutionPlan::of_file(arguments[1]));
    const auto &input = plan->activations()[0];
    examface::NetworkInterface interface{
        cv::Size(input.columns, input.rows), std::stof(arguments[2]), std::stof(arguments[3]), {}};
    for (int index = 4; index < count; index++) {
      interface.outputs.push_back({arguments[index], {static_cast<int>(plan->outputs().at(index - 4).floats)}});
    }
    cv::Mat picture(interface.canvas, CV_8UC3);
    std::cin.read(reinterpret_cast<char *>(picture.data), static_cast<std::streamsize>(picture.total() * 3));
    examface::OwnInference inference(interface, plan, arguments[1]);
    const auto &outputs = inference.run(picture);
    for (size_t index = 0; index < outputs.size(); index++) {
      std::fwrite(outputs[index], sizeof(float), plan->outputs()[index].floats, stdout);
    }
  } catch (const examface::BadModel &problem) {
    std::cerr << problem.what() << "\n";
    return 1;
  }
}
