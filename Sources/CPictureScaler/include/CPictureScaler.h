#ifndef EXAM_PICTURE_SCALER_H
#define EXAM_PICTURE_SCALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes the element `picturescale` known to GStreamer in this process; `gst_init` must have been called.
///
/// It scales I420 to what the caps after it allow: the picture's size, or the largest that fits, keeping its aspect ratio.
bool exam_register_picture_scaler(void);

/// Scales planes of one size to another, each pixel the mean of the area that it covers.
typedef struct ExamPlaneScaler ExamPlaneScaler;

/// All sizes in pixels of one byte, at least 1.
ExamPlaneScaler *exam_plane_scaler_new(int from_width, int from_height, int to_width, int to_height);
void exam_plane_scaler_free(ExamPlaneScaler *scaler);
/// Not for two threads at once. Strides in bytes; the planes must not overlap.
void exam_plane_scaler_run(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride);
/// The same without the instructions that not every processor has, for comparison.
void exam_plane_scaler_run_portable(
    ExamPlaneScaler *scaler, const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride);

#ifdef __cplusplus
}
#endif

#endif
