#pragma once

#include <optional>
#include <string>

#include "CFaceDetector.h"
#include "opencv_inference.h"
#include "picture.h"

/// The server's own detector, without the server.
class Detector {
 public:
  /// The folder of the models.
  explicit Detector(const std::string &models);
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
class OpenCVNetworks {
 public:
  explicit OpenCVNetworks(const std::string &models);

  void search() { centerface_.run(large_); }
  void follow() { blazeface_.run(small_); }

 private:
  cv::Mat large_, small_;
  examface::NetworkInterface large_interface_, small_interface_;
  examface::OpenCVInference centerface_, blazeface_;
};
