#include "area_scaler.h"

#include <algorithm>
#include <cmath>

namespace examface {
namespace {

/// The sum of some weighted values beside each other, rounded, for each pixel of a row. The compiler knows how many,
/// unless `kTaps` is 0.
template <int kTaps>
void add_up(const float *row, const int *first, const float *weights, int taps, int pixels, uint8_t *out) {
  const int count = kTaps > 0 ? kTaps : taps;
  for (int pixel = 0; pixel < pixels; pixel++) {
    const float *values = row + first[pixel];
    float sum = 0.5f;
    for (int tap = 0; tap < count; tap++) {
      sum += values[tap] * weights[tap];
    }
    weights += count;
    out[pixel] = static_cast<uint8_t>(sum);
  }
}

}  // namespace

void AreaScaler::Axis::lay_out(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const auto begin = [&](int pixel) { return static_cast<int>(static_cast<int64_t>(pixel) * from / to); };
  const auto end = [&](int pixel) { return static_cast<int>((static_cast<int64_t>(pixel + 1) * from + to - 1) / to); };
  taps = 0;
  for (int pixel = 0; pixel < to; pixel++) {
    taps = std::max(taps, end(pixel) - begin(pixel));
  }
  first.resize(static_cast<size_t>(to));
  weights.resize(static_cast<size_t>(to) * static_cast<size_t>(taps));
  float *weight = weights.data();
  for (int pixel = 0; pixel < to; pixel++) {
    // At the end of the axis from earlier on, so that nothing beyond it is read.
    first[static_cast<size_t>(pixel)] = std::min(begin(pixel), from - taps);
    for (int tap = 0; tap < taps; tap++) {
      const int source = first[static_cast<size_t>(pixel)] + tap;
      const double covered = std::min((pixel + 1) * scale, source + 1.0) - std::max(pixel * scale, source + 0.0);
      *weight++ = static_cast<float>(std::max(0.0, covered) / scale);
    }
  }
}

void AreaScaler::shrink(const cv::Mat &from, cv::Mat &to) {
  CV_Assert(from.type() == CV_8UC1 && to.type() == CV_8UC1 && to.cols <= from.cols && to.rows <= from.rows);
  horizontal_.lay_out(from.cols, to.cols);
  vertical_.lay_out(from.rows, to.rows);
  row_.resize(static_cast<size_t>(from.cols));
  for (int row = 0; row < to.rows; row++) {
    const float *weights = &vertical_.weights[static_cast<size_t>(row * vertical_.taps)];
    float *const sums = row_.data();
    for (int tap = 0; tap < vertical_.taps; tap++) {
      const uint8_t *bytes = from.ptr<uint8_t>(vertical_.first[static_cast<size_t>(row)] + tap);
      const float weight = weights[tap];
      if (tap == 0) {
        for (int column = 0; column < from.cols; column++) {
          sums[column] = weight * static_cast<float>(bytes[column]);
        }
      } else if (weight > 0) {
        for (int column = 0; column < from.cols; column++) {
          sums[column] += weight * static_cast<float>(bytes[column]);
        }
      }
    }
    const auto add = horizontal_.taps == 2   ? add_up<2>
                     : horizontal_.taps == 3 ? add_up<3>
                     : horizontal_.taps == 4 ? add_up<4>
                                             : add_up<0>;
    add(sums, horizontal_.first.data(), horizontal_.weights.data(), horizontal_.taps, to.cols, to.ptr<uint8_t>(row));
  }
}

}  // namespace examface
