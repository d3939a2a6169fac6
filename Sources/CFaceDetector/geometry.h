#pragma once

#include <algorithm>

#include "CFaceDetector.h"

namespace examface {

inline float area(const examface_box &box) { return box.width * box.height; }

inline examface_box intersection(const examface_box &a, const examface_box &b) {
  const float left = std::max(a.x, b.x);
  const float top = std::max(a.y, b.y);
  const float right = std::min(a.x + a.width, b.x + b.width);
  const float bottom = std::min(a.y + a.height, b.y + b.height);
  return {left, top, std::max(0.f, right - left), std::max(0.f, bottom - top)};
}

/// Intersection over union, 0...1.
inline float overlap(const examface_box &a, const examface_box &b) {
  const float common = area(intersection(a, b));
  const float all = area(a) + area(b) - common;
  return all > 0 ? common / all : 0;
}

}  // namespace examface
