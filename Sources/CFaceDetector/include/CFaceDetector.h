/// Face detection behind a C interface. OpenCV is used behind this header and nowhere else.
///
/// It exists because Swift cannot catch a C++ exception: every function here catches all of them and answers with
/// a status and a text. Coordinates are pixels of the picture that was passed in, x to the right and y down, the
/// origin at the outer corner of the top left pixel.
#ifndef EXAMFACE_CFACEDETECTOR_H
#define EXAMFACE_CFACEDETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The largest side of a picture that is accepted, in pixels.
#define EXAMFACE_LARGEST_SIDE 4096
/// The smallest side of a picture that is accepted, in pixels.
#define EXAMFACE_SMALLEST_SIDE 16
typedef enum {
  EXAMFACE_OK = 0,
  /// A model file or a plan cannot be read, or is not what it should be; the text names the file.
  EXAMFACE_BAD_MODEL,
  /// An argument is null or out of its bounds, or the network failed on a picture.
  EXAMFACE_FAILED,
} examface_status;

/// Why a function failed: text with a terminating zero, empty after EXAMFACE_OK.
typedef struct {
  char text[512];
} examface_message;

/// A picture in I420: `width * height` luma bytes, then two chroma planes of
/// `((width + 1) / 2) * ((height + 1) / 2)` bytes, rows without padding. It is only read, and only during the call.
typedef struct {
  const uint8_t *pixels;
  size_t byte_count;
  int32_t width;
  int32_t height;
} examface_picture;

typedef struct {
  float x;
  float y;
} examface_point;

typedef struct {
  float x;
  float y;
  float width;
  float height;
} examface_box;

/// A place in a face, "left" and "right" as seen in the picture.
typedef enum {
  EXAMFACE_LEFT_EYE,
  EXAMFACE_RIGHT_EYE,
  EXAMFACE_NOSE,
  EXAMFACE_MOUTH,
  EXAMFACE_LEFT_MOUTH_CORNER,
  EXAMFACE_RIGHT_MOUTH_CORNER,
  EXAMFACE_LEFT_EAR,
  EXAMFACE_RIGHT_EAR,
} examface_landmark;
#define EXAMFACE_LANDMARKS 8

/// One face. Its landmarks may lie outside the picture, its box does not.
typedef struct {
  examface_box box;
  /// 0...1, the detector's own.
  float score;
  /// Which landmarks the network gives: bit `1 << landmark` is set.
  uint32_t landmarks;
  examface_point points[EXAMFACE_LANDMARKS];
} examface_face;

/// Two networks, loaded. Nothing of them changes, and any number of threads may use them.
typedef struct examface_networks examface_networks;

/// The buffers of two networks. Any thread may use it, but only one at a time.
typedef struct examface_detector examface_detector;

/// Whether this processor can run the server's own inference.
bool examface_has_own_inference(void);

/// Loads CenterFace and BlazeFace (short range): each from its plan, for the server's own inference, or where the plan is
/// NULL from its ONNX file, for OpenCV's. Both are tried, so that a wrong file is found here and not at the first student.
examface_status examface_load(
    const char *centerface, const char *centerface_plan, const char *blazeface, const char *blazeface_plan,
    examface_networks **networks, examface_message *message);

/// Frees networks; NULL is allowed. Detectors that were made of them keep what they need.
void examface_unload(examface_networks *networks);

examface_status examface_create(
    const examface_networks *networks, examface_detector **detector, examface_message *message);

/// Frees a detector; NULL is allowed.
void examface_destroy(examface_detector *detector);

/// Searches the whole picture with CenterFace.
///
/// Writes at most `capacity` faces with a score of at least `minimum_score` (0.05...1), best first, and their number.
examface_status examface_check_whole(
    examface_detector *detector, const examface_picture *picture, float minimum_score, examface_face *faces,
    size_t capacity, size_t *count, examface_message *message);

/// Searches the square of `side` pixels around `middle`, which lies in the picture, with BlazeFace. The square may reach beyond
/// the picture: there it is black.
///
/// Writes at most `capacity` faces with a score of at least `minimum_score` (0.05...1), best first, and their number.
examface_status examface_check_square(
    examface_detector *detector, const examface_picture *picture, examface_point middle, float side, float minimum_score,
    examface_face *faces, size_t capacity, size_t *count, examface_message *message);

#ifdef __cplusplus
}
#endif

#endif
