#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace examface {

/// Channels are stored in blocks of so many floats: an AVX-512 register, or two of AVX2.
constexpr int kBlock = 16;
/// The input's pixels alone are stored as they come.
constexpr int kInputChannels = 3;

struct alignas(kBlock * sizeof(float)) Block {
  float values[kBlock];
};
using AlignedFloats = std::vector<Block>;

/// So many floats are stored for a pixel of so many channels.
inline size_t in_blocks(int channels) { return static_cast<size_t>((channels + kBlock - 1) / kBlock * kBlock); }

/// Rows of pixels whose channels lie side by side, zeros around them wherever somebody reads beyond the border.
struct Plane {
  /// The first channel of the top left pixel.
  float *pixels = nullptr;
  int rows = 0;
  int columns = 0;
  /// Floats from one pixel to the next, and from one row to the next.
  ptrdiff_t pixel_step = 0;
  ptrdiff_t row_step = 0;

  float *at(int row, int column) const { return pixels + row * row_step + column * pixel_step; }
};

/// What a pass adds to its result, in the channels that this has; the others get nothing.
enum class Addend { none, plane, plane_pooled };

/// One sweep over an activation, row by row so that what is in between stays in the first cache: a depthwise 3x3
/// convolution if there is one, then a convolution over all channels, an addend, and the rectifier.
struct Pass {
  Plane in, out;
  /// Output pixel (y, x) reads from input pixel (stride * y + row_origin, stride * x + column_origin) on.
  int stride = 1;
  int row_origin = 0;
  int column_origin = 0;

  /// Null without a depthwise convolution. Its weights are [row][column][channel], channels in whole blocks.
  const float *depthwise_weights = nullptr;
  const float *depthwise_bias = nullptr;
  int depthwise_blocks = 0;
  bool rectifies_depthwise = false;

  /// [output block][kernel row][value of that row][channel of the block], and a bias for each channel of the blocks.
  const float *weights = nullptr;
  const float *bias = nullptr;
  int kernel_rows = 1;
  /// Floats side by side that a kernel row covers: its columns times the channels stored for a pixel.
  int kernel_row_floats = 0;
  int out_blocks = 0;

  /// Of the size of the output, or `plane_pooled`: of twice its size, the largest of two by two pixels counts.
  Addend addend = Addend::none;
  Plane added;
  int added_blocks = 0;
  bool rectifies = false;
  /// The addend comes after the rectifier instead of before it.
  bool adds_last = false;
};

/// The inner loops, compiled once for each kind of processor.
struct Kernels {
  /// Does one pass. `row` has room for a row of the depthwise result: output columns times `depthwise_blocks`.
  void (*run)(const Pass &pass, float *row);
  /// Writes `(value - mean) * scale` for `count` bytes.
  void (*normalize)(const uint8_t *bytes, size_t count, float mean, float scale, float *values);
};

/// The fastest kernels that this processor can run; null where it has not even AVX2.
const Kernels *kernels();

}  // namespace examface
