#pragma once

#include <opencv2/core.hpp>

#include "CFaceDetector.h"

namespace examface {

/// Where a canvas point lies in the picture: `origin + canvas * scale`, each axis by itself.
struct CanvasToPicture {
  cv::Point2f origin;
  cv::Point2f scale;

  examface_point point(float x, float y) const {
    return {origin.x + x * scale.x, origin.y + y * scale.y};
  }
};

/// Cuts a region out of an I420 picture and scales it to fit the middle of a canvas, black around it.
///
/// The planes are cut and scaled before the colours are converted, so the conversion never sees more than the canvas.
class RegionSampler {
 public:
  /// Width and height of the canvas in pixels, both even.
  explicit RegionSampler(cv::Size canvas);

  /// Scales `region` (pixels; it may reach beyond the picture, and what lies there stays black) onto the canvas.
  CanvasToPicture sample(const examface_picture &picture, const cv::Rect2f &region);

  /// The canvas in 8-bit RGB, overwritten by the next `sample`.
  const cv::Mat &rgb() const { return rgb_; }

 private:
  cv::Size canvas_;
  cv::Mat i420_;
  cv::Mat rgb_;
};

}  // namespace examface
