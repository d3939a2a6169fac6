#include "centerface.h"

#include <cmath>

#include "geometry.h"

namespace examface {
namespace {

// Both multiples of 32. Measured: 256x192 costs less and loses one small or dim face in a hundred.
constexpr int kWidth = 320;
constexpr int kHeight = 256;
/// Canvas pixels per cell of the output.
constexpr int kStride = 4;
constexpr int kRows = kHeight / kStride;
constexpr int kColumns = kWidth / kStride;
/// Its points, in the order that it gives them.
constexpr examface_landmark kLandmarks[] = {
    EXAMFACE_LEFT_EYE, EXAMFACE_RIGHT_EYE, EXAMFACE_NOSE, EXAMFACE_LEFT_MOUTH_CORNER, EXAMFACE_RIGHT_MOUTH_CORNER};
constexpr int kPoints = sizeof kLandmarks / sizeof *kLandmarks;
constexpr float kSameFaceOverlap = 0.3f;
/// A box that lies mostly outside the picture is a guess.
constexpr float kLeastPartInside = 0.25f;
/// exp(5) cells are larger than the canvas; a network gone wrong must not make infinite boxes.
constexpr float kLargestLogSize = 5.f;

/// One output tensor of 1 x channels x rows x columns.
struct Planes {
  const float *data;
  float at(int channel, int cell) const { return data[channel * kRows * kColumns + cell]; }
};

}  // namespace

Network CenterFace::load(const char *path, const char *plan) {
  const NetworkInterface interface{
      cv::Size(kWidth, kHeight),
      1,
      0,
      {
          {"537", {1, 1, kRows, kColumns}},
          {"538", {1, 2, kRows, kColumns}},
          {"539", {1, 2, kRows, kColumns}},
          {"540", {1, 2 * kPoints, kRows, kColumns}},
      }};
  return Network(interface, path, plan);
}

CenterFace::CenterFace(const Network &network)
    : sampler_(cv::Size(kWidth, kHeight)), inference_(network.inference()) {}

std::vector<examface_face> CenterFace::faces(const examface_picture &picture, float minimum_score) {
  const examface_box frame{0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)};
  const CanvasToPicture map = sampler_.sample(picture, {0, 0, frame.width, frame.height});
  const std::vector<const float *> &outputs = inference_->run(sampler_.rgb());
  const Planes heat{outputs[0]};
  const Planes size{outputs[1]};
  const Planes offset{outputs[2]};
  const Planes points{outputs[3]};

  std::vector<examface_face> candidates;
  for (int cell = 0; cell < kRows * kColumns; cell++) {
    const float score = heat.at(0, cell);
    if (!(score >= minimum_score)) {
      continue;
    }
    const float height = kStride * std::exp(std::min(size.at(0, cell), kLargestLogSize));
    const float width = kStride * std::exp(std::min(size.at(1, cell), kLargestLogSize));
    const float left = (cell % kColumns + offset.at(1, cell) + 0.5f) * kStride - width / 2;
    const float top = (cell / kColumns + offset.at(0, cell) + 0.5f) * kStride - height / 2;

    examface_face face{};
    const examface_point corner = map.point(left, top);
    face.box = {corner.x, corner.y, width * map.scale.x, height * map.scale.y};
    face.score = std::min(score, 1.f);
    for (int point = 0; point < kPoints; point++) {
      face.landmarks |= 1u << kLandmarks[point];
      face.points[kLandmarks[point]] =
          map.point(left + points.at(2 * point + 1, cell) * width, top + points.at(2 * point, cell) * height);
    }
    candidates.push_back(face);
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto &a, const auto &b) { return a.score > b.score; });

  // Greedy non-maximum suppression on the boxes as they are, clipped only afterwards.
  std::vector<examface_face> faces;
  for (const examface_face &candidate : candidates) {
    const bool seen = std::any_of(faces.begin(), faces.end(), [&](const examface_face &face) {
      return overlap(face.box, candidate.box) > kSameFaceOverlap;
    });
    if (!seen) {
      faces.push_back(candidate);
    }
  }
  const auto outside = [&](const examface_face &face) {
    return area(intersection(face.box, frame)) < kLeastPartInside * area(face.box);
  };
  faces.erase(std::remove_if(faces.begin(), faces.end(), outside), faces.end());
  for (examface_face &face : faces) {
    face.box = intersection(face.box, frame);
  }
  return faces;
}

}  // namespace examface
