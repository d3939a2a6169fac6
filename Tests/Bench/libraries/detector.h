#pragma once

#include <optional>
#include <string>

#include "CFaceDetector.h"
#include "picture.h"

/// The server's own detector, without the server.
class Detector {
 public:
  Detector(const std::string &centerface, const std::string &blazeface);
  ~Detector() { examface_destroy(detector_); }
  Detector(const Detector &) = delete;
  Detector &operator=(const Detector &) = delete;

  /// The best face of the whole picture.
  std::optional<examface_box> search(const Picture &picture);
  /// Whether a face is around `box`.
  bool follow(const Picture &picture, const examface_box &box);

 private:
  examface_detector *detector_ = nullptr;
};
