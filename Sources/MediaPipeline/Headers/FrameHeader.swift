/// What the first bytes of an encoded frame say, before any decoder spends memory on it.
enum FrameHeader: Equatable {
  /// Decodable on its own; the size is the one the decoder would allocate.
  case key(width: Int, height: Int)
  /// Needs the frames before it.
  case delta
  /// Needs the frames before it and changes the size.
  case resizedDelta(width: Int, height: Int)
  /// Not a whole frame of its codec, with the reason.
  case malformed(String)

  /// The size it announces, if it does.
  var size: (width: Int, height: Int)? {
    switch self {
    case .key(let width, let height), .resizedDelta(let width, let height): (width, height)
    case .delta, .malformed: nil
    }
  }
}

/// The codecs whose frames announce their size where it can be read cheaply.
enum InspectedCodec: Sendable, Equatable {
  case vp8, vp9, jpeg

  /// - Parameter mediaType: name of a caps structure, such as `video/x-vp8`.
  init?(mediaType: String) {
    switch mediaType {
    case "video/x-vp8": self = .vp8
    case "video/x-vp9": self = .vp9
    case "image/jpeg": self = .jpeg
    default: return nil
    }
  }

  func header(of frame: UnsafeRawBufferPointer) -> FrameHeader {
    switch self {
    case .vp8: VP8Header.read(frame)
    case .vp9: VP9Header.read(frame)
    case .jpeg: JPEGHeader.read(frame)
    }
  }
}
