import ExamModel

/// A time in which nobody waits for the writer: it begins when somebody has waited in vain, and lasts until everything
/// is written, but at least a second. It gets longer each time it soon recurs, up to half a minute, so that a disk that
/// stays slow is not reported as slow and well in turns.
struct WriterRest: Sendable {
  private static let shortest = Duration.seconds(1)
  private static let longest = Duration.seconds(30)
  /// A rest that begins within this time of the previous one is longer.
  private static let soon = Duration.seconds(10)

  private var length = Self.shortest
  private var end: ContinuousClock.Instant?
  /// Nobody waits, so nobody knows that what was passed in is written.
  private(set) var isOn = false

  mutating func begin(at now: ContinuousClock.Instant) {
    guard !isOn else { return }
    length = end.map { now - $0 < Self.soon } == true ? min(length * 2, Self.longest) : Self.shortest
    end = now + length
    isOn = true
  }

  /// Ends the rest if its time is over. Call it while nothing is queued.
  mutating func finish(at now: ContinuousClock.Instant) {
    if let end, now >= end { isOn = false }
  }
}
