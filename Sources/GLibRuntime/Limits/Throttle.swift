/// Throttles reports of a recurring event: when it is time for another one, and how often it occurred. A pure value.
public struct Throttle: Sendable {
  public typealias Instant = ContinuousClock.Instant

  private let interval: Duration
  private var last: Instant?
  private var count = 0

  /// - Parameter interval: the minimum time between two reports.
  public init(every interval: Duration) { self.interval = interval }

  /// It occurred again.
  ///
  /// - Returns: if it is time for a report, how often it occurred since the last one.
  public mutating func add(at now: Instant) -> Int? {
    count += 1
    return take(at: now)
  }

  /// - Returns: if it is time to report what was not reported yet, how often that was.
  public mutating func take(at now: Instant) -> Int? {
    guard count > 0, last.map({ now - $0 >= interval }) ?? true else { return nil }
    defer { (count, last) = (0, now) }
    return count
  }
}
