/// When a stream that begins anew gets its next pipeline, and when that is given up. A pure value.
///
/// A page may send new headers, or what breaks a pipeline, as fast as it can: what its pipelines cost is bounded here.
struct RestartPace {
  typealias Instant = ContinuousClock.Instant

  /// From the start of one pipeline to that of the next, at least.
  static let leastInterval = Duration.seconds(1)
  /// A stream of which so many pipelines made no picture is given up. With the waits that is half a minute.
  static let tries = 6
  /// A pipeline that was well for so long: what fails next is the first failure again.
  private static let wellAfter = Duration.seconds(10)

  /// Pipelines in a row that failed, or made no picture before a new header came.
  private var failures = 0
  /// Those that never came back from what they were given. Each may hold a thread for good.
  private var stuck = 0
  private var lastStart: Instant?
  private var madePicture = false
  private var everMadePicture = false
  private var starts = 0

  /// A page announced a stream.
  mutating func announced() {
    var next = RestartPace()
    next.lastStart = lastStart
    next.stuck = stuck
    self = next
  }

  /// Whether the last pipeline follows another, and has made no picture yet.
  var isTryingAgain: Bool { starts > 1 && !madePicture }

  mutating func started(at now: Instant) {
    starts += 1
    lastStart = now
    madePicture = false
  }

  /// Pictures come out of the pipeline.
  mutating func decoded(at now: Instant) {
    madePicture = true
    everMadePicture = true
    if let lastStart, now - lastStart >= Self.wellAfter { (failures, stuck) = (0, 0) }
  }

  mutating func failed() { failures += 1 }

  mutating func gotStuck() {
    failures += 1
    stuck += 1
  }

  /// A container began anew by itself.
  mutating func beganAnew() { if !madePicture { failures += 1 } }

  /// When the next pipeline may start. The first failure costs no time; each one more in a row twice as much, up to half a
  /// minute.
  func next(at now: Instant) -> Instant {
    let penalty = failures < 2 ? Duration.zero : .milliseconds(250 * (1 << min(failures, 7)))
    return max(now + penalty, lastStart.map { $0 + Self.leastInterval } ?? now)
  }

  var isHopeless: Bool { failures >= Self.tries && !everMadePicture || stuck >= Self.tries }
}
