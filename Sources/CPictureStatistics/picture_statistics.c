#include "CPictureStatistics.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void exam_luminance(const uint8_t *luma, int width, int height, float *mean, float *standard_deviation) {
  double sum = 0, squares = 0;
  for (int y = 0; y < height; y++, luma += width) {
    // Of a row 32 bits can hold both.
    uint32_t row_sum = 0, row_squares = 0;
    for (int x = 0; x < width; x++) {
      row_sum += luma[x];
      row_squares += (uint32_t)luma[x] * luma[x];
    }
    sum += row_sum;
    squares += row_squares;
  }
  const double pixels = (double)width * height;
  const double variance = squares / pixels - (sum / pixels) * (sum / pixels);
  *mean = (float)(sum / pixels);
  *standard_deviation = (float)sqrt(variance > 0 ? variance : 0);
}

/// The part of pixel `index` that lies from `begin` to `end`, 0...1.
static float part(int index, double begin, double end) {
  const double from = index > begin ? index : begin, to = index + 1 < end ? index + 1 : end;
  return to > from ? (float)(to - from) : 0;
}

static uint8_t rounded(float mean) {
  const long whole = lrintf(mean);
  return (uint8_t)(whole < 255 ? whole : 255);
}

/// Of a grid that divides the picture into whole pixels: rows are added up first, many columns at once.
static void whole_cells(const uint8_t *luma, int width, int height, int columns, int rows, uint8_t *cells) {
  const int cell_width = width / columns, cell_height = height / rows;
  const float scale = 1.f / (float)(cell_width * cell_height);
  uint32_t *const sums = malloc((size_t)width * sizeof *sums);
  if (sums == NULL) {
    abort();
  }
  for (int row = 0; row < rows; row++) {
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int line = 0; line < cell_height; line++, luma += width) {
      for (int x = 0; x < width; x++) {
        sums[x] += luma[x];
      }
    }
    for (int column = 0; column < columns; column++) {
      uint32_t sum = 0;
      for (int x = 0; x < cell_width; x++) {
        sum += sums[column * cell_width + x];
      }
      *cells++ = rounded((float)sum * scale);
    }
  }
  free(sums);
}

void exam_luma_grid(const uint8_t *luma, int width, int height, int columns, int rows, uint8_t *cells) {
  if (width % columns == 0 && height % rows == 0) {
    whole_cells(luma, width, height, columns, rows, cells);
    return;
  }
  const double cell_width = (double)width / columns, cell_height = (double)height / rows;
  for (int row = 0; row < rows; row++) {
    const double top = row * cell_height, bottom = (row + 1) * cell_height;
    for (int column = 0; column < columns; column++) {
      const double left = column * cell_width, right = (column + 1) * cell_width;
      float sum = 0;
      for (int y = (int)top; y < height && y < bottom; y++) {
        const float in_row = part(y, top, bottom);
        for (int x = (int)left; x < width && x < right; x++) {
          sum += in_row * part(x, left, right) * (float)luma[(ptrdiff_t)y * width + x];
        }
      }
      *cells++ = rounded(sum / (float)(cell_width * cell_height));
    }
  }
}

float exam_motion(const uint8_t *luma, int width, int height, uint8_t *samples) {
  uint64_t sum = 0;
  for (int y = 0; y < height; y += 2) {
    const uint8_t *row = luma + (ptrdiff_t)y * width;
    uint32_t row_sum = 0;
    for (int x = 0; x < width; x += 2, samples++) {
      row_sum += (uint32_t)abs((int)row[x] - (int)*samples);
      *samples = row[x];
    }
    sum += row_sum;
  }
  return (float)((double)sum / ((double)((width + 1) / 2) * ((height + 1) / 2)));
}
