public import GLibRuntime

/// A token bucket for each key, such as an address. Of very many keys, those used most are kept.
public struct RateLimiter<Key: Hashable & Sendable>: Sendable {
  public typealias Instant = ContinuousClock.Instant

  private let rate: TokenBucket.Rate
  private var buckets = LeastUsedTable<Key, TokenBucket>(capacity: 10_000)

  public init(_ rate: TokenBucket.Rate) { self.rate = rate }

  public init(burst: Double, perSecond: Double) { self.init(.init(perSecond: perSecond, burst: burst)) }

  /// Takes one token of `key`.
  ///
  /// - Returns: `nil`, or how long to wait for the next token.
  public mutating func take(_ key: Key, at now: Instant) -> Duration? {
    if let wait = waitingTime(key, at: now) { return wait }
    spend(key, at: now)
    return nil
  }

  /// Takes one token of `key` even if there is none: the next one waits longer.
  public mutating func spend(_ key: Key, at now: Instant) {
    var bucket = buckets[key] ?? TokenBucket(rate)
    bucket.spend(1, at: now)
    buckets.set(bucket, for: key) { $0.used(at: now) }
  }

  /// How long `key` must wait, without taking anything; `nil` if it need not.
  public func waitingTime(_ key: Key, at now: Instant) -> Duration? {
    (buckets[key] ?? TokenBucket(rate)).wait(at: now)
  }
}
