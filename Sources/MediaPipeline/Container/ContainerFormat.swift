/// The supported containers: how to recognise that one begins anew in the middle of a stream, and which codec is in it.
///
/// A restarted recorder writes a second header, and demuxers do not accept one: they silently drop it, or everything
/// after it.
enum ContainerFormat: Sendable, Equatable {
  /// WebM and Matroska (RFC 9559) on EBML (RFC 8794).
  case matroska
  /// ISO base media file format (ISO/IEC 14496-12), in fragments.
  case mp4
  /// RFC 3533.
  case ogg

  /// - Parameter mediaType: name of a caps structure, such as `video/webm`.
  init?(mediaType: String) {
    switch mediaType {
    case "video/webm", "audio/webm", "video/x-matroska", "video/x-matroska-3d", "audio/x-matroska":
      self = .matroska
    case "video/quicktime", "video/mp4", "video/mj2", "audio/x-m4a", "application/x-3gp": self = .mp4
    case "application/ogg", "video/ogg", "audio/ogg": self = .ogg
    default: return nil
    }
  }

  /// The marks of this container.
  var patterns: [ContainerMark.Pattern] {
    switch self {
    case .matroska: MatroskaMarks.patterns
    case .mp4: MP4Marks.patterns
    case .ogg: OggMarks.patterns
    }
  }
}

/// The four bytes of a mark occur by chance in a picture once in a few gigabytes. With what must follow them, once in
/// many thousand years.
private enum MatroskaMarks {
  static let patterns = [
    ContainerMark.Pattern([0x1a, 0x45, 0xdf, 0xa3], read: header),
    ContainerMark.Pattern([0x1f, 0x43, 0xb6, 0x75], read: cluster),
  ]

  /// The element EBML, with a plausible size and a plausible first child.
  private static func header(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ContainerMark.Kind? {
    guard let (size, next) = vint(bytes, offset + 4), (2...512).contains(size), next + 1 < bytes.count
    else { return nil }
    switch (bytes[next], bytes[next + 1]) {
    // EBMLVersion, EBMLReadVersion, EBMLMaxIDLength, EBMLMaxSizeLength, DocType and its versions.
    case (0x42, 0x86), (0x42, 0xf7), (0x42, 0xf2), (0x42, 0xf3), (0x42, 0x82), (0x42, 0x87), (0x42, 0x85):
      return .beginning
    // CRC-32, which has four bytes.
    case (0xbf, 0x84): return .beginning
    default: return nil
    }
  }

  /// The element Cluster, which begins with its timestamp of a few bytes.
  private static func cluster(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ContainerMark.Kind? {
    guard let (_, next) = vint(bytes, offset + 4), next + 1 < bytes.count, bytes[next] == 0xe7,
      let (count, _) = vint(bytes, next + 1), (1...8).contains(count)
    else { return nil }
    return .joint
  }

  /// A variable-size integer (RFC 8794, section 4) and where the next byte is.
  private static func vint(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> (value: UInt64, next: Int)? {
    guard offset < bytes.count, bytes[offset] != 0 else { return nil }
    let length = bytes[offset].leadingZeroBitCount + 1
    guard offset + length <= bytes.count else { return nil }
    var value = UInt64(bytes[offset]) & ((1 << UInt64(8 - length)) - 1)
    for index in (offset + 1)..<(offset + length) { value = value << 8 | UInt64(bytes[index]) }
    return (value, offset + length)
  }
}

private enum MP4Marks {
  /// A box begins with its size, followed by its type.
  static let patterns = [
    ContainerMark.Pattern(Array("ftyp".utf8), behind: 4, read: fileType),
    ContainerMark.Pattern(Array("moof".utf8), behind: 4, read: fragment),
  ]

  /// With a brand of four printable characters.
  private static func fileType(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ContainerMark.Kind? {
    guard offset + 12 <= bytes.count, case let size = number(bytes, offset), (16...1024).contains(size),
      size % 4 == 0, bytes[(offset + 8)..<(offset + 12)].allSatisfy({ (0x20...0x7e).contains($0) })
    else { return nil }
    return .beginning
  }

  /// Its first box always has the same size.
  private static func fragment(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ContainerMark.Kind? {
    guard offset + 16 <= bytes.count, (24...0xfffff).contains(number(bytes, offset)),
      number(bytes, offset + 8) == 16,
      bytes[(offset + 12)..<(offset + 16)].elementsEqual("mfhd".utf8)
    else { return nil }
    return .joint
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}

private enum OggMarks {
  static let patterns = [ContainerMark.Pattern(Array("OggS".utf8), read: page)]

  /// A page of version 0 with some of three flags; one of them marks the first page of a track.
  private static func page(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ContainerMark.Kind? {
    guard offset + 5 < bytes.count, bytes[offset + 4] == 0, bytes[offset + 5] <= 7 else { return nil }
    return bytes[offset + 5] & 2 != 0 ? .beginning : .joint
  }
}
