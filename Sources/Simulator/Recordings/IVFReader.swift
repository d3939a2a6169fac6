/// Reads IVF, the plain container of VP8.
enum IVFReader {
  private static let headerBytes = 32
  private static let frameHeaderBytes = 12

  /// - Throws: `RehearsalError` if the file is broken or is not VP8.
  static func read(_ bytes: [UInt8], source: String) throws -> Recording {
    guard bytes.count >= headerBytes else { throw RehearsalError("\(source) is cut off inside its header.") }
    let codec = String(decoding: bytes[8..<12], as: UTF8.self)
    guard codec == "VP80" else {
      throw RehearsalError(
        "\(source) holds \(codec), not VP8; encode it with: ffmpeg -i INPUT -an -c:v libvpx upload.ivf")
    }
    let (rate, scale) = (number(bytes, 16, 4), number(bytes, 20, 4))
    guard rate > 0, scale > 0 else { throw RehearsalError("\(source) has no time base; record it anew.") }
    var frames: [Recording.Frame] = []
    var position = number(bytes, 6, 2)
    var start: Int?
    while position < bytes.count {
      guard bytes.count - position >= frameHeaderBytes else { throw cutOff(source, frames.count) }
      let size = number(bytes, position, 4)
      // Times are 64 bits wide, but no recording needs the upper half.
      let time = number(bytes, position + 4, 4)
      position += frameHeaderBytes
      guard size > 0, bytes.count - position >= size else { throw cutOff(source, frames.count) }
      let data = Array(bytes[position..<(position + size)])
      if start == nil { start = time }
      frames.append(
        Recording.Frame(
          offset: Double(time - start!) * Double(scale) / Double(rate), isKey: data[0] & 1 == 0, data: data))
      position += size
    }
    return try Recording(media: "video/x-vp8", frames: frames, source: source)
  }

  private static func cutOff(_ source: String, _ frame: Int) -> RehearsalError {
    RehearsalError("\(source) is cut off in frame \(frame + 1); copy or record it anew.")
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
