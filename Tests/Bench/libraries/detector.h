#pragma once

#include <optional>
#include <string>

#include "CFaceDetector.h"
#include "network.h"
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

/// The same models in OpenCV's own inference: canvases of their sizes through the networks, and nothing else of a check.
class OpenCVInference {
 public:
  OpenCVInference(const std::string &centerface, const std::string &blazeface);

  void search() { centerface_.run(large_, 1, 0); }
  void follow() { blazeface_.run(small_, 1 / 127.5, 127.5); }

 private:
  examface::Network centerface_, blazeface_;
  cv::Mat large_, small_;
};
