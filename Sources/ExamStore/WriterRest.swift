import ExamModel

/// The time in which nobody waits for the writer: it begins where somebody has waited in vain, and lasts until all is
/// written, but a second at least. That is longer each time it comes again soon, up to half a minute, so that a disk that
/// stays slow is not told of as slow and as well in turns.
struct WriterRest: Sendable {
  private static let shortest = Duration.seconds(1)
  private static let longest = Duration.seconds(30)
  /// A rest that begins within this time of the one before is longer.
  private static let soon = Duration.seconds(10)

  private var length = Self.shortest
  private var end: ContinuousClock.Instant?
  /// Nobody waits, and so nobody knows that what was handed over is written.
  private(set) var isOn = false

  mutating func begin(at now: ContinuousClock.Instant) {
    guard !isOn else { return }
    length = end.map { now - $0 < Self.soon } == true ? min(length * 2, Self.longest) : Self.shortest
    end = now + length
    isOn = true
  }

  /// Ends the rest if its time is over. To be called while nothing waits to be written.
  mutating func finish(at now: ContinuousClock.Instant) {
    if let end, now >= end { isOn = false }
  }
}
