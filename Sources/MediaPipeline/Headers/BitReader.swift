/// Reads bits, the most significant first.
struct BitReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// - Parameter count: 32 at most.
  /// - Returns: nil past the end.
  mutating func read(_ count: Int) -> Int? {
    guard position + count <= bytes.count * 8 else { return nil }
    var value = 0
    for _ in 0..<count {
      value = value << 1 | Int(bytes[position >> 3] >> UInt8(7 - position & 7) & 1)
      position += 1
    }
    return value
  }

  /// An unsigned exponential Golomb code (ITU-T H.264, section 9.1), nil past the end and above 32 bits.
  mutating func readGolomb() -> Int? {
    var zeros = 0
    while let bit = read(1) {
      if bit == 1 { return read(zeros).map { (1 << zeros) - 1 + $0 } }
      zeros += 1
      if zeros > 31 { return nil }
    }
    return nil
  }

  /// A signed one (section 9.1.1).
  mutating func readSignedGolomb() -> Int? {
    readGolomb().map { $0 & 1 == 1 ? ($0 + 1) / 2 : -$0 / 2 }
  }
}
