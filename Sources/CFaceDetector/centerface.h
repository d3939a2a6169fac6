#pragma once

#include <memory>
#include <vector>

#include "network.h"
#include "picture_region.h"

namespace examface {

/// CenterFace (Xu et al., 2019, arXiv:1911.03599): every face in a picture, with five points.
class CenterFace {
 public:
  /// Throws BadModel.
  static Network load(const char *path, const char *plan);

  /// The network is one that was loaded here.
  explicit CenterFace(const Network &network);

  /// The faces in the whole picture with a score of at least `minimum_score`, best first.
  std::vector<examface_face> faces(const examface_picture &picture, float minimum_score);

 private:
  RegionSampler sampler_;
  std::unique_ptr<Inference> inference_;
};

}  // namespace examface
