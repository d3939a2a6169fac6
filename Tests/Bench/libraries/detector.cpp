#include "detector.h"

#include <stdexcept>

namespace {

// As the server asks: see FaceThresholds.
constexpr float kKeptFace = 0.35f;
constexpr float kPossiblyTracked = 0.5f;
constexpr size_t kCapacity = 32;

void require_ok(examface_status status, const examface_message &message) {
  if (status != EXAMFACE_OK) {
    throw std::runtime_error(message.text);
  }
}

examface_picture picture_of(const Picture &picture) {
  return {picture.bytes().data(), picture.bytes().size(), picture.width(), picture.height()};
}

}  // namespace

Detector::Detector(const std::string &centerface, const std::string &blazeface) {
  examface_message message;
  require_ok(examface_create(centerface.c_str(), blazeface.c_str(), &detector_, &message), message);
}

std::optional<examface_box> Detector::search(const Picture &picture) {
  examface_face faces[kCapacity];
  size_t count = 0;
  examface_message message;
  const examface_picture view = picture_of(picture);
  require_ok(examface_check_whole(detector_, &view, kKeptFace, faces, kCapacity, &count, &message), message);
  return count > 0 ? std::optional(faces[0].box) : std::nullopt;
}

bool Detector::follow(const Picture &picture, const examface_box &box) {
  examface_face faces[kCapacity];
  size_t count = 0;
  examface_message message;
  const examface_picture view = picture_of(picture);
  require_ok(
      examface_check_around(
          detector_, &view, &box, kPossiblyTracked, faces, kCapacity, &count, &message),
      message);
  return count > 0;
}

OpenCVInference::OpenCVInference(const std::string &centerface, const std::string &blazeface)
    : centerface_(centerface, {"537", "538", "539", "540"}),
      blazeface_(blazeface, {"regressors", "classificators"}),
      large_(256, 320, CV_8UC3),
      small_(128, 128, CV_8UC3) {
  // Or it would work on threads whose time nobody counts.
  cv::setNumThreads(1);
  cv::randu(large_, 0, 256);
  cv::randu(small_, 0, 256);
}
