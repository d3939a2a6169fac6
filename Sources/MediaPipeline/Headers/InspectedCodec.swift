import CGStreamer

/// The codecs whose frames are inspected before a decoder gets them, because they say how large the decoded picture will be.
enum InspectedCodec: Sendable, Equatable {
  case vp8, vp9, av1, jpeg, png
  case h264(H264Header.Format)

  /// - Parameter mediaType: name of a caps structure, such as `video/x-vp8`.
  init?(mediaType: String) {
    switch mediaType {
    case "video/x-vp8": self = .vp8
    case "video/x-vp9": self = .vp9
    case "video/x-av1": self = .av1
    case "image/jpeg": self = .jpeg
    case "image/png": self = .png
    case "video/x-h264": self = .h264(.byteStream)
    default: return nil
    }
  }

  /// - Returns: the codec of the first structure, and what the codec data in the caps announces.
  static func read(_ caps: UnsafeMutablePointer<GstCaps>) -> (
    codec: InspectedCodec, header: CodedFrameHeader
  )? {
    guard let structure = gst_caps_get_structure(caps, 0),
      let codec = InspectedCodec(mediaType: String(cString: gst_structure_get_name(structure)))
    else { return nil }
    guard let value = gst_structure_get_value(structure, "codec_data"),
      value.pointee.g_type == gst_buffer_get_type(), let data = g_value_get_boxed(value)
    else { return (codec, .unmarked) }
    let configured = data.assumingMemoryBound(to: GstBuffer.self).withBytes { record in
      switch codec {
      case .h264:
        let configuration = H264Header.readConfiguration(record)
        return (InspectedCodec.h264(configuration.format), configuration.header)
      case .av1: return (codec, AV1Header.readConfiguration(record))
      case .vp8, .vp9, .jpeg, .png: return (codec, CodedFrameHeader.unmarked)
      }
    }
    return configured ?? (codec, .malformed("parameters of the stream that cannot be read"))
  }

  func header(of frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    switch self {
    case .vp8: VP8Header.read(frame)
    case .vp9: VP9Header.read(frame)
    case .av1: AV1Header.read(frame)
    case .jpeg: JPEGPicture.read(frame).header
    case .png: PNGHeader.read(frame)
    case .h264(let format): H264Header.read(frame, format: format)
    }
  }
}

extension UnsafeMutablePointer<GstBuffer> {
  /// - Returns: nil when the buffer cannot be read.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    var map = GstMapInfo()
    guard gst_buffer_map(self, &map, GST_MAP_READ) != 0 else { return nil }
    defer { gst_buffer_unmap(self, &map) }
    return body(UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
  }
}
