#include "picture_region.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "CPictureScaler.h"

namespace examface {
namespace {

// Black in the video range that YUV2RGB_I420 expects.
constexpr uint8_t kBlackLuma = 16;
constexpr uint8_t kNeutralChroma = 128;

int floor_even(float value) { return static_cast<int>(std::floor(value / 2)) * 2; }
int ceil_even(float value) { return static_cast<int>(std::ceil(value / 2)) * 2; }
int round_even(float value) { return static_cast<int>(std::lround(value / 2)) * 2; }

cv::Rect halved(const cv::Rect &rect) {
  return {rect.x / 2, rect.y / 2, (rect.width + 1) / 2, (rect.height + 1) / 2};
}

struct FreeScaler {
  void operator()(ExamPlaneScaler *scaler) const { exam_plane_scaler_free(scaler); }
};

void scale_plane(const cv::Mat &from, cv::Mat to) {
  if (from.cols > to.cols && from.rows >= to.rows) {
    const std::unique_ptr<ExamPlaneScaler, FreeScaler> scaler(
        exam_plane_scaler_new(from.cols, from.rows, to.cols, to.rows));
    exam_plane_scaler_run(
        scaler.get(), from.data, static_cast<ptrdiff_t>(from.step), to.data, static_cast<ptrdiff_t>(to.step));
  } else {
    cv::resize(from, to, to.size(), 0, 0, from.cols > to.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
}

}  // namespace

RegionSampler::RegionSampler(cv::Size canvas)
    : canvas_(canvas), i420_(canvas.height * 3 / 2, canvas.width, CV_8UC1), rgb_(canvas, CV_8UC3) {}

CanvasToPicture RegionSampler::sample(const examface_picture &picture, const cv::Rect2f &region) {
  const float scale = std::min(canvas_.width / region.width, canvas_.height / region.height);

  // The part of the region inside the picture, on even pixels so that both chroma planes are cut at the same place.
  const int left = std::clamp(floor_even(region.x), 0, floor_even(picture.width - 1.f));
  const int top = std::clamp(floor_even(region.y), 0, floor_even(picture.height - 1.f));
  const int right = std::clamp(ceil_even(region.x + region.width), left + 1, picture.width);
  const int bottom = std::clamp(ceil_even(region.y + region.height), top + 1, picture.height);
  const cv::Rect source(left, top, right - left, bottom - top);

  // Where it lands on the canvas: on even pixels too, which costs at most a pixel of aspect ratio.
  const float margin_x = (canvas_.width - region.width * scale) / 2;
  const float margin_y = (canvas_.height - region.height * scale) / 2;
  const int width = std::clamp(round_even(source.width * scale), 2, canvas_.width);
  const int height = std::clamp(round_even(source.height * scale), 2, canvas_.height);
  const int x = std::clamp(round_even((left - region.x) * scale + margin_x), 0, canvas_.width - width);
  const int y = std::clamp(round_even((top - region.y) * scale + margin_y), 0, canvas_.height - height);
  const cv::Rect target(x, y, width, height);

  uint8_t *const canvas_pixels = i420_.data;
  const size_t luma_bytes = static_cast<size_t>(canvas_.area());
  const size_t chroma_bytes = luma_bytes / 4;
  if (target.size() != canvas_) {
    std::fill_n(canvas_pixels, luma_bytes, kBlackLuma);
    std::fill_n(canvas_pixels + luma_bytes, 2 * chroma_bytes, kNeutralChroma);
  }

  // OpenCV has no Mat over constant memory; these are only read.
  auto *pixels = const_cast<uint8_t *>(picture.pixels);
  const cv::Size picture_chroma((picture.width + 1) / 2, (picture.height + 1) / 2);
  const cv::Size canvas_chroma(canvas_.width / 2, canvas_.height / 2);

  const cv::Mat luma(picture.height, picture.width, CV_8UC1, pixels);
  scale_plane(luma(source), cv::Mat(canvas_, CV_8UC1, canvas_pixels)(target));
  uint8_t *from = pixels + static_cast<size_t>(picture.width) * picture.height;
  uint8_t *to = canvas_pixels + luma_bytes;
  for (int plane = 0; plane < 2; plane++) {
    const cv::Mat chroma(picture_chroma, CV_8UC1, from);
    scale_plane(chroma(halved(source)), cv::Mat(canvas_chroma, CV_8UC1, to)(halved(target)));
    from += picture_chroma.area();
    to += chroma_bytes;
  }
  cv::cvtColor(i420_, rgb_, cv::COLOR_YUV2RGB_I420);

  const cv::Point2f to_picture(
      static_cast<float>(source.width) / target.width, static_cast<float>(source.height) / target.height);
  return {{source.x - target.x * to_picture.x, source.y - target.y * to_picture.y}, to_picture};
}

}  // namespace examface
