#include "CFaceDetector.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <stdexcept>

#include "blazeface.h"
#include "centerface.h"
#include "kernels.h"

namespace {

struct Networks {
  examface::Network centerface;
  examface::Network blazeface;
};

}  // namespace

struct examface_networks {
  std::shared_ptr<const Networks> shared;
};

struct examface_detector {
  std::shared_ptr<const Networks> networks;
  examface::CenterFace centerface;
  examface::BlazeFace blazeface;
};

namespace {

void write(examface_message *message, const char *text) {
  if (message != nullptr) {
    std::snprintf(message->text, sizeof message->text, "%s", text);
  }
}

/// Runs `body` and turns whatever it throws into a status and a text: nothing may unwind into Swift.
template <typename Body>
examface_status guarded(examface_message *message, Body body) noexcept {
  try {
    write(message, "");
    body();
    return EXAMFACE_OK;
  } catch (const examface::BadModel &error) {
    write(message, error.what());
    return EXAMFACE_BAD_MODEL;
  } catch (const std::exception &error) {
    write(message, error.what());
    return EXAMFACE_FAILED;
  } catch (...) {
    write(message, "an exception of an unknown type");
    return EXAMFACE_FAILED;
  }
}

void require(bool condition, const char *text) {
  if (!condition) {
    throw std::invalid_argument(text);
  }
}

void require_side(int32_t side) {
  require(
      side >= EXAMFACE_SMALLEST_SIDE && side <= EXAMFACE_LARGEST_SIDE,
      "a picture must be 16 to 4096 pixels wide and high");
}

void require_valid(const examface_picture *picture) {
  require(picture != nullptr && picture->pixels != nullptr, "there is no picture");
  require_side(picture->width);
  require_side(picture->height);
  const size_t width = static_cast<size_t>(picture->width);
  const size_t height = static_cast<size_t>(picture->height);
  const size_t expected = width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2);
  require(picture->byte_count == expected, "the bytes of a picture do not match its width and height");
}

void require_valid(
    const examface_detector *detector, float minimum_score, const examface_face *faces, const size_t *count) {
  require(detector != nullptr && faces != nullptr && count != nullptr, "a detector and room for faces are needed");
  require(minimum_score >= 0.05f && minimum_score <= 1, "the minimum score must be 0.05 to 1");
}

void write(const std::vector<examface_face> &found, examface_face *faces, size_t capacity, size_t *count) {
  *count = std::min(found.size(), capacity);
  std::copy_n(found.begin(), *count, faces);
}

}  // namespace

bool examface_has_own_inference() { return examface::kernels() != nullptr; }

examface_status examface_load(
    const char *centerface, const char *centerface_plan, const char *blazeface, const char *blazeface_plan,
    examface_networks **networks, examface_message *message) {
  return guarded(message, [&] {
    require(centerface != nullptr && blazeface != nullptr && networks != nullptr, "a path is missing");
    require(
        (centerface_plan == nullptr && blazeface_plan == nullptr) || examface_has_own_inference(),
        "this processor cannot run plans");
    // Many small calls on threads of our own, which OpenCV's threads would only disturb.
    cv::setNumThreads(1);
    // What OpenCV would print on its own comes back as the text of the exception.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    *networks = new examface_networks{std::make_shared<const Networks>(Networks{
        examface::CenterFace::load(centerface, centerface_plan), examface::BlazeFace::load(blazeface, blazeface_plan)})};
  });
}

void examface_unload(examface_networks *networks) {
  guarded(nullptr, [&] { delete networks; });
}

examface_status examface_create(
    const examface_networks *networks, examface_detector **detector, examface_message *message) {
  return guarded(message, [&] {
    require(networks != nullptr && detector != nullptr, "there are no networks");
    const Networks &shared = *networks->shared;
    *detector = new examface_detector{
        networks->shared, examface::CenterFace(shared.centerface), examface::BlazeFace(shared.blazeface)};
  });
}

void examface_destroy(examface_detector *detector) {
  guarded(nullptr, [&] { delete detector; });
}

examface_status examface_check_whole(
    examface_detector *detector, const examface_picture *picture, float minimum_score, examface_face *faces,
    size_t capacity, size_t *count, examface_message *message) {
  return guarded(message, [&] {
    require_valid(detector, minimum_score, faces, count);
    require_valid(picture);
    write(detector->centerface.faces(*picture, minimum_score), faces, capacity, count);
  });
}

examface_status examface_check_square(
    examface_detector *detector, const examface_picture *picture, examface_point middle, float side, float minimum_score,
    examface_face *faces, size_t capacity, size_t *count, examface_message *message) {
  return guarded(message, [&] {
    require_valid(detector, minimum_score, faces, count);
    require_valid(picture);
    require(
        middle.x >= 0 && middle.x <= picture->width && middle.y >= 0 && middle.y <= picture->height,
        "the middle of the square must lie in the picture");
    require(
        side >= 1 && side <= 2 * std::max(picture->width, picture->height),
        "the square's side must be 1 pixel to twice the picture's longer side");
    write(detector->blazeface.faces(*picture, middle, side, minimum_score), faces, capacity, count);
  });
}
