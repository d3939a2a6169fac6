public import GLibRuntime

/// How much the peer of one WebSocket may send; beyond it the socket is closed with 1008 and the budget's name.
public struct WebSocketBudget: Sendable, Equatable {
  public typealias Rate = TokenBucket.Rate

  /// Pings and pongs. A browser sends none except answers to ours.
  public var controls = Rate(perSecond: 10, burst: 100)
  /// Frames of every kind, to stop messages in a million pieces, or floods of empty ones.
  public var frames = Rate(perSecond: 5_000, burst: 10_000)
  public var texts = Rate(perSecond: 500, burst: 2_000)
  public var textBytes = Rate(perSecond: 2e6, burst: 16e6)
  public var binaries = Rate(perSecond: 500, burst: 2_000)
  public var binaryBytes = Rate(perSecond: 16e6, burst: 64e6)

  public init() {}
}

/// What is left of a budget. A pure value.
struct WebSocketMeter {
  typealias Instant = ContinuousClock.Instant

  /// What exceeds its budget, as named in the close frame.
  struct Exceeded: Error, Equatable { let text: String }

  private var controls, frames, texts, textBytes, binaries, binaryBytes: TokenBucket

  init(_ budget: WebSocketBudget) {
    controls = TokenBucket(budget.controls)
    frames = TokenBucket(budget.frames)
    texts = TokenBucket(budget.texts)
    textBytes = TokenBucket(budget.textBytes)
    binaries = TokenBucket(budget.binaries)
    binaryBytes = TokenBucket(budget.binaryBytes)
  }

  mutating func take(frames count: Int, at now: Instant) throws(Exceeded) {
    try Self.take(count, of: &frames, at: now, "too many frames")
  }

  mutating func takeControl(at now: Instant) throws(Exceeded) {
    try Self.take(1, of: &controls, at: now, "too many pings")
  }

  mutating func takeText(bytes: Int, at now: Instant) throws(Exceeded) {
    try Self.take(1, of: &texts, at: now, "too many text messages")
    try Self.take(bytes, of: &textBytes, at: now, "too many bytes of text")
  }

  mutating func takeBinary(bytes: Int, at now: Instant) throws(Exceeded) {
    try Self.take(1, of: &binaries, at: now, "too many binary messages")
    try Self.take(bytes, of: &binaryBytes, at: now, "too many bytes of binary messages")
  }

  private static func take(
    _ amount: Int, of bucket: inout TokenBucket, at now: Instant, _ text: StaticString
  ) throws(Exceeded) {
    if bucket.take(Double(amount), at: now) != nil { throw Exceeded(text: "\(text)") }
  }
}
