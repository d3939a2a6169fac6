import Synchronization

/// The time at which everything is recorded and reported: wall time that does not jump. It is the system's time at one
/// moment plus what has since passed on the clock since boot, sleep included. So the difference of two times is how
/// long it took, even if the system's clock is set in between.
///
/// It is synchronised with the system's clock (`set`) only between exams.
public enum ExamTime {
  private static let origin = ContinuousClock.now
  /// Microseconds since the Unix epoch.
  private static let timeOfOrigin = Atomic(Timestamp.system.advanced(by: origin - .now).microseconds)

  /// From here on, `time` is now.
  public static func set(to time: Timestamp) {
    timeOfOrigin.store(time.advanced(by: origin - .now).microseconds, ordering: .relaxed)
  }

  fileprivate static func time(at instant: ContinuousClock.Instant) -> Timestamp {
    Timestamp(microseconds: timeOfOrigin.load(ordering: .relaxed)).advanced(by: instant - origin)
  }

  fileprivate static func instant(at time: Timestamp) -> ContinuousClock.Instant {
    origin + .microseconds(time.microseconds - timeOfOrigin.load(ordering: .relaxed))
  }
}

extension Timestamp {
  public static var now: Timestamp { Timestamp(.now) }

  public init(_ instant: ContinuousClock.Instant) { self = ExamTime.time(at: instant) }
}

extension ContinuousClock.Instant {
  public init(_ time: Timestamp) { self = ExamTime.instant(at: time) }
}
