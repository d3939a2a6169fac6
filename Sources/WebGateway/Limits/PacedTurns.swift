import GLibRuntime

/// Rations an expensive operation per key: `burst` at once and `perSecond` in the long run. Those who come too early
/// wait, but nobody longer than `patience`. A pure value.
public struct PacedTurns<Key: Hashable & Sendable>: Sendable {
  public typealias Instant = ContinuousClock.Instant

  public enum Turn: Sendable, Equatable {
    case now
    /// The turn comes after this long.
    case after(Duration)
    /// It would come after this long, which is too long to wait.
    case never(Duration)
  }

  private let rate: TokenBucket.Rate
  private let patience: Duration
  private var buckets = LeastUsedTable<Key, TokenBucket>(capacity: 10_000)

  public init(burst: Double, perSecond: Double, patience: Duration) {
    rate = .init(perSecond: perSecond, burst: burst)
    self.patience = patience
  }

  /// Takes the next turn of `key`, unless it is too far away.
  public mutating func next(of key: Key, at now: Instant) -> Turn {
    var bucket = buckets[key] ?? TokenBucket(rate)
    let wait = bucket.wait(at: now)
    if let wait, wait > patience { return .never(wait) }
    // In advance, so that the next one waits after this one.
    bucket.spend(1, at: now)
    buckets.set(bucket, for: key) { $0.used(at: now) }
    return wait.map { .after($0) } ?? .now
  }
}
