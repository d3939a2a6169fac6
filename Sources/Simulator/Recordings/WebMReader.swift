/// Reads the pictures from a WebM file with one video track, as made by a browser's recorder.
struct WebMReader {
  private enum ID {
    static let segment = 0x1853_8067
    static let cluster = 0x1f43_b675
    static let timecode = 0xe7
    static let simpleBlock = 0xa3
    static let blockGroup = 0xa0
    static let block = 0xa1
    static let referenceBlock = 0xfb
  }

  private let bytes: [UInt8]
  private let source: String
  private var position = 0
  private var clusterTime = 0
  private var track: UInt8?
  private var frames: [Recording.Frame] = []
  private var start: Int?

  /// - Throws: `RehearsalError` if the file is broken, or has more than one track.
  static func read(_ bytes: [UInt8], source: String) throws -> Recording {
    var reader = WebMReader(bytes: bytes, source: source)
    return try reader.read()
  }

  private init(bytes: [UInt8], source: String) {
    self.bytes = bytes
    self.source = source
  }

  private mutating func read() throws -> Recording {
    var header: [UInt8]?
    while position < bytes.count {
      let elementStart = position
      guard let id = identifier(), let size = size() else { break }
      switch id {
      // The content follows at once; the size of both may be unknown.
      case ID.segment, ID.blockGroup: continue
      case ID.cluster:
        if header == nil { header = Array(bytes[..<elementStart]) }
        continue
      default: break
      }
      guard let size, size <= bytes.count - position else {
        // The last picture of a truncated recording.
        if frames.isEmpty { throw RehearsalError("\(source) is cut off before its first picture.") }
        break
      }
      let body = position..<(position + size)
      position = body.upperBound
      switch id {
      case ID.timecode: clusterTime = bytes[body].reduce(0) { $0 << 8 | Int($1) }
      case ID.simpleBlock:
        try take(body, isKey: bytes[body].count > 3 && bytes[body.lowerBound + 3] & 0x80 != 0)
      case ID.block: try take(body, isKey: true)
      case ID.referenceBlock:
        // It follows its block, which is then not a key frame after all.
        if let last = frames.popLast() {
          frames.append(Recording.Frame(offset: last.offset, isKey: false, data: last.data))
        }
      default: break
      }
    }
    guard let header, !frames.isEmpty else { throw RehearsalError("\(source) has no picture in it.") }
    return try Recording(media: media(header), frames: frames, containerHeader: header, source: source)
  }

  private func media(_ header: [UInt8]) throws -> String {
    let text = String(decoding: header, as: UTF8.self)
    for codec in ["vp8", "vp9"] where text.contains("V_" + codec.uppercased()) {
      return "video/webm;codecs=" + codec
    }
    throw RehearsalError(
      "\(source) holds neither VP8 nor VP9; encode it with: ffmpeg -i INPUT -an -c:v libvpx upload.webm")
  }

  private mutating func take(_ body: Range<Int>, isKey: Bool) throws {
    guard body.count > 4 else { throw RehearsalError("\(source) has an empty picture; record it anew.") }
    let number = bytes[body.lowerBound]
    guard number & 0x80 != 0, track ?? number == number else {
      throw RehearsalError(
        "\(source) has more than one track; take the picture alone: ffmpeg -i INPUT -an -c copy upload.webm")
    }
    track = number
    let relative = Int16(
      bitPattern: UInt16(bytes[body.lowerBound + 1]) << 8 | UInt16(bytes[body.lowerBound + 2]))
    let time = clusterTime + Int(relative)
    if start == nil { start = time }
    frames.append(
      Recording.Frame(
        offset: Double(time - start!) / 1000, isKey: isKey, data: Array(bytes[body.dropFirst(4)])))
  }

  /// An element's identifier with its length marker.
  private mutating func identifier() -> Int? {
    guard position < bytes.count else { return nil }
    let length = bytes[position].leadingZeroBitCount + 1
    guard length <= 4, length <= bytes.count - position else { return nil }
    defer { position += length }
    return bytes[position..<(position + length)].reduce(0) { $0 << 8 | Int($1) }
  }

  /// An element's size; the inner nil stands for unknown.
  private mutating func size() -> Int?? {
    guard position < bytes.count else { return .none }
    let length = bytes[position].leadingZeroBitCount + 1
    guard length <= 8, length <= bytes.count - position else { return .none }
    defer { position += length }
    let first = Int(bytes[position]) & ((1 << (8 - length)) - 1)
    let value = bytes[(position + 1)..<(position + length)].reduce(first) { $0 << 8 | Int($1) }
    return value == (1 << (7 * length)) - 1 ? .some(nil) : .some(value)
  }
}
