/// Follows the bytes of a student's container, message by message, and finds where a container begins: at first, and in
/// the middle of the stream when the page has restarted its recorder.
///
/// From such a place on the bytes go to a new pipeline. After a pipeline has failed, a new one can continue at the next
/// joint, since the container's header is kept. A pure value of limited size.
public struct ContainerFollower: Sendable {
  /// What happens to a message.
  public enum Step: Sendable, Equatable {
    /// It goes to the running pipeline.
    case goesOn
    /// A container begins: this, instead of the message, is for a pipeline that has seen nothing else. `codec` is the
    /// video codec, by its name in pipeline files; nil if the container does not say.
    case begins(bytes: [UInt8], codec: String?)
    /// It is kept: the header is incomplete.
    case kept
    /// It is useless: nothing can be decoded before the next joint.
    case lost
  }

  private enum Phase {
    /// No header was seen. The demuxer may know better what this is.
    case unknown
    /// In the middle of a header; these bytes of it came in earlier messages.
    case beginning([UInt8])
    case running
    /// The pipeline failed.
    case waiting
  }

  /// A header is some hundred bytes long, or a few thousand with padding and codec tables.
  static let longestBeginning = 64 << 10

  private let format: ContainerFormat
  private var phase = Phase.unknown
  /// The last bytes seen: a mark may be split between two messages.
  private var tail: [UInt8] = []
  /// This many of them belong to a mark that was found.
  private var tailSeen = 0
  /// Everything before the first joint, to start a new pipeline with. Empty if unknown.
  private var header: [UInt8] = []
  private var codec: String?

  /// - Parameter mediaType: the caps of the pipeline's source, such as `video/webm`.
  public init?(mediaType: String) {
    guard let format = ContainerFormat(mediaType: mediaType) else { return nil }
    self.format = format
  }

  /// The pipeline that took the bytes so far is gone: what comes before the next joint is lost.
  public mutating func pipelineFailed() {
    switch phase {
    case .running where !header.isEmpty: phase = .waiting
    case .running: phase = .unknown
    case .unknown, .beginning, .waiting: break
    }
  }

  public mutating func take(_ message: UnsafeRawBufferPointer) -> Step {
    let window = tail + message
    let step = window.withUnsafeBytes { take(window: $0, messageFrom: tail.count) }
    let kept = min(window.count, ContainerMark.longest - 1)
    // The rest stays, and positions found in it count from its own beginning.
    tailSeen = max(0, tailSeen - (window.count - kept))
    tail = Array(window.suffix(kept))
    return step
  }

  /// What a new pipeline gets: some earlier bytes, and the window from an offset on.
  private struct Opening {
    var before: [UInt8]
    var offset: Int
  }

  private mutating func take(window: UnsafeRawBufferPointer, messageFrom: Int) -> Step {
    // Nothing is copied before the last mark of the message is known: there may be thousands.
    var collecting: Opening?
    var opening: Opening?
    if case .beginning(let before) = phase { collecting = Opening(before: before, offset: messageFrom) }
    var marks = ContainerMark.Scanner(format, in: window, from: tailSeen)
    while let mark = marks.nextMark() {
      switch mark.kind {
      case .beginning:
        // Every track of an Ogg has a first page of its own, one after the other.
        if format == .ogg, collecting != nil { continue }
        collecting = Opening(before: [], offset: mark.offset)
        opening = nil
      case .joint:
        if let begun = collecting {
          setHeader(begun, upTo: mark.offset, in: window)
          collecting = nil
          opening = begun
          phase = .running
        } else if case .waiting = phase {
          opening = Opening(before: header, offset: mark.offset)
          phase = .running
        }
      }
    }
    tailSeen = marks.position
    func bytes(_ opening: Opening) -> [UInt8] { opening.before + window[opening.offset...] }

    if let collecting {
      let held = bytes(collecting)
      guard held.count > Self.longestBeginning else {
        phase = .beginning(held)
        return .kept
      }
      // Longer than any known one: the demuxer may make something of it.
      (header, codec) = ([], format.videoCodec(in: held))
      phase = .running
      return .begins(bytes: held, codec: codec)
    }
    if let opening { return .begins(bytes: bytes(opening), codec: codec) }
    if case .waiting = phase { return .lost }
    return .goesOn
  }

  private mutating func setHeader(_ begun: Opening, upTo end: Int, in window: UnsafeRawBufferPointer) {
    let whole = begun.before + window[begun.offset..<max(begun.offset, end)]
    // If the joint's first bytes came with an earlier message, they are at the end of the earlier bytes.
    let header = whole.dropLast(max(0, begun.offset - end))
    codec = format.videoCodec(in: Array(header))
    self.header = header.count <= Self.longestBeginning ? Array(header) : []
  }
}
