#pragma once

#include <memory>
#include <vector>

#include "network.h"
#include "picture_region.h"

namespace examface {

/// BlazeFace, short range (Bazarevsky et al., 2019, arXiv:1907.05047): faces that fill much of a region, with six
/// points, at a fifteenth of the cost of CenterFace.
class BlazeFace {
 public:
  /// Throws BadModel.
  static Network load(const char *path, const char *plan);

  /// The network is one that was loaded here.
  explicit BlazeFace(const Network &network);

  /// The faces in the square of `side` pixels around `middle`, with a score of at least `minimum_score`, best first.
  std::vector<examface_face> faces(
      const examface_picture &picture, examface_point middle, float side, float minimum_score);

 private:
  RegionSampler sampler_;
  std::unique_ptr<Inference> inference_;
  std::vector<cv::Point2f> anchors_;
};

}  // namespace examface
