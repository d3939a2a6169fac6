#pragma once

#include <string>
#include <vector>

#include "convolution_plan.h"
#include "picture_region.h"

namespace examface {

/// CenterFace (Xu et al., 2019, arXiv:1911.03599): every face in a picture, with five points.
class CenterFace {
 public:
  /// Throws BadModel.
  explicit CenterFace(const std::string &path);

  /// The faces in the whole picture with a score of at least `minimum_score`, best first.
  std::vector<examface_face> faces(const examface_picture &picture, float minimum_score);

 private:
  RegionSampler sampler_;
  ConvolutionPlan plan_;
};

}  // namespace examface
