#pragma once

#include <memory>

#include "convolution_plan.h"
#include "inference.h"

namespace examface {

/// A network that is loaded once, whose inferences on several threads share its weights.
class Network {
 public:
  /// `plan` names the plan of the ONNX file `path`; without one OpenCV reads the file for each inference.
  ///
  /// Tries one inference, and throws BadModel naming the file that is wrong.
  Network(NetworkInterface interface, const char *path, const char *plan);

  /// The network must stay where it is for as long as the inference lives.
  std::unique_ptr<Inference> inference() const;

 private:
  NetworkInterface interface_;
  std::string path_;
  std::shared_ptr<const ConvolutionPlan> plan_;
};

}  // namespace examface
