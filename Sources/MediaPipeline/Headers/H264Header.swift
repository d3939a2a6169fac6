import Foundation

/// The sequence parameter sets of H.264 (ITU-T H.264, section 7.3.2.1.1): they determine the memory a decoder
/// allocates, whatever the caps say about the visible part.
enum H264Header {
  /// How a stream's units are separated.
  enum Format: Sendable, Equatable {
    /// By start codes (annex B).
    case byteStream
    /// By a length before each, of this many bytes (ISO/IEC 14496-15), with the parameter sets in the caps.
    case lengthPrefixed(Int)
  }

  /// What a decoder may keep for reference, in macroblocks: that of level 4.1 (table A-1), four pictures of 1920x1088.
  static let maximumReferenceMacroblocks = 32768

  private static let damaged = CodedFrameHeader.malformed("an H.264 frame with damaged parameter sets")

  /// If there are several parameter sets, the one with the largest picture counts.
  static func read(_ frame: UnsafeRawBufferPointer, format: Format) -> CodedFrameHeader {
    var largest = CodedFrameHeader.unmarked
    switch format {
    case .byteStream: return readUnits(of: frame, beginsWithUnit: false, largest)
    case .lengthPrefixed(let lengthSize):
      var position = 0
      while position < frame.count {
        guard position + lengthSize <= frame.count else { return damaged }
        let length = frame[position..<position + lengthSize].reduce(0) { $0 << 8 | Int($1) }
        position += lengthSize
        guard length <= frame.count - position else { return .malformed("a truncated H.264 frame") }
        // Some decoders resynchronise at a start code inside a unit.
        let unit = UnsafeRawBufferPointer(rebasing: frame[position..<position + length])
        largest = readUnits(of: unit, beginsWithUnit: true, largest)
        if case .malformed = largest { return largest }
        position += length
      }
      return largest
    }
  }

  /// The codec data in the caps: the decoder configuration record of a container, `avcC`, or units with start codes.
  static func readConfiguration(_ record: UnsafeRawBufferPointer) -> (
    format: Format, header: CodedFrameHeader
  ) {
    guard record.count >= 7, record[0] == 1 else {
      return (.byteStream, readUnits(of: record, beginsWithUnit: false, .unmarked))
    }
    let format = Format.lengthPrefixed(Int(record[4] & 3) + 1)
    var largest = CodedFrameHeader.unmarked
    var position = 5
    // Sequence parameter sets, then picture parameter sets; some decoders accept either in either place.
    for countBits: UInt8 in [0x1f, 0xff] {
      guard position < record.count else { return (format, damaged) }
      let count = record[position] & countBits
      position += 1
      for _ in 0..<count {
        guard position + 2 <= record.count else { return (format, damaged) }
        let length = Int(record[position]) << 8 | Int(record[position + 1])
        position += 2
        guard length <= record.count - position else { return (format, damaged) }
        let unit = UnsafeRawBufferPointer(rebasing: record[position..<position + length])
        largest = readUnits(of: unit, beginsWithUnit: true, largest)
        if case .malformed = largest { return (format, largest) }
        position += length
      }
    }
    return (format, largest)
  }

  // MARK: Units

  private static func readUnits(
    of bytes: UnsafeRawBufferPointer, beginsWithUnit: Bool, _ soFar: CodedFrameHeader
  ) -> CodedFrameHeader {
    var largest = soFar
    var start = beginsWithUnit ? 0 : nextUnit(in: bytes, from: 0)
    while let unit = start {
      let next = nextUnit(in: bytes, from: unit)
      if unit < bytes.count {
        let type = bytes[unit] & 0x1f
        if type == 7 || type == 15 {  // A subset parameter set begins like the other.
          let end = next.map { $0 - 3 } ?? bytes.count
          let header = readParameterSet(UnsafeRawBufferPointer(rebasing: bytes[unit..<max(unit, end)]))
          if case .malformed = header { return header }
          if header.area > largest.area { largest = header }
        }
      }
      start = next
    }
    return largest
  }

  /// The position after the next start code, 00 00 01.
  private static func nextUnit(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var position = start + 2
    while position < bytes.count, let found = memchr(base + position, 1, bytes.count - position) {
      let one = UnsafeRawPointer(found) - base
      if bytes[one - 1] == 0, bytes[one - 2] == 0 { return one + 1 }
      position = one + 1
    }
    return nil
  }

  // MARK: Parameter sets

  private static func readParameterSet(_ unit: UnsafeRawBufferPointer) -> CodedFrameHeader {
    var end = unit.count
    while end > 0, unit[end - 1] == 0 { end -= 1 }
    guard end > 1 else { return damaged }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(end)
    var zeros = 0
    for byte in unit[1..<end] {
      if zeros >= 2, byte == 3 {  // Inserted so that no start code arises.
        zeros = 0
        continue
      }
      if zeros >= 2, byte < 3 { return damaged }
      zeros = byte == 0 ? zeros + 1 : 0
      bytes.append(byte)
    }
    let header = bytes.withUnsafeBytes { read($0) }
    guard bytes.count < end - 1 else { return header }
    if case .malformed = header { return header }
    // FFmpeg retries a set that it cannot use with those bytes left in.
    let other = read(UnsafeRawBufferPointer(rebasing: unit[1..<end]))
    return other.area > header.area ? other : header
  }

  /// The profiles whose sets specify chroma sampling; 144 was withdrawn, but FFmpeg reads it.
  private static let profilesWithChroma: Set<Int> = [
    100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135, 144,
  ]

  private static func read(_ bytes: UnsafeRawBufferPointer) -> CodedFrameHeader {
    var bits = BitReader(bytes)
    return (try? readFields(&bits)) ?? damaged
  }

  private static func readFields(_ bits: inout BitReader) throws(BitReader.Damaged) -> CodedFrameHeader {
    let profile = try bits.read(8)
    try bits.skip(16)
    _ = try bits.readGolomb()
    var chroma = 1
    if profilesWithChroma.contains(profile) {
      chroma = try bits.readGolomb()
      guard chroma <= 3 else { return damaged }
      if chroma == 3 { try bits.skip(1) }
      let (lumaDepth, chromaDepth) = (try bits.readGolomb(), try bits.readGolomb())
      try bits.skip(1)
      if try bits.readFlag() { try skipScalingLists(chroma == 3 ? 12 : 8, &bits) }
      guard lumaDepth == 0, chromaDepth == 0 else {
        return .malformed("H.264 with more than 8 bits a colour")
      }
    }
    _ = try bits.readGolomb()
    try skipOrderCount(&bits)
    let references = try bits.readGolomb()
    try bits.skip(1)
    let (widthMinusOne, heightMinusOne) = (try bits.readGolomb(), try bits.readGolomb())
    let framesOnly = try bits.read(1)
    if framesOnly == 0 { try bits.skip(1) }
    try bits.skip(1)
    let isCropped = try bits.readFlag()
    guard references <= 16, widthMinusOne < 1 << 16, heightMinusOne < 1 << 16 else { return damaged }
    let macroblocks = (wide: widthMinusOne + 1, high: (heightMinusOne + 1) * (2 - framesOnly))
    var size = (width: macroblocks.wide * 16, height: macroblocks.high * 16)
    if isCropped {
      let (left, right) = (try bits.readGolomb(), try bits.readGolomb())
      let (top, bottom) = (try bits.readGolomb(), try bits.readGolomb())
      // Cropped areas count, except the rest of the last macroblock, or pair of them.
      let unshown = (
        width: (left + right) * (chroma == 1 || chroma == 2 ? 2 : 1),
        height: (top + bottom) * (chroma == 1 ? 2 : 1) * (2 - framesOnly)
      )
      if unshown.width < 16 { size.width -= unshown.width }
      if unshown.height < (framesOnly == 1 ? 16 : 32) { size.height -= unshown.height }
    }
    let area = macroblocks.wide * macroblocks.high
    if area <= maximumReferenceMacroblocks, references * area > maximumReferenceMacroblocks {
      return .malformed(
        "H.264 that keeps \(references) pictures of \(size.width)x\(size.height) for reference; 4 are enough")
    }
    return .parameters(width: size.width, height: size.height)
  }

  private static func skipOrderCount(_ bits: inout BitReader) throws(BitReader.Damaged) {
    switch try bits.readGolomb() {
    case 0: _ = try bits.readGolomb()
    case 1:
      try bits.skip(1)
      _ = (try bits.readSignedGolomb(), try bits.readSignedGolomb())
      let cycle = try bits.readGolomb()
      guard cycle <= 255 else { throw BitReader.Damaged() }
      for _ in 0..<cycle { _ = try bits.readSignedGolomb() }
    case 2: break
    default: throw BitReader.Damaged()
    }
  }

  /// Section 7.3.2.1.1.1.
  private static func skipScalingLists(_ count: Int, _ bits: inout BitReader) throws(BitReader.Damaged) {
    for list in 0..<count where try bits.readFlag() {
      var last = 8
      var next = 8
      for _ in 0..<(list < 6 ? 16 : 64) {
        if next != 0 { next = (last + (try bits.readSignedGolomb()) + 256) & 255 }
        last = next == 0 ? last : next
      }
    }
  }
}
