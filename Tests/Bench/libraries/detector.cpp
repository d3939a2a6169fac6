#include "detector.h"

#include <stdexcept>

namespace {

// As the server asks: see FaceThreshold.
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

Detector::Detector(const std::string &models) {
  const std::string centerface = models + "/centerface", blazeface = models + "/blazeface_short_range";
  examface_message message;
  examface_networks *networks = nullptr;
  require_ok(
      examface_load(
          (centerface + ".onnx").c_str(), (centerface + ".plan").c_str(), (blazeface + ".onnx").c_str(),
          (blazeface + ".plan").c_str(), &networks, &message),
      message);
  const examface_status status = examface_create(networks, &detector_, &message);
  examface_unload(networks);
  require_ok(status, message);
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
      examface_check_square(
          detector_, &view, {box.x + box.width / 2, box.y + box.height / 2}, 2 * std::max(box.width, box.height),
          kPossiblyTracked, faces, kCapacity, &count, &message),
      message);
  return count > 0;
}

OpenCVNetworks::OpenCVNetworks(const std::string &models)
    : large_(256, 320, CV_8UC3),
      small_(128, 128, CV_8UC3),
      large_interface_{
          large_.size(),
          1,
          0,
          {{"537", {1, 1, 64, 80}}, {"538", {1, 2, 64, 80}}, {"539", {1, 2, 64, 80}}, {"540", {1, 10, 64, 80}}}},
      small_interface_{
          small_.size(), 1 / 127.5f, 127.5f, {{"regressors", {1, 896, 16}}, {"classificators", {1, 896, 1}}}},
      centerface_(large_interface_, models + "/centerface.onnx"),
      blazeface_(small_interface_, models + "/blazeface_short_range.onnx") {
  // Or it would work on threads whose time nobody counts.
  cv::setNumThreads(1);
  cv::randu(large_, 0, 256);
  cv::randu(small_, 0, 256);
}
