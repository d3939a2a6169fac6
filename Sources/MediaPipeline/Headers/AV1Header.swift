/// The sequence headers of AV1 (AV1 bitstream specification, section 5.5): no frame may be larger than they say, and
/// the reference decoder, libaom, enforces that.
enum AV1Header {
  /// If there are several, the one with the largest picture counts. The page says which frames are key frames.
  static func read(_ frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    var largest = CodedFrameHeader.unmarked
    var position = 0
    while position < frame.count {
      let first = frame[position]
      guard first & 0x80 == 0 else { return .malformed("not an AV1 frame") }
      position += first & 0x04 == 0 ? 1 : 2
      var size = frame.count - position
      if first & 0x02 != 0 {
        guard let written = readSize(frame, &position) else { return .malformed("a truncated AV1 frame") }
        size = written
      }
      guard size >= 0, size <= frame.count - position else { return .malformed("a truncated AV1 frame") }
      if first >> 3 & 0x0f == 1 {
        guard
          let found = readSequence(UnsafeRawBufferPointer(rebasing: frame[position..<position + size]))
        else { return .malformed("an AV1 frame with a damaged sequence header") }
        if found.width * found.height > (largest.size.map { $0.width * $0.height } ?? 0) {
          largest = .parameters(width: found.width, height: found.height)
        }
      }
      position += size
    }
    return largest
  }

  /// The codec data in the caps, `av1C`: four bytes, then headers.
  static func readConfiguration(_ record: UnsafeRawBufferPointer) -> CodedFrameHeader {
    guard record.count >= 4 else { return .malformed("a truncated AV1 configuration") }
    return read(UnsafeRawBufferPointer(rebasing: record[4...]))
  }

  /// Seven bits a byte, the lowest first (section 4.10.5).
  private static func readSize(_ frame: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
    var value = 0
    for shift in 0..<8 {
      guard position < frame.count else { return nil }
      let byte = frame[position]
      position += 1
      value |= Int(byte & 0x7f) << (7 * shift)
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  private static func readSequence(_ header: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var bits = BitReader(header)
    guard bits.read(4) != nil, let isReduced = bits.read(1) else { return nil }
    if isReduced == 1 {
      guard bits.read(5) != nil else { return nil }
    } else {
      guard skipOperatingPoints(&bits) else { return nil }
    }
    guard let widthBits = bits.read(4), let heightBits = bits.read(4), let width = bits.read(widthBits + 1),
      let height = bits.read(heightBits + 1)
    else { return nil }
    return (width + 1, height + 1)
  }

  private static func skipOperatingPoints(_ bits: inout BitReader) -> Bool {
    var delayBits: Int?
    guard let hasTiming = bits.read(1) else { return false }
    if hasTiming == 1 {
      guard bits.read(32) != nil, bits.read(32) != nil, let isEqual = bits.read(1),
        isEqual == 0 || bits.readGolomb() != nil, let hasModel = bits.read(1)
      else { return false }
      if hasModel == 1 {
        guard let length = bits.read(5), bits.read(32) != nil, bits.read(10) != nil else { return false }
        delayBits = length + 1
      }
    }
    guard let hasDisplayDelay = bits.read(1), let last = bits.read(5) else { return false }
    for _ in 0...last {
      guard bits.read(12) != nil, let level = bits.read(5), level <= 7 || bits.read(1) != nil else {
        return false
      }
      if let delayBits {
        guard let isPresent = bits.read(1) else { return false }
        if isPresent == 1 {
          guard bits.read(delayBits) != nil, bits.read(delayBits) != nil, bits.read(1) != nil else {
            return false
          }
        }
      }
      if hasDisplayDelay == 1 {
        guard let isPresent = bits.read(1), isPresent == 0 || bits.read(4) != nil else { return false }
      }
    }
    return true
  }
}
