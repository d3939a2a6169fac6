/// How long a connected student who sends video goes between two checks.
public struct CheckGap: Sendable {
  public typealias Instant = ContinuousClock.Instant

  private enum State {
    case notWatching
    /// Nothing arrives that could be checked, so the time does not count.
    case nothingToSee
    case unchecked(since: Instant)
  }

  private var state = State.notWatching

  public init() {}

  /// From now on the student should be observed.
  public mutating func begin(at now: Instant) {
    if case .notWatching = state { state = .unchecked(since: now) }
  }

  /// A picture was checked.
  ///
  /// - Returns: how long the gap before it was; `nil` if it does not count.
  public mutating func looked(at now: Instant) -> Duration? {
    if case .notWatching = state { return nil }
    defer { state = .unchecked(since: now) }
    return unchecked(at: now)
  }

  /// The student has sent nothing for a while: that is not the server's fault.
  public mutating func nothingComes() {
    if case .unchecked = state { state = .nothingToSee }
  }

  /// The student is gone, or need not be observed.
  public mutating func end() { state = .notWatching }

  /// How long there has been no check; `nil` if it does not count.
  public func unchecked(at now: Instant) -> Duration? {
    if case .unchecked(let since) = state { now - since } else { nil }
  }
}
