import ExamModel

/// Token buckets by key: each key may act `burst` times at once and `perSecond` times a second in the long run.
struct RateLimiter<Key: Hashable & Sendable>: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Bucket {
    var tokens: Double
    var filledAt: Instant
  }

  let burst: Double
  let perSecond: Double
  private var buckets = LeastUsedTable<Key, Bucket>(capacity: 10_000)

  init(burst: Double, perSecond: Double) {
    self.burst = burst
    self.perSecond = perSecond
  }

  /// Takes one token of `key`.
  ///
  /// - Returns: `nil`, or how long to wait for the next one.
  mutating func take(_ key: Key, at now: Instant) -> Duration? {
    var bucket = refilled(key, at: now)
    defer { keep(bucket, key, at: now) }
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
    buckets[key].map { Bucket(tokens: tokens(of: $0, at: now), filledAt: now) }
      ?? Bucket(tokens: burst, filledAt: now)
  }

  private func tokens(of bucket: Bucket, at now: Instant) -> Double {
    min(burst, bucket.tokens + (now - bucket.filledAt).inSeconds * perSecond)
  }

  private mutating func keep(_ bucket: Bucket, _ key: Key, at now: Instant) {
    let (burst, perSecond) = (burst, perSecond)
    buckets.set(bucket, for: key) {
      burst - min(burst, $0.tokens + (now - $0.filledAt).inSeconds * perSecond)
    }
  }
}
