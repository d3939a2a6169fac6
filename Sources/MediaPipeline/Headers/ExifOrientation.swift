/// The orientation of a picture in its Exif data (Exif 2.3, section 4.6.4: tag 0112 of the first directory).
enum ExifOrientation {
  /// - Parameter segment: the content of an APP1 segment.
  /// - Returns: 1 to 8, nil if not specified.
  static func read(_ segment: UnsafeRawBufferPointer) -> Int? {
    guard segment.count >= 14, segment.starts(with: "Exif\0\0".utf8) else { return nil }
    let tiff = UnsafeRawBufferPointer(rebasing: segment[6...])
    let isLittle: Bool
    switch (tiff[0], tiff[1]) {
    case (0x49, 0x49): isLittle = true
    case (0x4d, 0x4d): isLittle = false
    default: return nil
    }
    func number(at position: Int, bytes: Int) -> Int? {
      guard position >= 0, position + bytes <= tiff.count else { return nil }
      return (0..<bytes).reduce(0) { $0 << 8 | Int(tiff[position + (isLittle ? bytes - 1 - $1 : $1)]) }
    }
    guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
      let count = number(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<count {
      let position = directory + 2 + 12 * entry
      guard let tag = number(at: position, bytes: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      guard number(at: position + 2, bytes: 2) == 3, let value = number(at: position + 8, bytes: 2),
        (1...8).contains(value)
      else { return nil }
      return value
    }
    return nil
  }
}
