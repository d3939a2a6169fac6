/// Writes baseline JPEGs whose blocks each have one colour, with any sampling: encoders support only a few.
struct JPEGWriter {
  var width = 320
  var height = 240
  /// Of each component, as in a frame header: the horizontal factor in the upper four bits.
  var samplings: [UInt8] = [0x22, 0x11, 0x11]
  /// Exif orientation, and the byte order it is written in.
  var orientation: (value: Int, isLittleEndian: Bool)?
  /// The components at a place of the picture, from 0 to 1 each: even numbers.
  var color: (Double, Double) -> [Int] = { _, _ in [128, 128, 128] }
  /// Segments that come first.
  var segments: [UInt8] = []

  /// Four quarters of different colours: top left, top right, bottom left, bottom right.
  static let quarters = [[60, 90, 200], [110, 200, 90], [160, 150, 60], [210, 60, 150]]
  static func quarter(_ x: Double, _ y: Double) -> [Int] { quarters[(y < 0.5 ? 0 : 2) + (x < 0.5 ? 0 : 1)] }

  static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0xff, marker] + sixteen(content.count + 2) + content
  }

  static func sixteen(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

  /// A quantiser of 16; codes of four bits for the means, one of one bit for the rest of a block, which is empty.
  static let tables =
    segment(0xdb, [0] + [UInt8](repeating: 16, count: 64))
    + segment(0xc4, [0, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12) + (0..<12).map { $0 })
    + segment(0xc4, [0x10, 1] + [UInt8](repeating: 0, count: 15) + [0])

  var frameHeader: [UInt8] {
    Self.segment(
      0xc0,
      [8] + Self.sixteen(height) + Self.sixteen(width) + [UInt8(samplings.count)]
        + samplings.enumerated().flatMap { [UInt8($0 + 1), $1, 0] })
  }

  var scanHeader: [UInt8] {
    Self.segment(
      0xda, [UInt8(samplings.count)] + (1...samplings.count).flatMap { [UInt8($0), 0] } + [0, 63, 0])
  }

  var exif: [UInt8] {
    guard let orientation else { return [] }
    let value = UInt8(orientation.value)
    let tiff: [UInt8] =
      orientation.isLittleEndian
      ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
      : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
    return Self.segment(0xe1, Array("Exif\0\0".utf8) + tiff)
  }

  var bytes: [UInt8] {
    [0xff, 0xd8] + exif + segments + Self.tables + frameHeader + scanHeader + scan + [0xff, 0xd9]
  }

  var scan: [UInt8] {
    // A single component is not in units of several blocks.
    let factors = samplings.count == 1 ? [(1, 1)] : samplings.map { (Int($0 >> 4), Int($0 & 15)) }
    let wide = factors.map(\.0).max()!
    let high = factors.map(\.1).max()!
    var bits = BitWriter()
    var last = [Int](repeating: 0, count: factors.count)
    for row in 0..<(height + 8 * high - 1) / (8 * high) {
      for column in 0..<(width + 8 * wide - 1) / (8 * wide) {
        for (component, factor) in factors.enumerated() {
          for block in 0..<factor.0 * factor.1 {
            let x = (Double(column * factor.0 + block % factor.0) + 0.5) * Double(8 * wide / factor.0)
            let y = (Double(row * factor.1 + block / factor.0) + 0.5) * Double(8 * high / factor.1)
            let value = (color(x / Double(width), y / Double(height))[component] - 128) / 2
            bits.writeDifference(value - last[component])
            last[component] = value
          }
        }
      }
    }
    return bits.finished
  }

  private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending = 0
    private var count = 0

    mutating func writeDifference(_ value: Int) {
      let size = Int.bitWidth - abs(value).leadingZeroBitCount
      write(size, 4)
      write(value < 0 ? value + (1 << size) - 1 : value, size)
      write(0, 1)
    }

    mutating func write(_ value: Int, _ length: Int) {
      for bit in stride(from: length - 1, through: 0, by: -1) {
        pending = pending << 1 | (value >> bit & 1)
        count += 1
        guard count == 8 else { continue }
        bytes.append(UInt8(pending))
        if pending == 0xff { bytes.append(0) }
        (pending, count) = (0, 0)
      }
    }

    var finished: [UInt8] {
      var copy = self
      while copy.count != 0 { copy.write(1, 1) }
      return copy.bytes
    }
  }
}
