#pragma once

#include <turbojpeg.h>
#include <vpx/vpx_decoder.h>

#include <utility>

#include "picture.h"
#include "recording.h"

struct SwsContext;

/// libvpx, one thread, as one student has it.
class VP8Decoder {
 public:
  VP8Decoder();
  ~VP8Decoder();
  VP8Decoder(const VP8Decoder &) = delete;
  VP8Decoder &operator=(const VP8Decoder &) = delete;

  /// The picture lives until the next call.
  Planes decode(const Bytes &frame);

 private:
  vpx_codec_ctx_t context_;
};

/// Scales with libswscale, which of the libraries at hand does it with the least CPU: 480x360 to 320x240 in 0.075 ms,
/// where libyuv takes 0.14, OpenCV 0.085 and GStreamer's own scaler 0.19. Bilinear, the filter widened to the step.
class Scaler {
 public:
  Scaler(int from_width, int from_height, int to_width, int to_height);
  ~Scaler();
  Scaler(const Scaler &) = delete;
  Scaler &operator=(const Scaler &) = delete;

  void scale(const Planes &from, Picture &to);

 private:
  SwsContext *context_;
};

/// libjpeg-turbo with the transform that GStreamer's jpegenc and jpegdec use by default, the fast one.
class JPEGCodec {
 public:
  JPEGCodec();
  ~JPEGCodec();
  JPEGCodec(const JPEGCodec &) = delete;
  JPEGCodec &operator=(const JPEGCodec &) = delete;

  /// Width and height of the picture in a file.
  std::pair<int, int> size(const Bytes &file);
  /// The number of bytes; `file()` holds them until the next call.
  size_t encode(const Planes &picture, int quality);
  Bytes file() const;
  /// Decodes to the size of the file; only 4:2:0 comes out as I420.
  void decode(const Bytes &file, Picture &picture);

 private:
  tjhandle compressor_;
  tjhandle decompressor_;
  unsigned char *buffer_ = nullptr;
  unsigned long capacity_ = 0;
  size_t used_ = 0;
};
