/// A token bucket: `burst` at once, and `perSecond` in the long run. A pure value.
public struct TokenBucket: Sendable {
  public typealias Instant = ContinuousClock.Instant

  public struct Rate: Sendable, Equatable {
    public var perSecond: Double
    public var burst: Double

    public init(perSecond: Double, burst: Double) {
      self.perSecond = perSecond
      self.burst = burst
    }
  }

  public let rate: Rate
  private var level: Double
  /// `nil` until something is taken.
  private var filledAt: Instant?

  public init(_ rate: Rate) {
    self.rate = rate
    level = rate.burst
  }

  public init(burst: Double, perSecond: Double) { self.init(Rate(perSecond: perSecond, burst: burst)) }

  /// How much has been taken and not been refilled yet.
  public func used(at now: Instant) -> Double { rate.burst - level(at: now) }

  /// How long to wait until this much is available, without taking anything; `nil` if it is.
  public func wait(for amount: Double = 1, at now: Instant) -> Duration? {
    let missing = amount - level(at: now)
    return missing > 0 ? .seconds(missing / rate.perSecond) : nil
  }

  /// Takes this much if it is available.
  ///
  /// - Returns: `nil`, or how long to wait until it is available.
  public mutating func take(_ amount: Double = 1, at now: Instant) -> Duration? {
    if let wait = wait(for: amount, at: now) { return wait }
    spend(amount, at: now)
    return nil
  }

  /// Takes this much even if it is not available: the next one waits longer.
  public mutating func spend(_ amount: Double, at now: Instant) {
    level = level(at: now) - amount
    filledAt = now
  }

  private func level(at now: Instant) -> Double {
    guard let filledAt else { return level }
    return min(rate.burst, level + max(0, (now - filledAt) / .seconds(1)) * rate.perSecond)
  }
}
