#include "CFaceDetector.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <stdexcept>

#include "blazeface.h"
#include "centerface.h"
#include "network.h"

struct examface_detector {
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
  } catch (const std::invalid_argument &error) {
    write(message, error.what());
    return EXAMFACE_INVALID_ARGUMENT;
  } catch (const examface::BadModel &error) {
    write(message, error.what());
    return EXAMFACE_BAD_MODEL;
  } catch (const std::exception &error) {
    write(message, error.what());
    return EXAMFACE_CHECK_FAILED;
  } catch (...) {
    write(message, "an exception of an unknown type");
    return EXAMFACE_CHECK_FAILED;
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

/// The mean of each cell of a grid that divides the picture into whole pixels, as cv::INTER_AREA gives it but for
/// rounding: rows are added up first, many columns at once.
void whole_cells(const examface_picture &picture, int32_t columns, int32_t rows, uint8_t *cells) {
  const size_t width = static_cast<size_t>(picture.width);
  const int32_t cell_width = picture.width / columns, cell_height = picture.height / rows;
  const float scale = 1.f / static_cast<float>(cell_width * cell_height);
  std::vector<uint32_t> sums(width);
  const uint8_t *row = picture.pixels;
  for (int32_t y = 0; y < rows; y++) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int32_t line = 0; line < cell_height; line++, row += width) {
      for (size_t x = 0; x < width; x++) {
        sums[x] += row[x];
      }
    }
    const uint32_t *sum = sums.data();
    for (int32_t x = 0; x < columns; x++, sum += cell_width) {
      *cells++ = cv::saturate_cast<uint8_t>(static_cast<float>(std::accumulate(sum, sum + cell_width, 0u)) * scale);
    }
  }
}

/// Loads one model; whatever goes wrong while it is tried is the file's fault.
template <typename Model>
Model load(const char *path) {
  try {
    return Model(path);
  } catch (const examface::BadModel &) {
    throw;
  } catch (const std::exception &error) {
    throw examface::BadModel(std::string(path) + " is another model or damaged: " + error.what());
  }
}

}  // namespace

examface_status examface_create(
    const char *centerface_path, const char *blazeface_path, examface_detector **detector, examface_message *message) {
  return guarded(message, [&] {
    require(centerface_path != nullptr && blazeface_path != nullptr && detector != nullptr, "a path is missing");
    // Many small calls on threads of our own: OpenCV's threads would only get in their way.
    cv::setNumThreads(1);
    // What OpenCV would print on its own comes back as the text of the exception.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    *detector = new examface_detector{
        load<examface::CenterFace>(centerface_path), load<examface::BlazeFace>(blazeface_path)};
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

examface_status examface_check_around(
    examface_detector *detector, const examface_picture *picture, const examface_box *box, float side_factor,
    float minimum_score, examface_face *faces, size_t capacity, size_t *count, examface_message *message) {
  return guarded(message, [&] {
    require_valid(detector, minimum_score, faces, count);
    require_valid(picture);
    require(box != nullptr, "there is no box");
    require(side_factor >= 1 && side_factor <= 8, "the side factor must be 1 to 8");
    const float x = box->x + box->width / 2;
    const float y = box->y + box->height / 2;
    require(
        box->width >= 1 && box->width <= picture->width && box->height >= 1 && box->height <= picture->height &&
            x >= 0 && x <= picture->width && y >= 0 && y <= picture->height,
        "the box must lie in the picture");
    const float side = side_factor * std::max(box->width, box->height);
    const cv::Rect2f region(x - side / 2, y - side / 2, side, side);
    write(detector->blazeface.faces(*picture, region, minimum_score), faces, capacity, count);
  });
}

examface_status examface_luminance(
    const examface_picture *picture, float *mean, float *standard_deviation, examface_message *message) {
  return guarded(message, [&] {
    require_valid(picture);
    require(mean != nullptr && standard_deviation != nullptr, "there is no room for the result");
    const size_t width = static_cast<size_t>(picture->width);
    double sum = 0, squares = 0;
    for (int32_t y = 0; y < picture->height; y++) {
      // Of a row 32 bits can hold both.
      uint32_t row_sum = 0, row_squares = 0;
      const uint8_t *row = picture->pixels + static_cast<size_t>(y) * width;
      for (size_t x = 0; x < width; x++) {
        row_sum += row[x];
        row_squares += static_cast<uint32_t>(row[x]) * row[x];
      }
      sum += row_sum;
      squares += row_squares;
    }
    const double pixels = static_cast<double>(width) * picture->height;
    *mean = static_cast<float>(sum / pixels);
    *standard_deviation = static_cast<float>(std::sqrt(std::max(0.0, squares / pixels - (sum / pixels) * (sum / pixels))));
  });
}

examface_status examface_luma_grid(
    const examface_picture *picture, int32_t columns, int32_t rows, uint8_t *cells, examface_message *message) {
  return guarded(message, [&] {
    require_valid(picture);
    require(cells != nullptr, "there is no room for the result");
    require(
        columns >= 1 && columns <= std::min(128, picture->width) && rows >= 1 && rows <= std::min(128, picture->height),
        "the grid must have 1 to 128 columns and rows, and no more than the picture has pixels");
    if (picture->width % columns == 0 && picture->height % rows == 0) {
      whole_cells(*picture, columns, rows, cells);
      return;
    }
    const cv::Mat luma(picture->height, picture->width, CV_8UC1, const_cast<uint8_t *>(picture->pixels));
    cv::Mat grid(rows, columns, CV_8UC1, cells);
    cv::resize(luma, grid, grid.size(), 0, 0, cv::INTER_AREA);
  });
}

size_t examface_sample_count(int32_t width, int32_t height) {
  return static_cast<size_t>((width + 1) / 2) * static_cast<size_t>((height + 1) / 2);
}

examface_status examface_motion(
    const examface_picture *picture, uint8_t *samples, size_t count, float *difference, examface_message *message) {
  return guarded(message, [&] {
    require_valid(picture);
    require(samples != nullptr && difference != nullptr, "there is no room for the result");
    require(count == examface_sample_count(picture->width, picture->height), "the samples are of another size");
    uint64_t sum = 0;
    uint8_t *sample = samples;
    for (int32_t y = 0; y < picture->height; y += 2) {
      const uint8_t *row = picture->pixels + static_cast<size_t>(y) * picture->width;
      uint32_t row_sum = 0;
      for (int32_t x = 0; x < picture->width; x += 2, ++sample) {
        row_sum += static_cast<uint32_t>(std::abs(static_cast<int>(row[x]) - static_cast<int>(*sample)));
        *sample = row[x];
      }
      sum += row_sum;
    }
    *difference = static_cast<float>(static_cast<double>(sum) / static_cast<double>(count));
  });
}
