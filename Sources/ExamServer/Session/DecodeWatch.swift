import MediaPipeline

/// Notices, from a pipeline's counts, that a stream goes in and no picture comes out. A pure value.
///
/// Demuxers drop in silence what they do not expect, and an element may never return: neither is told as an error.
struct DecodeWatch {
  typealias Instant = ContinuousClock.Instant

  enum Finding: Equatable {
    /// What comes is taken and makes no picture.
    case nothingDecoded
    /// What comes waits, and nothing is taken any more.
    case stuck
  }

  /// A container that a demuxer cannot go on with must be on its way again within 3 seconds.
  private static let patience = Duration.milliseconds(1200)
  /// A header and the beginning of a frame are no stream yet.
  private static let leastMessages = 4
  /// Between two looks.
  private static let longestPause = Duration.seconds(1)
  /// No frame takes so long, however much there is to do.
  private static let stuckAfter = Duration.seconds(5)

  /// Whether there was a new picture at the last look.
  private(set) var sawPicture = false
  private var decoded = 0
  private var taken = 0
  /// Taken when a picture last came out.
  private var takenWithPicture = 0
  private var lastLook: Instant?
  /// When a picture last came out, or there was nothing to decode.
  private var lastPicture: Instant?
  private var lastTaken: Instant?

  /// To be called several times a second. After a time in which nobody looked, as when the machine slept, it watches anew.
  mutating func look(at statistics: PipelineStatistics, now: Instant) -> Finding? {
    if let lastLook, now - lastLook > Self.longestPause { (lastPicture, lastTaken) = (nil, nil) }
    lastLook = now
    let nowTaken = statistics.accepted - statistics.pending
    sawPicture = statistics.decoded != decoded
    if sawPicture { (decoded, takenWithPicture) = (statistics.decoded, nowTaken) }
    if lastPicture == nil || nowTaken == takenWithPicture { lastPicture = now }
    if lastTaken == nil || nowTaken != taken || statistics.pending == 0 {
      (taken, lastTaken) = (nowTaken, now)
    }
    if let lastTaken, now - lastTaken >= Self.stuckAfter { return .stuck }
    if nowTaken - takenWithPicture >= Self.leastMessages, let lastPicture, now - lastPicture >= Self.patience
    {
      return .nothingDecoded
    }
    return nil
  }
}
