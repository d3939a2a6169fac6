/// The markers of a JPEG up to its frame header (ITU-T T.81, annex B), and its end.
enum JPEGHeader {
  static func read(_ frame: UnsafeRawBufferPointer) -> FrameHeader {
    guard frame.count >= 4, frame[0] == 0xff, frame[1] == 0xd8 else {
      return .malformed("not a JPEG: no start of image")
    }
    // A decoder makes a half grey picture of a truncated JPEG and reports nothing.
    guard frame[frame.count - 2] == 0xff, frame[frame.count - 1] == 0xd9 else {
      return .malformed("a truncated JPEG: no end of image")
    }
    var position = 2
    while position + 4 <= frame.count {
      guard frame[position] == 0xff else { return .malformed("a JPEG with bytes between its markers") }
      let marker = frame[position + 1]
      if marker == 0xff {  // Fill bytes may precede a marker.
        position += 1
        continue
      }
      let length = Int(frame[position + 2]) << 8 | Int(frame[position + 3])
      switch marker {
      case 0xc0, 0xc1: return readFrameHeader(frame, at: position)
      case 0xc2, 0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf:
        // Browsers send baseline; a progressive one can make a decoder go over the picture thousands of times.
        return .malformed("a JPEG that is not baseline")
      case 0xda, 0xd9: return .malformed("a JPEG without a frame header")
      default: break
      }
      guard length >= 2 else { return .malformed("a JPEG marker of \(length) bytes") }
      position += 2 + length
    }
    return .malformed("a JPEG without a frame header")
  }

  private static func readFrameHeader(
    _ frame: UnsafeRawBufferPointer, at position: Int
  ) -> FrameHeader {
    guard position + 9 <= frame.count else { return .malformed("a truncated JPEG frame header") }
    let height = Int(frame[position + 5]) << 8 | Int(frame[position + 6])
    let width = Int(frame[position + 7]) << 8 | Int(frame[position + 8])
    guard width > 0, height > 0 else { return .malformed("a JPEG of \(width)x\(height)") }
    return .key(width: width, height: height)
  }
}
