/// A recorded upload, to be sent in a loop.
struct Recording: Sendable {
  /// Seconds of a container in one message.
  private static let containerMessageLength = 0.1

  struct Frame: Sendable {
    /// Seconds since the first frame.
    let offset: Double
    let isKey: Bool
    /// 0...3; no frame of a lower layer refers to this one.
    var temporalLayer = 0
    /// One encoded picture.
    let data: [UInt8]
  }

  /// The media type in `hello`, such as `video/x-vp8`.
  let media: String
  let frames: [Frame]
  /// The frames in each message: one, or for a container those of a tenth of a second, as a browser's recorder does it.
  /// A key frame is always the first.
  let messages: [Range<Int>]
  /// Seconds from one start of the loop to the next.
  let duration: Double
  /// For a container: what comes before the first cluster.
  let containerHeader: [UInt8]?

  /// - Throws: `RehearsalError` if there is nothing to send.
  init(media: String, frames: [Frame], containerHeader: [UInt8]? = nil, source: String) throws {
    guard let first = frames.first else { throw RehearsalError("\(source) has no picture in it.") }
    guard first.isKey else {
      throw RehearsalError("\(source) does not begin with a key frame; record it from its beginning.")
    }
    for (before, after) in zip(frames, frames.dropFirst()) where after.offset < before.offset {
      throw RehearsalError("\(source) has pictures whose times go backwards; record it anew.")
    }
    self.media = media
    self.frames = frames
    self.containerHeader = containerHeader
    messages = Self.messages(frames, length: containerHeader == nil ? 0 : Self.containerMessageLength)
    let last = frames[frames.count - 1].offset
    // The last picture lasts as long as the others do on average.
    duration = frames.count > 1 && last > 0 ? last * Double(frames.count) / Double(frames.count - 1) : 0.1
  }

  private static func messages(_ frames: [Frame], length: Double) -> [Range<Int>] {
    var messages: [Range<Int>] = []
    var start = 0
    for index in frames.indices.dropFirst() {
      guard frames[index].isKey || frames[index].offset - frames[start].offset >= length - 0.005 else {
        continue
      }
      messages.append(start..<index)
      start = index
    }
    return messages + [start..<frames.count]
  }

  /// The frames before `seconds`.
  func prefix(seconds: Double) throws -> Recording {
    try Recording(
      media: media, frames: Array(frames.prefix { $0.offset < seconds }), containerHeader: containerHeader,
      source: media)
  }

  /// Only its first picture, at the rate of the whole: what a frozen camera sends.
  func frozen() throws -> Recording {
    let interval = duration / Double(frames.count)
    let still = (0..<10).map { Frame(offset: Double($0) * interval, isKey: true, data: frames[0].data) }
    return try Recording(media: media, frames: still, containerHeader: containerHeader, source: media)
  }

  /// Microseconds from one message to the next, on average.
  var interval: Int64 { Int64(duration / Double(messages.count) * 1_000_000) }

  /// Messages a second.
  var rate: Double { Double(messages.count) / duration }
}
