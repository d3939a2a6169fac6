import ExamModel

/// For how long those who hand something over are kept waiting, each and all together: that thread serves every socket.
///
/// Where one has waited in vain, or all together for too long, nobody waits for a second. That is longer each time it comes
/// again soon, up to half a minute, so that a disk that stays slow is not told of as slow and as well in turns.
struct WriterPatience: Sendable {
  private static let shortestRest = Duration.seconds(1)
  private static let longestRest = Duration.seconds(30)
  /// A rest that begins within this time of the one before is longer.
  private static let soon = Duration.seconds(10)

  /// Of all together, in any second.
  private let perSecond: Duration
  /// What was waited, less what time has made up for.
  private var spent = Duration.zero
  private var spentAt: ContinuousClock.Instant?
  private var rest: (length: Duration, end: ContinuousClock.Instant)?
  /// Nobody waits, and so nobody knows that what was handed over is written.
  private(set) var isResting = false

  init(perSecond: Duration) { self.perSecond = perSecond }

  /// Somebody has waited.
  ///
  /// - Parameter inVain: what was waited for had not come by then.
  mutating func waited(_ time: Duration, inVain: Bool, at now: ContinuousClock.Instant) {
    let madeUp = spentAt.map { perSecond * ($0.duration(to: now).inSeconds) } ?? .zero
    spent = max(.zero, spent - madeUp) + time
    spentAt = now
    guard inVain || spent >= perSecond, !isResting else { return }
    var length = Self.shortestRest
    if let rest, now - rest.end < Self.soon { length = min(rest.length * 2, Self.longestRest) }
    rest = (length, now + length)
    isResting = true
  }

  /// Ends the rest if its time is over. To be called while nothing waits to be written.
  mutating func endRest(at now: ContinuousClock.Instant) {
    guard let rest, isResting, now >= rest.end else { return }
    isResting = false
    spent = .zero
  }
}
