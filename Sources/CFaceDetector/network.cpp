#include "network.h"

#include "opencv_inference.h"
#include "own_inference.h"

namespace examface {

Network::Network(NetworkInterface interface, const char *path, const char *plan)
    : interface_(std::move(interface)), path_(plan != nullptr ? plan : path) {
  if (plan != nullptr) {
    plan_ = std::make_shared<const ConvolutionPlan>(ConvolutionPlan::of_file(plan));
  }
  inference();
}

std::unique_ptr<Inference> Network::inference() const {
  if (plan_ != nullptr) {
    return std::make_unique<OwnInference>(interface_, plan_, path_);
  }
  return std::make_unique<OpenCVInference>(interface_, path_);
}

}  // namespace examface
