/// How many searches of the whole picture changes may still cause: a few at once, since somebody who comes is half in the
/// picture at first, and then no more than one in a while, so that somebody who moves all the time costs little.
struct SearchAllowance: Sendable {
  typealias Instant = SuspendingClock.Instant

  /// How many may follow one another.
  static let most = 4.0

  private let every: Duration
  private var left = most
  private var countedAt: Instant?

  /// - Parameter every: after which one more is allowed.
  init(every: Duration) { self.every = every }

  /// Whether one is allowed now, which is then used.
  mutating func take(at now: Instant) -> Bool {
    if let countedAt, every > .zero { left = min(Self.most, left + countedAt.duration(to: now) / every) }
    countedAt = now
    guard left >= 1 || every == .zero else { return false }
    left -= 1
    return true
  }
}
