/// For what happens again and again: when it is time to say so once more, and how often it was. A pure value.
public struct Throttle: Sendable {
  public typealias Instant = ContinuousClock.Instant

  private let interval: Duration
  private var last: Instant?
  private var count = 0

  /// - Parameter interval: from one time that it is said to the next, at least.
  public init(every interval: Duration) { self.interval = interval }

  /// It happened once more.
  ///
  /// - Returns: where it is time to say so, how often it was since it was last said.
  public mutating func add(at now: Instant) -> Int? {
    count += 1
    return take(at: now)
  }

  /// - Returns: where it is time to say what was not said yet, how often that was.
  public mutating func take(at now: Instant) -> Int? {
    guard count > 0, last.map({ now - $0 >= interval }) ?? true else { return nil }
    defer { (count, last) = (0, now) }
    return count
  }
}
