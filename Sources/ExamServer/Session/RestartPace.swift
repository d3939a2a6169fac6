/// When a restarted stream gets its next pipeline, and when to give up. A pure value.
///
/// A page may send new headers, or what breaks a pipeline, as fast as it can: this limits what its pipelines cost.
struct RestartPace {
  /// Minimum time between the start of one pipeline and the next.
  static let leastInterval = Duration.seconds(1)
  /// A stream of which this many pipelines produced no picture is given up. With the delays that is half a minute.
  static let tries = 6
  /// After a pipeline has worked for this long, the next failure counts as the first again.
  private static let wellAfter = Duration.seconds(10)

  /// Pipelines in a row that failed, or produced no picture before a new header came.
  private var failures = 0
  /// Those that never returned from what they were given. Each may hold a thread for good.
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

  /// Whether the last pipeline follows another, and has produced no picture yet.
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

  /// A container was restarted by itself.
  mutating func beganAnew() { if !madePicture { failures += 1 } }

  /// When the next pipeline may start. The first failure causes no delay; each further one in a row twice as much, up
  /// to half a minute.
  func next(at now: Instant) -> Instant {
    let penalty = failures < 2 ? Duration.zero : .milliseconds(250 * (1 << min(failures, 7)))
    return max(now + penalty, lastStart.map { $0 + Self.leastInterval } ?? now)
  }

  var isHopeless: Bool { failures >= Self.tries && !everMadePicture || stuck >= Self.tries }
}
