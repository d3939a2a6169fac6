/// Reads bits, the most significant first.
struct BitReader {
  /// The bits end before what is read, or are no such code.
  struct Damaged: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func skip(_ count: Int) throws(Damaged) {
    guard position + count <= bytes.count * 8 else { throw Damaged() }
    position += count
  }

  /// - Parameter count: 32 at most.
  mutating func read(_ count: Int) throws(Damaged) -> Int {
    let start = position
    try skip(count)
    return (start..<position).reduce(0) { $0 << 1 | Int(bytes[$1 >> 3] >> UInt8(7 - $1 & 7) & 1) }
  }

  mutating func readFlag() throws(Damaged) -> Bool { try read(1) == 1 }

  /// An unsigned exponential Golomb code (ITU-T H.264, section 9.1) of at most 32 bits.
  mutating func readGolomb() throws(Damaged) -> Int {
    var zeros = 0
    while try !readFlag() {
      zeros += 1
      if zeros > 31 { throw Damaged() }
    }
    return (1 << zeros) - 1 + (try read(zeros))
  }

  /// A signed one (section 9.1.1).
  mutating func readSignedGolomb() throws(Damaged) -> Int {
    let code = try readGolomb()
    return code & 1 == 1 ? (code + 1) / 2 : -code / 2
  }
}
