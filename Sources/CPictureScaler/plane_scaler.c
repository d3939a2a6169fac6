// Rows first, then columns: adding up whole rows is what vectors are best at, and leaves fewer rows for the columns.

#include <stdlib.h>
#include <string.h>

#include "CPictureScaler.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Weights are integers with these sums, so that a weighted sum of bytes fits into 16 bits, and into 16 bits with a sign.
#define ROW_ONE 256
#define COLUMN_ONE 128
// Halves are rounded down in the rows' sums and up in the columns', or pictures would become brighter.
#define ROW_HALF (ROW_ONE / 2 - 1)
#define COLUMN_HALF (COLUMN_ONE / 2)
// Pixels that are made from one load of 16 bytes.
#define GROUP 8
#define LOAD 16

/// One axis: so many source pixels, from `first` on, make a pixel. Those that it does not cover weigh nothing.
typedef struct {
  int pixels;
  int taps;
  int *first;
  uint16_t *weights;
} Axis;

/// What 8 pixels side by side take from 16 bytes: two neighbouring bytes for each, and their weights.
typedef struct {
  int offset;
  uint8_t bytes[LOAD];
  int8_t weights[LOAD];
} Pick;

struct ExamPlaneScaler {
  int from_width;
  Axis rows, columns;
  /// [group of pixels][pair of taps], of an even number of groups; null where a group's bytes lie too far apart
  /// or one makes a pixel alone.
  Pick *picks;
  int groups, pairs;
  /// A row between the two passes and a row of the result, both with room for vectors that go beyond the end.
  uint8_t *between, *result;
};

static int smaller(int a, int b) { return a < b ? a : b; }

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL) abort();
  return memory;
}

/// Pixel i covers the source from i * from / to to (i + 1) * from / to.
static Axis lay_out(int from, int to, int one) {
  Axis axis = {.pixels = to, .taps = 1};
  for (int pixel = 0; pixel < to; pixel++) {
    const int begin = (int)((int64_t)pixel * from / to);
    const int end = (int)(((int64_t)(pixel + 1) * from + to - 1) / to);
    if (end - begin > axis.taps) axis.taps = end - begin;
  }
  axis.first = allocate((size_t)to, sizeof *axis.first);
  axis.weights = allocate((size_t)to * (size_t)axis.taps, sizeof *axis.weights);
  const double scale = (double)from / to;
  uint16_t *weight = axis.weights;
  for (int pixel = 0; pixel < to; pixel++) {
    // At the end of the axis from earlier on, so that nothing beyond it is read.
    const int first = smaller((int)((int64_t)pixel * from / to), from - axis.taps);
    axis.first[pixel] = first;
    // Rounded so that they add up to `one`: a plain plane keeps its value.
    double covered = 0;
    int given = 0;
    for (int tap = 0; tap < axis.taps; tap++) {
      const double begin = first + tap < pixel * scale ? pixel * scale : first + tap;
      const double end = first + tap + 1 > (pixel + 1) * scale ? (pixel + 1) * scale : first + tap + 1;
      if (end > begin) covered += (end - begin) / scale;
      const int total = tap == axis.taps - 1 ? one : (int)(covered * one + 0.5);
      *weight++ = (uint16_t)(total - given);
      given = total;
    }
  }
  return axis;
}

static void choose_picks(ExamPlaneScaler *scaler) {
  const Axis *columns = &scaler->columns;
  scaler->groups = (columns->pixels + 2 * GROUP - 1) / (2 * GROUP) * 2;
  scaler->pairs = (columns->taps + 1) / 2;
  scaler->picks = allocate((size_t)(scaler->groups * scaler->pairs), sizeof *scaler->picks);
  for (int pixel = 0; pixel < columns->pixels; pixel++) {
    for (int tap = 0; tap < columns->taps; tap++) {
      Pick *pick = &scaler->picks[pixel / GROUP * scaler->pairs + tap / 2];
      const int place = 2 * (pixel % GROUP) + tap % 2;
      pick->offset = columns->first[pixel / GROUP * GROUP] + tap / 2 * 2;
      const int byte = columns->first[pixel] + tap - pick->offset;
      const int weight = columns->weights[pixel * columns->taps + tap];
      if (byte < 0 || byte >= LOAD || weight > INT8_MAX) {
        free(scaler->picks);
        scaler->picks = NULL;
        return;
      }
      pick->bytes[place] = (uint8_t)byte;
      pick->weights[place] = (int8_t)weight;
    }
  }
}

ExamPlaneScaler *exam_plane_scaler_new(int from_width, int from_height, int to_width, int to_height) {
  ExamPlaneScaler *scaler = allocate(1, sizeof *scaler);
  scaler->from_width = from_width;
  scaler->rows = lay_out(from_height, to_height, ROW_ONE);
  scaler->columns = lay_out(from_width, to_width, COLUMN_ONE);
  choose_picks(scaler);
  scaler->between = allocate((size_t)from_width + 2 * LOAD, 1);
  scaler->result = allocate((size_t)to_width + 2 * LOAD, 1);
  return scaler;
}

void exam_plane_scaler_free(ExamPlaneScaler *scaler) {
  if (scaler == NULL) return;
  free(scaler->rows.first);
  free(scaler->rows.weights);
  free(scaler->columns.first);
  free(scaler->columns.weights);
  free(scaler->picks);
  free(scaler->between);
  free(scaler->result);
  free(scaler);
}

/// Adds up rows of `width` bytes. Inlined, so that it is compiled for the processor that its caller is compiled for.
static inline __attribute__((always_inline)) void add_rows(
    const uint8_t *restrict from, ptrdiff_t stride, const uint16_t *weights, int taps, int width,
    uint8_t *restrict sum) {
  const uint8_t *restrict second = from + stride, *restrict third = second + stride;
  if (taps == 1) {
    memcpy(sum, from, (size_t)width);
  } else if (taps == 2) {
    const uint16_t a = weights[0], b = weights[1];
    for (int x = 0; x < width; x++) sum[x] = (uint8_t)((uint16_t)(a * from[x] + b * second[x] + ROW_HALF) >> 8);
  } else if (taps == 3) {
    const uint16_t a = weights[0], b = weights[1], c = weights[2];
    for (int x = 0; x < width; x++) {
      sum[x] = (uint8_t)((uint16_t)(a * from[x] + b * second[x] + c * third[x] + ROW_HALF) >> 8);
    }
  } else {
    for (int x = 0; x < width; x++) {
      unsigned total = ROW_HALF;
      for (int tap = 0; tap < taps; tap++) total += weights[tap] * (unsigned)from[tap * stride + x];
      sum[x] = (uint8_t)(total / ROW_ONE);
    }
  }
}

/// Adds up the columns of a row into `result`, which has room for vectors that go beyond the end.
typedef void AddColumns(const ExamPlaneScaler *scaler, const uint8_t *row, uint8_t *result);

static void add_columns(const ExamPlaneScaler *scaler, const uint8_t *row, uint8_t *result) {
  const Axis *axis = &scaler->columns;
  const uint16_t *weights = axis->weights;
  for (int pixel = 0; pixel < axis->pixels; pixel++, weights += axis->taps) {
    const uint8_t *bytes = row + axis->first[pixel];
    unsigned sum = COLUMN_HALF;
    for (int tap = 0; tap < axis->taps; tap++) sum += weights[tap] * (unsigned)bytes[tap];
    result[pixel] = (uint8_t)(sum / COLUMN_ONE);
  }
}

/// Inlined like `add_rows`.
static inline __attribute__((always_inline)) void scale_plane(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride,
    AddColumns *add_columns) {
  const Axis *rows = &scaler->rows;
  for (int y = 0; y < rows->pixels; y++) {
    add_rows(
        from + rows->first[y] * from_stride, from_stride, rows->weights + y * rows->taps, rows->taps,
        scaler->from_width, scaler->between);
    add_columns(scaler, scaler->between, scaler->result);
    memcpy(to + y * to_stride, scaler->result, (size_t)scaler->columns.pixels);
  }
}

void exam_plane_scaler_run_portable(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride) {
  scale_plane(scaler, from, from_stride, to, to_stride, add_columns);
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i two(const void *low, const void *high) {
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128(low)), _mm_loadu_si128(high), 1);
}

/// Two groups of pixels at once.
AVX2 static void add_columns_avx2(const ExamPlaneScaler *scaler, const uint8_t *row, uint8_t *result) {
  const __m256i half = _mm256_set1_epi16(COLUMN_HALF);
  const int pairs = scaler->pairs;
  for (int group = 0; group < scaler->groups; group += 2) {
    __m256i sums = half;
    for (int pair = 0; pair < pairs; pair++) {
      const Pick *low = &scaler->picks[group * pairs + pair], *high = low + pairs;
      const __m256i bytes = _mm256_shuffle_epi8(two(row + low->offset, row + high->offset), two(low->bytes, high->bytes));
      sums = _mm256_add_epi16(sums, _mm256_maddubs_epi16(bytes, two(low->weights, high->weights)));
    }
    sums = _mm256_srli_epi16(sums, 7);
    _mm_storeu_si128(
        (__m128i *)(result + group * GROUP),
        _mm_packus_epi16(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1)));
  }
}

AVX2 static void scale_plane_avx2(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride) {
  scale_plane(
      scaler, from, from_stride, to, to_stride, scaler->picks == NULL ? add_columns : add_columns_avx2);
}

#endif

void exam_plane_scaler_run(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    scale_plane_avx2(scaler, from, from_stride, to, to_stride);
    return;
  }
#endif
  exam_plane_scaler_run_portable(scaler, from, from_stride, to, to_stride);
}
