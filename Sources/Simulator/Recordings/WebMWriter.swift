/// Writes an endless WebM stream from the pictures of a recording.
struct WebMWriter {
  /// Times inside a cluster are 16 bits wide, in milliseconds.
  private static let longestCluster = 30_000

  private let header: [UInt8]
  private var clusterStart: Int?

  init(header: [UInt8]) { self.header = header }

  /// The bytes of the next picture, with whatever must precede it.
  ///
  /// - Parameter time: since the stream began, in milliseconds; never decreases.
  mutating func message(_ picture: [UInt8], isKey: Bool, at time: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(picture.count + header.count + 40)
    let start: Int
    if let clusterStart, !isKey, time - clusterStart < Self.longestCluster {
      start = clusterStart
    } else {
      if clusterStart == nil { bytes += header }
      // A cluster of unknown size: it lasts until the next one.
      bytes += [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x88]
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: time >> shift))
      }
      clusterStart = time
      start = time
    }
    let size = picture.count + 4
    bytes += [
      0xa3, 0x10 | UInt8(size >> 24), UInt8(size >> 16 & 0xff), UInt8(size >> 8 & 0xff), UInt8(size & 0xff),
    ]
    let relative = time - start
    bytes += [0x81, UInt8(relative >> 8), UInt8(relative & 0xff), isKey ? 0x80 : 0]
    return bytes + picture
  }
}
