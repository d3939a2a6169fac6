/// How much the peer of one WebSocket may send; past it the socket is closed with 1008 and the budget's name.
public struct WebSocketBudget: Sendable, Equatable {
  /// A token bucket: `burst` at once, and `perSecond` in the long run.
  public struct Rate: Sendable, Equatable {
    public var perSecond: Double
    public var burst: Double

    public init(perSecond: Double, burst: Double) {
      self.perSecond = perSecond
      self.burst = burst
    }
  }

  /// Pings and pongs. A browser sends none but answers to ours.
  public var controls = Rate(perSecond: 10, burst: 100)
  /// Frames of every kind, so that a message in a million pieces, or of nothing but empty ones, is one too many.
  public var frames = Rate(perSecond: 5_000, burst: 10_000)
  public var texts = Rate(perSecond: 500, burst: 2_000)
  public var textBytes = Rate(perSecond: 2e6, burst: 16e6)
  public var binaries = Rate(perSecond: 500, burst: 2_000)
  public var binaryBytes = Rate(perSecond: 16e6, burst: 64e6)

  public init() {}
}

/// What is left of a budget. A pure value.
struct WebSocketMeter {
  /// What is over its budget, as the close frame names it.
  struct Exceeded: Error, Equatable { let text: String }

  private struct Bucket {
    var rate: WebSocketBudget.Rate
    var level: Double
    var filledAt: Double

    init(_ rate: WebSocketBudget.Rate, now: Double) {
      self.rate = rate
      level = rate.burst
      filledAt = now
    }

    mutating func take(_ amount: Int, _ now: Double, _ text: StaticString) throws(Exceeded) {
      level = min(rate.burst, level + (now - filledAt) * rate.perSecond) - Double(amount)
      filledAt = now
      if level < 0 { throw Exceeded(text: "\(text)") }
    }
  }

  private var controls, frames, texts, textBytes, binaries, binaryBytes: Bucket

  init(_ budget: WebSocketBudget, now: Double) {
    controls = Bucket(budget.controls, now: now)
    frames = Bucket(budget.frames, now: now)
    texts = Bucket(budget.texts, now: now)
    textBytes = Bucket(budget.textBytes, now: now)
    binaries = Bucket(budget.binaries, now: now)
    binaryBytes = Bucket(budget.binaryBytes, now: now)
  }

  mutating func take(frames count: Int, now: Double) throws(Exceeded) {
    try frames.take(count, now, "too many frames")
  }

  mutating func takeControl(now: Double) throws(Exceeded) {
    try controls.take(1, now, "too many pings")
  }

  mutating func takeText(bytes: Int, now: Double) throws(Exceeded) {
    try texts.take(1, now, "too many text messages")
    try textBytes.take(bytes, now, "too many bytes of text")
  }

  mutating func takeBinary(bytes: Int, now: Double) throws(Exceeded) {
    try binaries.take(1, now, "too many binary messages")
    try binaryBytes.take(bytes, now, "too many bytes of binary messages")
  }
}
