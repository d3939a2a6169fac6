/// How long a connected student who sends video goes between two checks.
public struct CheckGap: Sendable {
  public typealias Instant = ContinuousClock.Instant

  private enum State {
    case notWatching
    /// Nothing comes that could be checked, so time does not count.
    case nothingToSee
    case unchecked(since: Instant)
  }

  private var state = State.notWatching

  public init() {}

  /// From now on the student should be looked at.
  public mutating func begin(at now: Instant) {
    if case .notWatching = state { state = .unchecked(since: now) }
  }

  /// A picture was checked.
  ///
  /// - Returns: how long there was no check before, `nil` where it does not count.
  public mutating func looked(at now: Instant) -> Duration? {
    if case .notWatching = state { return nil }
    defer { state = .unchecked(since: now) }
    return unchecked(at: now)
  }

  /// The student has sent nothing for a while: that is no fault of the server.
  public mutating func nothingComes() {
    if case .unchecked = state { state = .nothingToSee }
  }

  /// The student is gone, or need not be looked at.
  public mutating func end() { state = .notWatching }

  /// How long there has been no check, `nil` where it does not count.
  public func unchecked(at now: Instant) -> Duration? {
    if case .unchecked(let since) = state { now - since } else { nil }
  }
}
