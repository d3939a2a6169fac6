// The loops of kernels.h for one kind of processor. Included by kernels.cpp only, once for each, with the name of the
// namespace, the floats of a register and the size of a tile as macros; hence no include guard and no headers here.

namespace examface::EXAMFACE_KERNELS {
namespace {

constexpr int kTilePixels = EXAMFACE_TILE_PIXELS;
constexpr int kTileVectors = EXAMFACE_TILE_VECTORS;
constexpr int kLanes = EXAMFACE_LANES;
static_assert(kBlock % kLanes == 0);

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
typedef uint8_t Bytes __attribute__((vector_size(kLanes)));

#define EXAMFACE_INLINE inline __attribute__((always_inline))

// By reference: vectors as arguments or results would be passed differently from processor to processor.
EXAMFACE_INLINE const Vector &vector_at(const float *values) { return *reinterpret_cast<const Vector *>(values); }
EXAMFACE_INLINE Vector &vector_at(float *values) { return *reinterpret_cast<Vector *>(values); }

EXAMFACE_INLINE void raise_to(Vector &value, const Vector &least) { value = value > least ? value : least; }

/// A depthwise 3x3 convolution of `kPixels` output pixels side by side, one vector of channels.
template <int kStride, int kPixels>
EXAMFACE_INLINE void depthwise_tile(
    const float *in, ptrdiff_t row_step, ptrdiff_t pixel_step, const Vector (&weights)[9], const Vector &bias,
    bool rectifies, float *out, ptrdiff_t out_step) {
  Vector sums[kPixels];
  for (Vector &sum : sums) {
    sum = bias;
  }
#pragma GCC unroll 3
  for (int row = 0; row < 3; row++) {
#pragma GCC unroll 16
    for (int column = 0; column < (kPixels - 1) * kStride + 3; column++) {
      const Vector value = vector_at(in + row * row_step + column * pixel_step);
#pragma GCC unroll 8
      for (int pixel = 0; pixel < kPixels; pixel++) {
        const int tap = column - pixel * kStride;
        if (tap >= 0 && tap < 3) {
          sums[pixel] += value * weights[row * 3 + tap];
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int pixel = 0; pixel < kPixels; pixel++) {
    if (rectifies) {
      raise_to(sums[pixel], Vector{});
    }
    vector_at(out + pixel * out_step) = sums[pixel];
  }
}

template <int kStride>
inline void depthwise_row(const Pass &pass, const float *in, float *out) {
  constexpr int kPixels = 4;
  const int channels = pass.depthwise_blocks * kBlock;
  for (int channel = 0; channel < channels; channel += kLanes) {
    Vector weights[9];
    for (int tap = 0; tap < 9; tap++) {
      weights[tap] = vector_at(pass.depthwise_weights + tap * channels + channel);
    }
    const Vector bias = vector_at(pass.depthwise_bias + channel);
    const float *from = in + channel;
    float *to = out + channel;
    int column = 0;
    for (; column + kPixels <= pass.out.columns; column += kPixels) {
      depthwise_tile<kStride, kPixels>(
          from, pass.in.row_step, pass.in.pixel_step, weights, bias, pass.rectifies_depthwise, to, channels);
      from += kPixels * kStride * pass.in.pixel_step;
      to += kPixels * channels;
    }
    for (; column < pass.out.columns; column++) {
      depthwise_tile<kStride, 1>(
          from, pass.in.row_step, pass.in.pixel_step, weights, bias, pass.rectifies_depthwise, to, channels);
      from += kStride * pass.in.pixel_step;
      to += channels;
    }
  }
}

/// Where the convolution over all channels reads the pixels of one output row.
struct Source {
  const float *pixels;
  ptrdiff_t pixel_step;
  ptrdiff_t row_step;
};

/// `kVectors` vectors of channels of `kPixels` output pixels side by side, from sums to rectified results.
template <int kVectors, int kPixels>
EXAMFACE_INLINE void dense_tile(const Pass &pass, const Source &source, int row, int column, int first_channel) {
  const ptrdiff_t block_step = static_cast<ptrdiff_t>(pass.kernel_rows) * pass.kernel_row_floats * kBlock;
  Vector sums[kPixels][kVectors];
  const float *weights[kVectors];
#pragma GCC unroll 8
  for (int vector = 0; vector < kVectors; vector++) {
    const int channel = first_channel + vector * kLanes;
    weights[vector] = pass.weights + channel / kBlock * block_step + channel % kBlock;
#pragma GCC unroll 8
    for (int pixel = 0; pixel < kPixels; pixel++) {
      sums[pixel][vector] = vector_at(pass.bias + channel);
    }
  }

  const float *pixels = source.pixels + column * source.pixel_step;
  ptrdiff_t weight = 0;
  for (int kernel_row = 0; kernel_row < pass.kernel_rows; kernel_row++) {
    for (int index = 0; index < pass.kernel_row_floats; index++) {
      Vector factors[kVectors];
#pragma GCC unroll 8
      for (int vector = 0; vector < kVectors; vector++) {
        factors[vector] = vector_at(weights[vector] + weight);
      }
#pragma GCC unroll 8
      for (int pixel = 0; pixel < kPixels; pixel++) {
        const float value = pixels[pixel * source.pixel_step + index];
#pragma GCC unroll 8
        for (int vector = 0; vector < kVectors; vector++) {
          sums[pixel][vector] += factors[vector] * value;
        }
      }
      weight += kBlock;
    }
    pixels += source.row_step;
  }

#pragma GCC unroll 8
  for (int vector = 0; vector < kVectors; vector++) {
    const int channel = first_channel + vector * kLanes;
    if (pass.rectifies && pass.adds_last) {
#pragma GCC unroll 8
      for (int pixel = 0; pixel < kPixels; pixel++) {
        raise_to(sums[pixel][vector], Vector{});
      }
    }
    if (channel < pass.added_blocks * kBlock) {
#pragma GCC unroll 8
      for (int pixel = 0; pixel < kPixels; pixel++) {
        if (pass.addend == Addend::plane) {
          sums[pixel][vector] += vector_at(pass.added.at(row, column + pixel) + channel);
        } else {
          const float *corner = pass.added.at(2 * row, 2 * (column + pixel)) + channel;
          Vector largest = vector_at(corner);
          raise_to(largest, vector_at(corner + pass.added.pixel_step));
          raise_to(largest, vector_at(corner + pass.added.row_step));
          raise_to(largest, vector_at(corner + pass.added.row_step + pass.added.pixel_step));
          sums[pixel][vector] += largest;
        }
      }
    }
#pragma GCC unroll 8
    for (int pixel = 0; pixel < kPixels; pixel++) {
      if (pass.rectifies && !pass.adds_last) {
        raise_to(sums[pixel][vector], Vector{});
      }
      vector_at(pass.out.at(row, column + pixel) + channel) = sums[pixel][vector];
    }
  }
}

template <int kVectors>
inline void dense_row(const Pass &pass, const Source &source, int row, int first_channel) {
  int column = 0;
  for (; column + kTilePixels <= pass.out.columns; column += kTilePixels) {
    dense_tile<kVectors, kTilePixels>(pass, source, row, column, first_channel);
  }
  for (; column + 2 <= pass.out.columns; column += 2) {
    dense_tile<kVectors, 2>(pass, source, row, column, first_channel);
  }
  for (; column < pass.out.columns; column++) {
    dense_tile<kVectors, 1>(pass, source, row, column, first_channel);
  }
}

inline void dense_row(const Pass &pass, const Source &source, int row) {
  int channel = 0;
  for (int left = pass.out_blocks * kBlock / kLanes; left > 0;) {
    // Four are done as two and two: a single one leaves too little to compute for each value that is loaded.
    if (kTileVectors >= 3 && left >= 3 && left != 4) {
      dense_row<3>(pass, source, row, channel);
      channel += 3 * kLanes;
      left -= 3;
    } else if (left >= 2) {
      dense_row<2>(pass, source, row, channel);
      channel += 2 * kLanes;
      left -= 2;
    } else {
      dense_row<1>(pass, source, row, channel);
      channel += kLanes;
      left -= 1;
    }
  }
}

void run(const Pass &pass, float *row_buffer) {
  for (int row = 0; row < pass.out.rows; row++) {
    const float *in = pass.in.at(pass.stride * row + pass.row_origin, pass.column_origin);
    if (pass.depthwise_weights == nullptr) {
      dense_row(pass, {in, pass.stride * pass.in.pixel_step, pass.in.row_step}, row);
      continue;
    }
    if (pass.stride == 1) {
      depthwise_row<1>(pass, in, row_buffer);
    } else {
      depthwise_row<2>(pass, in, row_buffer);
    }
    dense_row(pass, {row_buffer, static_cast<ptrdiff_t>(pass.depthwise_blocks) * kBlock, 0}, row);
  }
}

void normalize(const uint8_t *bytes, size_t count, float mean, float scale, float *values) {
  size_t index = 0;
  for (; index + kLanes <= count; index += kLanes) {
    Bytes block;
    std::memcpy(&block, bytes + index, sizeof block);
    const Vector normalized = (__builtin_convertvector(block, Vector) - mean) * scale;
    std::memcpy(values + index, &normalized, sizeof normalized);
  }
  for (; index < count; index++) {
    values[index] = (static_cast<float>(bytes[index]) - mean) * scale;
  }
}

}  // namespace

const Kernels kKernels{run, normalize};

}  // namespace examface::EXAMFACE_KERNELS

#undef EXAMFACE_INLINE
#undef EXAMFACE_KERNELS
#undef EXAMFACE_LANES
#undef EXAMFACE_TILE_PIXELS
#undef EXAMFACE_TILE_VECTORS
