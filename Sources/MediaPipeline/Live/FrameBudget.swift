/// Counts frames against a rate, with some seconds' worth for bursts: a network that stalled delivers at once what it
/// held.
struct FrameBudget {
  private static let burst = 5.0

  private let rate: Double
  private var left: Double
  private var lastTime: Int64?

  /// - Parameter rate: frames per second.
  init(rate: Double) {
    self.rate = rate
    left = rate * Self.burst
  }

  /// Whether one more frame is within the rate.
  ///
  /// - Parameter now: monotonic microseconds.
  mutating func take(at now: Int64) -> Bool {
    guard rate.isFinite else { return true }
    let elapsed = Double(now - (lastTime ?? now)) / 1_000_000
    lastTime = now
    left = min(rate * Self.burst, left + elapsed * rate)
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
