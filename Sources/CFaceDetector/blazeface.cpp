#include "blazeface.h"

#include <cmath>

#include "geometry.h"

namespace examface {
namespace {

constexpr int kSide = 128;
constexpr int kAnchors = 896;
/// Per anchor: middle x and y, width, height, then x and y of each point.
constexpr int kValues = 16;
/// Its points, in the order that it gives them.
constexpr examface_landmark kLandmarks[] = {EXAMFACE_LEFT_EYE, EXAMFACE_RIGHT_EYE, EXAMFACE_NOSE,
                                            EXAMFACE_MOUTH,    EXAMFACE_LEFT_EAR,  EXAMFACE_RIGHT_EAR};
constexpr float kSameFaceOverlap = 0.3f;
/// The network takes colours of -1...1.
constexpr float kMean = 127.5f;
constexpr float kScale = 1 / kMean;

/// The middles of the cells of two grids, in canvas pixels, as often as a grid has anchors per cell.
std::vector<cv::Point2f> make_anchors() {
  struct Grid {
    int cells;
    int anchors_per_cell;
  };
  std::vector<cv::Point2f> anchors;
  anchors.reserve(kAnchors);
  for (const Grid grid : {Grid{16, 2}, Grid{8, 6}}) {
    const float cell = static_cast<float>(kSide) / grid.cells;
    for (int row = 0; row < grid.cells; row++) {
      for (int column = 0; column < grid.cells; column++) {
        anchors.insert(anchors.end(), grid.anchors_per_cell, {(column + 0.5f) * cell, (row + 0.5f) * cell});
      }
    }
  }
  return anchors;
}

float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }

/// A face in canvas pixels, its box as the network gives it.
struct Candidate {
  float score;
  float values[kValues];

  examface_box box() const {
    return {values[0] - values[2] / 2, values[1] - values[3] / 2, values[2], values[3]};
  }
};

/// BlazeFace's own suppression: the boxes that overlap the best one are averaged, weighted by score, instead of
/// dropped, which steadies the points from picture to picture.
std::vector<Candidate> merge(std::vector<Candidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const auto &a, const auto &b) { return a.score > b.score; });
  std::vector<Candidate> merged;
  while (!candidates.empty()) {
    const Candidate best = candidates.front();
    Candidate mean{best.score, {}};
    float total = 0;
    std::vector<Candidate> rest;
    for (const Candidate &candidate : candidates) {
      // The best one is always of the same face, even if its box had no area to overlap with.
      const bool same = &candidate == &candidates.front() || overlap(best.box(), candidate.box()) > kSameFaceOverlap;
      if (!same) {
        rest.push_back(candidate);
        continue;
      }
      total += candidate.score;
      for (int value = 0; value < kValues; value++) {
        mean.values[value] += candidate.score * candidate.values[value];
      }
    }
    for (float &value : mean.values) {
      value /= total;
    }
    merged.push_back(mean);
    candidates.swap(rest);
  }
  return merged;
}

}  // namespace

Network BlazeFace::load(const char *path, const char *plan) {
  const NetworkInterface interface{
      cv::Size(kSide, kSide),
      kScale,
      kMean,
      {{"regressors", {1, kAnchors, kValues}}, {"classificators", {1, kAnchors, 1}}}};
  return Network(interface, path, plan);
}

BlazeFace::BlazeFace(const Network &network)
    : sampler_(cv::Size(kSide, kSide)), inference_(network.inference()), anchors_(make_anchors()) {}

std::vector<examface_face> BlazeFace::faces(
    const examface_picture &picture, examface_point middle, float side, float minimum_score) {
  const CanvasToPicture map = sampler_.sample(picture, {middle.x - side / 2, middle.y - side / 2, side, side});
  const std::vector<const float *> &outputs = inference_->run(sampler_.rgb());
  const float *const regressors = outputs[0];
  const float *const scores = outputs[1];

  std::vector<Candidate> candidates;
  for (int anchor = 0; anchor < kAnchors; anchor++) {
    const float score = sigmoid(scores[anchor]);
    if (!(score >= minimum_score)) {
      continue;
    }
    Candidate candidate{score, {}};
    for (int value = 0; value < kValues; value++) {
      const bool is_size = value == 2 || value == 3;
      const float base = is_size ? 0 : value % 2 == 0 ? anchors_[anchor].x : anchors_[anchor].y;
      candidate.values[value] = base + regressors[anchor * kValues + value];
    }
    candidates.push_back(candidate);
  }

  const examface_box frame{0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)};
  std::vector<examface_face> faces;
  for (const Candidate &candidate : merge(std::move(candidates))) {
    examface_face face{};
    const examface_box box = candidate.box();
    const examface_point corner = map.point(box.x, box.y);
    face.box = intersection({corner.x, corner.y, box.width * map.scale.x, box.height * map.scale.y}, frame);
    if (!(area(face.box) > 0)) {
      continue;
    }
    face.score = candidate.score;
    const float *point = candidate.values + 4;
    for (const examface_landmark landmark : kLandmarks) {
      face.landmarks |= 1u << landmark;
      face.points[landmark] = map.point(point[0], point[1]);
      point += 2;
    }
    faces.push_back(face);
  }
  return faces;
}

}  // namespace examface
