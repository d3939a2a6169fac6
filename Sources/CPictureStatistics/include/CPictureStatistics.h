/// Statistics of a picture's brightness. In C, since a debug build of Swift would take a hundred times as long for each
/// pixel.
///
/// A plane is `width * height` bytes of luma, rows without padding; it is only read. Both sides are at least 1 and their
/// product less than 2^31.
#ifndef EXAM_PICTURE_STATISTICS_H
#define EXAM_PICTURE_STATISTICS_H

#include <stdint.h>

/// Mean (0...255) and standard deviation (0...127.5).
void exam_luminance(const uint8_t *luma, int width, int height, float *mean, float *standard_deviation);

/// Mean luma of each cell of a grid laid over the picture, row by row: `columns * rows` bytes. A pixel that lies in several
/// cells counts in each by the part that lies there. There are no more columns and rows than the picture has pixels.
void exam_luma_grid(const uint8_t *luma, int width, int height, int columns, int rows, uint8_t *cells);

/// Mean absolute difference (0...255) of every second pixel of every second row from the `samples` taken of a picture of the
/// same size before, `((width + 1) / 2) * ((height + 1) / 2)` bytes; they become those of this picture.
float exam_motion(const uint8_t *luma, int width, int height, uint8_t *samples);

#endif
