/// The frame tag of VP8 (RFC 6386, section 9.1).
enum VP8Header {
  static func read(_ frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    guard frame.count >= 3 else { return .malformed("a VP8 frame of \(frame.count) bytes") }
    let tag = Int(frame[0]) | Int(frame[1]) << 8 | Int(frame[2]) << 16
    let isKey = tag & 1 == 0
    let headerSize = isKey ? 10 : 3
    // libvpx treats both as errors too; here they cost no decoder call.
    guard frame.count >= headerSize, tag >> 5 <= frame.count - headerSize else {
      return .malformed("a truncated VP8 frame")
    }
    guard isKey else { return .delta }
    guard frame[3] == 0x9d, frame[4] == 0x01, frame[5] == 0x2a else {
      return .malformed("a VP8 key frame without its start code")
    }
    // The two upper bits of each are a scaling hint that decoders ignore.
    let width = (Int(frame[6]) | Int(frame[7]) << 8) & 0x3fff
    let height = (Int(frame[8]) | Int(frame[9]) << 8) & 0x3fff
    guard width > 0, height > 0 else { return .malformed("a VP8 key frame of \(width)x\(height)") }
    return .key(width: width, height: height)
  }
}
