import Foundation

/// One JPEG picture as described by its markers (ITU-T T.81, annex B), from the first to the last.
///
/// The markers are read as strictly as the standard defines them: what a decoder would skip or tolerate could hide
/// another frame header from this reader.
struct JPEGPicture: Equatable {
  let width: Int
  let height: Int
  /// How the camera was held, 1 to 8 (Exif 2.3, tag Orientation); 1 if not specified.
  let orientation: Int
  /// Bytes up to the end of the picture. What follows is not part of it: padding by cameras, the video of a "motion
  /// photo", further pictures.
  let byteCount: Int

  enum Reading: Equatable {
    case picture(JPEGPicture)
    case malformed(String)

    var header: CodedFrameHeader {
      switch self {
      case .picture(let picture): .key(width: picture.width, height: picture.height)
      case .malformed(let reason): .malformed(reason)
      }
    }
  }

  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
    var reader = JPEGReader(bytes)
    do throws(JPEGReader.Problem) {
      return .picture(try reader.read())
    } catch {
      return .malformed(error.reason)
    }
  }
}

/// Walks through the markers of a picture.
private struct JPEGReader {
  struct Problem: Error { let reason: String }

  private static let truncated = Problem(reason: "a truncated JPEG: it ends before its end of image")

  private struct Frame {
    let width: Int
    let height: Int
    /// Identifiers of the colour components that have not appeared in a scan yet.
    var components: Set<UInt8>
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 2
  private var frame: Frame?
  private var orientation: Int?

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func read() throws(Problem) -> JPEGPicture {
    guard bytes.count >= 4, bytes[0] == 0xff, bytes[1] == 0xd8 else {
      throw Problem(reason: "not a JPEG: no start of image")
    }
    while true {
      guard position + 2 <= bytes.count else { throw Self.truncated }
      guard bytes[position] == 0xff else { throw Problem(reason: "a JPEG with bytes between its markers") }
      let marker = bytes[position + 1]
      if marker == 0xff {  // Fill bytes may precede a marker.
        position += 1
        continue
      }
      if marker == 0xd9 { return try end() }
      try readSegment(marker)
    }
  }

  private func end() throws(Problem) -> JPEGPicture {
    guard let frame else { throw Problem(reason: "a JPEG without a frame header") }
    // A decoder would invent what no scan contains.
    guard frame.components.isEmpty else { throw Self.truncated }
    return JPEGPicture(
      width: frame.width, height: frame.height, orientation: orientation ?? 1, byteCount: position + 2)
  }

  private mutating func readSegment(_ marker: UInt8) throws(Problem) {
    // Those without a length (TEM, RST, a second SOI) and those that no camera writes are not in the list.
    switch marker {
    case 0xc0, 0xc1, 0xc4, 0xda, 0xdb, 0xdd, 0xe0...0xef, 0xfe: break
    case 0xc2, 0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf, 0xcc:
      // Browsers send baseline; a progressive one can make a decoder process the picture thousands of times.
      throw Problem(
        reason: "a JPEG that is not baseline (it is progressive, lossless or arithmetic); save it as baseline"
      )
    default:
      throw Problem(reason: "a JPEG with the marker \(String(marker, radix: 16)) where none may be")
    }
    guard position + 4 <= bytes.count else { throw Self.truncated }
    let length = number(at: position + 2)
    guard length >= 2 else { throw Problem(reason: "a JPEG marker of \(length) bytes") }
    guard position + 2 + length <= bytes.count else { throw Self.truncated }
    let segment = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 2 + length])
    position += 2 + length
    switch marker {
    case 0xc0, 0xc1: try readFrameHeader(segment)
    case 0xda: try readScan(segment)
    case 0xe1: orientation = orientation ?? ExifOrientation.read(segment)
    default: break
    }
  }

  private mutating func readFrameHeader(_ header: UnsafeRawBufferPointer) throws(Problem) {
    guard frame == nil else { throw Problem(reason: "a JPEG with two frame headers") }
    guard header.count >= 6, header.count == 6 + 3 * Int(header[5]) else {
      throw Problem(reason: "a JPEG with a damaged frame header")
    }
    guard header[0] == 8 else {
      throw Problem(reason: "a JPEG with \(header[0]) bits a colour; save it with 8")
    }
    let height = Int(header[1]) << 8 | Int(header[2])
    let width = Int(header[3]) << 8 | Int(header[4])
    guard width > 0, height > 0 else { throw Problem(reason: "a JPEG of \(width)x\(height)") }
    let count = Int(header[5])
    guard count != 4 else { throw Problem(reason: "a JPEG in CMYK colours; save it in RGB colours") }
    guard count == 1 || count == 3 else { throw Problem(reason: "a JPEG of \(count) colour components") }
    let identifiers = Set((0..<count).map { header[6 + 3 * $0] })
    let samplings = (0..<count).map { header[7 + 3 * $0] }
    guard identifiers.count == count else { throw Problem(reason: "a JPEG with a damaged frame header") }
    // Decoders get the colours of others wrong, turn 4:1:1 and 4:1:0 green, or fail.
    let lumaSamplings: Set<UInt8> = count == 1 ? [0x11] : [0x11, 0x21, 0x12, 0x22]
    guard lumaSamplings.contains(samplings[0]), samplings[1...].allSatisfy({ $0 == 0x11 }) else {
      let factors = samplings.map { "\($0 >> 4)x\($0 & 15)" }.joined(separator: ", ")
      throw Problem(reason: "a JPEG with colours sampled \(factors); save it with 4:2:0, 4:2:2 or 4:4:4")
    }
    frame = Frame(width: width, height: height, components: identifiers)
  }

  /// Every component comes in one scan: a decoder processes the whole picture for each scan, however little it contains.
  private mutating func readScan(_ header: UnsafeRawBufferPointer) throws(Problem) {
    guard frame != nil else { throw Problem(reason: "a JPEG without a frame header before its picture") }
    guard let count = header.first, count > 0, header.count == 4 + 2 * Int(count) else {
      throw Problem(reason: "a JPEG with a damaged scan header")
    }
    for component in 0..<Int(count) {
      guard frame!.components.remove(header[1 + 2 * component]) != nil else {
        throw Problem(reason: "a JPEG that brings its colours more than once")
      }
    }
    // To the next marker that is neither a stuffed byte nor a restart.
    while let found = memchr(bytes.baseAddress! + position, 0xff, bytes.count - position) {
      position = UnsafeRawPointer(found) - bytes.baseAddress!
      guard position + 1 < bytes.count else { throw Self.truncated }
      switch bytes[position + 1] {
      case 0x00, 0xd0...0xd7: position += 2
      case 0xff: position += 1
      default: return
      }
    }
    throw Self.truncated
  }

  private func number(at position: Int) -> Int { Int(bytes[position]) << 8 | Int(bytes[position + 1]) }
}
