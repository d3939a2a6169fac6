import Foundation

/// Reads recorded uploads from files.
enum RecordingFile {
  private static let largestFile = 500_000_000

  /// Reads an IVF file (VP8), concatenated JPEG pictures, or a WebM file; its first bytes tell which. VP8 frames with an
  /// index, as those that come with the program, are told by their name: `.vp8frames`.
  ///
  /// - Parameter rate: pictures per second of JPEG pictures, which have no timestamps.
  /// - Throws: `RehearsalError` naming the file and what is wrong with it.
  static func read(_ path: String, rate: Double) throws -> Recording {
    if path.hasSuffix(".vp8frames") { return try readIndexed(path, media: "video/x-vp8") }
    let bytes = try bytes(of: path)
    switch bytes.prefix(4) {
    case [0x44, 0x4b, 0x49, 0x46]: return try IVFReader.read(bytes, source: path)
    case [0x1a, 0x45, 0xdf, 0xa3]: return try WebMReader.read(bytes, source: path)
    case let start where start.starts(with: [0xff, 0xd8]):
      return try Recording(media: "image/jpeg", frames: pictures(in: bytes, rate: rate), source: path)
    default:
      throw RehearsalError(
        "\(path) is neither IVF nor WebM nor JPEG pictures; make one with: ffmpeg -i \(path) -an -c:v libvpx upload.ivf"
      )
    }
  }

  /// Reads a recording with an index beside it that lists its messages and their times.
  ///
  /// - Parameter path: of the recording; the index has the same name ending in `.index.json`.
  static func readIndexed(_ path: String, media: String) throws -> Recording {
    struct Index: Decodable {
      struct Entry: Decodable {
        let off: Int
        let len: Int
        let key: Int
        let layer: Int?
        let cap_ms: Double
      }
      let frames: [Entry]
    }
    let bytes = try bytes(of: path)
    let indexPath = (path as NSString).deletingPathExtension + ".index.json"
    let index: Index
    do {
      index = try JSONDecoder().decode(Index.self, from: Data(try Self.bytes(of: indexPath)))
    } catch let error as DecodingError {
      throw RehearsalError("\(indexPath) cannot be used: \(error)")
    }
    let start = index.frames.first?.cap_ms ?? 0
    let frames = try index.frames.map { entry in
      guard entry.off >= 0, entry.len >= 0, entry.off <= bytes.count, entry.len <= bytes.count - entry.off
      else {
        throw RehearsalError("\(path) is shorter than \(indexPath) says; fetch both anew.")
      }
      return Recording.Frame(
        offset: (entry.cap_ms - start) / 1000, isKey: entry.key != 0, temporalLayer: entry.layer ?? 0,
        data: Array(bytes[entry.off..<(entry.off + entry.len)]))
    }
    return try Recording(media: media, frames: frames, source: path)
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= largestFile else {
        throw RehearsalError("\(path) is larger than 500 MB; cut a minute out of it.")
      }
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as CocoaError {
      let cause =
        FileManager.default.fileExists(atPath: path) ? error.localizedDescription : "there is no such file"
      throw RehearsalError("\(path) cannot be read: \(cause)")
    }
  }

  /// Pictures from their start marker to the end marker before the next one. A truncated one at the end is left out.
  private static func pictures(in bytes: [UInt8], rate: Double) -> [Recording.Frame] {
    var frames: [Recording.Frame] = []
    var start = 0
    var index = 2
    while index + 1 < bytes.count {
      guard bytes[index] == 0xff, bytes[index + 1] == 0xd9 else {
        index += 1
        continue
      }
      let end = index + 2
      let isLast = end + 1 >= bytes.count
      // A thumbnail inside a picture has an end marker too, but no picture begins right after it.
      if isLast || (bytes[end] == 0xff && bytes[end + 1] == 0xd8) {
        frames.append(
          Recording.Frame(offset: Double(frames.count) / rate, isKey: true, data: Array(bytes[start..<end])))
        start = end
      }
      index = end
    }
    return frames
  }
}
