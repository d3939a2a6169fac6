import ExamModel

/// Token buckets by key: each key may act `burst` times at once and `perSecond` times a second in the long run.
struct RateLimiter<Key: Hashable & Sendable>: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Bucket {
    var tokens: Double
    var filledAt: Instant
  }

  /// Keys kept at most; beyond it the full buckets, which say nothing, are dropped.
  private static var capacity: Int { 10_000 }

  let burst: Double
  let perSecond: Double
  private var buckets: [Key: Bucket] = [:]

  init(burst: Double, perSecond: Double) {
    self.burst = burst
    self.perSecond = perSecond
  }

  /// Takes one token of `key`.
  ///
  /// - Returns: `nil`, or how long to wait for the next one.
  mutating func take(_ key: Key, at now: Instant) -> Duration? {
    var bucket = refilled(key, at: now)
    defer { buckets[key] = bucket }
    guard bucket.tokens >= 1 else { return .seconds((1 - bucket.tokens) / perSecond) }
    bucket.tokens -= 1
    return nil
  }

  /// How long `key` must wait, without taking anything; `nil` if it need not.
  mutating func waitingTime(_ key: Key, at now: Instant) -> Duration? {
    let tokens = refilled(key, at: now).tokens
    return tokens >= 1 ? nil : .seconds((1 - tokens) / perSecond)
  }

  private mutating func refilled(_ key: Key, at now: Instant) -> Bucket {
    guard let bucket = buckets[key] else {
      if buckets.count >= Self.capacity { forgetFull(at: now) }
      return Bucket(tokens: burst, filledAt: now)
    }
    let tokens = bucket.tokens + (now - bucket.filledAt).inSeconds * perSecond
    return Bucket(tokens: min(burst, tokens), filledAt: now)
  }

  private mutating func forgetFull(at now: Instant) {
    buckets = buckets.filter { $0.value.tokens + (now - $0.value.filledAt).inSeconds * perSecond < burst }
    if buckets.count >= Self.capacity { buckets = [:] }
  }
}
