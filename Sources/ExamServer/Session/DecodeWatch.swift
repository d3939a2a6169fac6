import MediaPipeline

/// Notices, from a pipeline's counts, that data go in and no picture comes out. A pure value.
///
/// Demuxers silently drop what they do not expect, and an element may never return: neither is reported as an error.
struct DecodeWatch {
  enum Finding: Equatable {
    /// Data are accepted but yield no picture.
    case nothingDecoded
    /// Data wait, and nothing is accepted any more.
    case stuck
  }

  /// A container that a demuxer cannot continue with must be restarted within 3 seconds.
  private static let patience = Duration.milliseconds(1200)
  /// A header and the beginning of a frame do not count as a stream yet.
  private static let leastMessages = 4
  /// Between two checks.
  private static let longestPause = Duration.seconds(1)
  /// No frame takes this long, whatever the load.
  private static let stuckAfter = Duration.seconds(5)

  /// Whether there was a new picture at the last check.
  private(set) var sawPicture = false
  private var decoded = 0
  private var taken = 0
  /// How much had been accepted when a picture last came out.
  private var takenWithPicture = 0
  private var lastLook: Instant?
  /// When a picture last came out, or there was nothing to decode.
  private var lastPicture: Instant?
  private var lastTaken: Instant?

  /// Call it several times a second. After a gap without calls, as when the machine slept, it starts over.
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
