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
        let sequence = UnsafeRawBufferPointer(rebasing: frame[position..<position + size])
        guard let found = try? readSequence(sequence) else {
          return .malformed("an AV1 frame with a damaged sequence header")
        }
        if found.area > largest.area { largest = found }
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

  private static func readSequence(
    _ header: UnsafeRawBufferPointer
  ) throws(BitReader.Damaged) -> CodedFrameHeader {
    var bits = BitReader(header)
    try bits.skip(4)
    if try bits.readFlag() { try bits.skip(5) } else { try skipOperatingPoints(&bits) }
    let (widthBits, heightBits) = (try bits.read(4) + 1, try bits.read(4) + 1)
    return .parameters(width: try bits.read(widthBits) + 1, height: try bits.read(heightBits) + 1)
  }

  private static func skipOperatingPoints(_ bits: inout BitReader) throws(BitReader.Damaged) {
    var delayBits: Int?
    if try bits.readFlag() {  // Timing.
      try bits.skip(64)
      if try bits.readFlag() { _ = try bits.readGolomb() }
      if try bits.readFlag() {  // A decoder's model.
        delayBits = try bits.read(5) + 1
        try bits.skip(42)
      }
    }
    let hasDisplayDelay = try bits.readFlag()
    for _ in 0...(try bits.read(5)) {
      try bits.skip(12)
      if try bits.read(5) > 7 { try bits.skip(1) }
      if let delayBits, try bits.readFlag() { try bits.skip(2 * delayBits + 1) }
      if hasDisplayDelay, try bits.readFlag() { try bits.skip(4) }
    }
  }
}
