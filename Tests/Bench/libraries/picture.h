#pragma once

#include <cstdint>
#include <vector>

/// Three planes of an I420 picture that somebody else owns.
struct Planes {
  const uint8_t *plane[3];
  int stride[3];
  int width;
  int height;
};

/// An I420 picture without padding; both sides are even.
class Picture {
 public:
  Picture(int width, int height)
      : width_(width), height_(height), bytes_(static_cast<size_t>(width) * static_cast<size_t>(height) * 3 / 2) {}

  int width() const { return width_; }
  int height() const { return height_; }
  const std::vector<uint8_t> &bytes() const { return bytes_; }

  uint8_t *plane(int index) { return bytes_.data() + offset(index); }
  int stride(int index) const { return index == 0 ? width_ : width_ / 2; }

  Planes planes() const {
    const uint8_t *first = bytes_.data();
    return {{first, first + offset(1), first + offset(2)}, {stride(0), stride(1), stride(2)}, width_, height_};
  }

 private:
  std::ptrdiff_t offset(int index) const {
    const std::ptrdiff_t luma = static_cast<std::ptrdiff_t>(width_) * height_;
    return index == 0 ? 0 : index == 1 ? luma : luma * 5 / 4;
  }

  int width_;
  int height_;
  std::vector<uint8_t> bytes_;
};
