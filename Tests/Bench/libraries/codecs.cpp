#include "codecs.h"

#include <vpx/vp8dx.h>

extern "C" {
#include <libswscale/swscale.h>
}

#include <stdexcept>
#include <string>

namespace {

void require(bool condition, const std::string &text) {
  if (!condition) {
    throw std::runtime_error(text);
  }
}

}  // namespace

VP8Decoder::VP8Decoder() {
  vpx_codec_dec_cfg_t configuration{};
  configuration.threads = 1;
  require(
      vpx_codec_dec_init(&context_, vpx_codec_vp8_dx(), &configuration, 0) == VPX_CODEC_OK, "libvpx does not start");
}

VP8Decoder::~VP8Decoder() { vpx_codec_destroy(&context_); }

Planes VP8Decoder::decode(const Bytes &frame) {
  require(
      vpx_codec_decode(&context_, frame.data(), static_cast<unsigned>(frame.size()), nullptr, 0) == VPX_CODEC_OK,
      "libvpx refuses a frame");
  vpx_codec_iter_t iterator = nullptr;
  const vpx_image_t *image = vpx_codec_get_frame(&context_, &iterator);
  require(image != nullptr && image->fmt == VPX_IMG_FMT_I420, "a frame gives no picture");
  return {
      {image->planes[0], image->planes[1], image->planes[2]},
      {image->stride[0], image->stride[1], image->stride[2]},
      static_cast<int>(image->d_w),
      static_cast<int>(image->d_h)};
}

Scaler::Scaler(int from_width, int from_height, int to_width, int to_height)
    : context_(sws_getContext(
          from_width, from_height, AV_PIX_FMT_YUV420P, to_width, to_height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr,
          nullptr, nullptr)) {
  require(context_ != nullptr, "libswscale does not start");
}

Scaler::~Scaler() { sws_freeContext(context_); }

void Scaler::scale(const Planes &from, Picture &to) {
  uint8_t *const planes[3] = {to.plane(0), to.plane(1), to.plane(2)};
  const int strides[3] = {to.stride(0), to.stride(1), to.stride(2)};
  sws_scale(context_, from.plane, from.stride, 0, from.height, planes, strides);
}

JPEGCodec::JPEGCodec() : compressor_(tjInitCompress()), decompressor_(tjInitDecompress()) {
  require(compressor_ != nullptr && decompressor_ != nullptr, "libjpeg-turbo does not start");
}

JPEGCodec::~JPEGCodec() {
  tjDestroy(compressor_);
  tjDestroy(decompressor_);
  tjFree(buffer_);
}

std::pair<int, int> JPEGCodec::size(const Bytes &file) {
  int width = 0, height = 0, sampling = 0, colours = 0;
  const int failed =
      tjDecompressHeader3(decompressor_, file.data(), file.size(), &width, &height, &sampling, &colours);
  require(failed == 0 && sampling == TJSAMP_420, "a picture of the recording is not a 4:2:0 JPEG");
  return {width, height};
}

size_t JPEGCodec::encode(const Planes &picture, int quality) {
  const unsigned long needed = tjBufSize(picture.width, picture.height, TJSAMP_420);
  if (needed > capacity_) {
    tjFree(buffer_);
    buffer_ = tjAlloc(static_cast<int>(needed));
    capacity_ = needed;
  }
  unsigned long size = capacity_;
  const uint8_t *planes[3] = {picture.plane[0], picture.plane[1], picture.plane[2]};
  const int failed = tjCompressFromYUVPlanes(
      compressor_, planes, picture.width, picture.stride, picture.height, TJSAMP_420, &buffer_, &size, quality,
      TJFLAG_NOREALLOC | TJFLAG_FASTDCT);
  require(failed == 0, tjGetErrorStr2(compressor_));
  return used_ = size;
}

Bytes JPEGCodec::file() const { return Bytes(buffer_, buffer_ + used_); }

void JPEGCodec::decode(const Bytes &file, Picture &picture) {
  unsigned char *planes[3] = {picture.plane(0), picture.plane(1), picture.plane(2)};
  int strides[3] = {picture.stride(0), picture.stride(1), picture.stride(2)};
  const int failed = tjDecompressToYUVPlanes(
      decompressor_, file.data(), file.size(), planes, picture.width(), strides, picture.height(), TJFLAG_FASTDCT);
  require(failed == 0, tjGetErrorStr2(decompressor_));
}
