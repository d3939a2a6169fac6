/// Parses the elements of a WebM as its pieces arrive (RFC 8794, RFC 9559) and looks for tracks whose frames are
/// compressed or encrypted. No recorder makes them, and a demuxer expands one frame of 100 kB to 100 MB.
struct PackedTrackWatch {
  private static let contentEncodings = 0x6d80
  /// Segment, Tracks, TrackEntry, Cluster: the elements that are entered.
  private static let masters: Set<Int> = [0x1853_8067, 0x1654_ae6b, 0xae, 0x1f43_b675]

  /// Four bytes of the identifier and eight of the size.
  private static let longestHeader = 12

  /// Bytes parsed in all pieces so far.
  private var position = 0
  /// Offset of the next element.
  private var next = 0
  /// The ends of the entered masters, the outermost first; those of unknown size are left out.
  private var ends: [Int] = []
  /// The beginning of an element's header that was cut off by the end of a piece.
  private var header: [UInt8] = []

  /// Takes the next piece.
  ///
  /// - Returns: if it contains a packed track, a text for its sender.
  mutating func problem(in piece: UnsafeRawBufferPointer) -> String? {
    let end = position + piece.count
    while next < end {
      let start = max(next, position)
      while let last = ends.last, start >= last {
        // The rest of an element that does not fit is not an element, as for a demuxer.
        ends.removeLast()
        header = []
      }
      let found: (identifier: Int, size: Int?, byteCount: Int)?
      if header.isEmpty, start + Self.longestHeader <= min(end, ends.last ?? .max) {
        found = Self.element(UnsafeRawBufferPointer(rebasing: piece[(start - position)...]))
        next = start + (found?.byteCount ?? 0)
      } else {
        header.append(piece[start - position])
        next = start + 1
        found = header.withUnsafeBytes { Self.element($0) }
      }
      guard let (identifier, size, _) = found else { continue }
      header = []
      if identifier == Self.contentEncodings { return "the frames of the recording are packed or encrypted" }
      if Self.masters.contains(identifier) {
        if let size, ends.count < 8 { ends.append(min(next + size, ends.last ?? .max)) }
      } else {
        next = min(next + (size ?? 0), ends.last ?? .max)
      }
    }
    position = end
    return nil
  }

  /// The header of an element, nil while incomplete. The size is nil if unknown.
  private static func element(
    _ header: UnsafeRawBufferPointer
  ) -> (identifier: Int, size: Int?, byteCount: Int)? {
    let identifierLength = min(header[0].leadingZeroBitCount + 1, 4)
    guard header.count > identifierLength else { return nil }
    let byteCount = identifierLength + min(header[identifierLength].leadingZeroBitCount + 1, 8)
    guard header.count >= byteCount else { return nil }
    var identifier = 0
    for byte in header[..<identifierLength] { identifier = identifier << 8 | Int(byte) }
    var size = 0
    for byte in header[identifierLength..<byteCount] { size = size << 8 | Int(byte) }
    let mask = 1 << (7 * (byteCount - identifierLength)) - 1
    return (identifier, size & mask == mask ? nil : size & mask, byteCount)
  }
}
