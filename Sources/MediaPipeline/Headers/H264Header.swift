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
          largest = larger(largest, header)
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

  private static func larger(_ one: CodedFrameHeader, _ other: CodedFrameHeader) -> CodedFrameHeader {
    func area(_ header: CodedFrameHeader) -> Int { header.size.map { $0.width * $0.height } ?? 0 }
    return area(other) > area(one) ? other : one
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
    let header = bytes.withUnsafeBytes { readFields($0) }
    guard bytes.count < end - 1 else { return header }
    if case .malformed = header { return header }
    // FFmpeg retries a set that it cannot use with those bytes left in.
    return larger(header, readFields(UnsafeRawBufferPointer(rebasing: unit[1..<end])))
  }

  /// The profiles whose sets specify chroma sampling; 144 was withdrawn, but FFmpeg reads it.
  private static let profilesWithChroma: Set<Int> = [
    100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135, 144,
  ]

  private static func readFields(_ bytes: UnsafeRawBufferPointer) -> CodedFrameHeader {
    var bits = BitReader(bytes)
    guard let profile = bits.read(8), bits.read(16) != nil, bits.readGolomb() != nil else { return damaged }
    var chroma = 1
    if profilesWithChroma.contains(profile) {
      guard let format = bits.readGolomb(), format <= 3, format != 3 || bits.read(1) != nil,
        let lumaDepth = bits.readGolomb(), let chromaDepth = bits.readGolomb(), bits.read(1) != nil,
        let hasLists = bits.read(1), hasLists == 0 || skipScalingLists(format == 3 ? 12 : 8, &bits)
      else { return damaged }
      guard lumaDepth == 0, chromaDepth == 0 else {
        return .malformed("H.264 with more than 8 bits a colour")
      }
      chroma = format
    }
    guard bits.readGolomb() != nil, skipOrderCount(&bits), let references = bits.readGolomb(),
      bits.read(1) != nil, let widthMinusOne = bits.readGolomb(), let heightMinusOne = bits.readGolomb(),
      let framesOnly = bits.read(1), framesOnly == 1 || bits.read(1) != nil, bits.read(1) != nil,
      let isCropped = bits.read(1)
    else { return damaged }
    guard references <= 16, widthMinusOne < 1 << 16, heightMinusOne < 1 << 16 else { return damaged }
    let macroblocks = (wide: widthMinusOne + 1, high: (heightMinusOne + 1) * (2 - framesOnly))
    var size = (width: macroblocks.wide * 16, height: macroblocks.high * 16)
    if isCropped == 1 {
      guard let left = bits.readGolomb(), let right = bits.readGolomb(), let top = bits.readGolomb(),
        let bottom = bits.readGolomb()
      else { return damaged }
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

  private static func skipOrderCount(_ bits: inout BitReader) -> Bool {
    switch bits.readGolomb() {
    case 0: return bits.readGolomb() != nil
    case 1:
      guard bits.read(1) != nil, bits.readSignedGolomb() != nil, bits.readSignedGolomb() != nil,
        let cycle = bits.readGolomb(), cycle <= 255
      else { return false }
      for _ in 0..<cycle where bits.readSignedGolomb() == nil { return false }
      return true
    case 2: return true
    default: return false
    }
  }

  /// Section 7.3.2.1.1.1.
  private static func skipScalingLists(_ count: Int, _ bits: inout BitReader) -> Bool {
    for list in 0..<count {
      guard let isPresent = bits.read(1) else { return false }
      if isPresent == 0 { continue }
      var last = 8
      var next = 8
      for _ in 0..<(list < 6 ? 16 : 64) {
        if next != 0 {
          guard let delta = bits.readSignedGolomb() else { return false }
          next = (last + delta + 256) & 255
        }
        last = next == 0 ? last : next
      }
    }
    return true
  }
}
