/// How the clocks stood when a server was last known to live: what the next one goes on from.
public struct ClockRecord: Codable, Hashable, Sendable {
  /// What time it was for exams.
  public var time: Timestamp
  /// `nil` where the system does not tell.
  public var boot: BootTime?
  public var retention: RetentionClock

  public init(time: Timestamp, boot: BootTime?, retention: RetentionClock) {
    self.time = time
    self.boot = boot
    self.retention = retention
  }

  /// What time it is for exams that are still on: as much later as the clock since boot says, whatever became of the
  /// system's clock. After a start of the machine it is the system's clock, but never a time that was before.
  public func time(at now: BootTime?, system: Timestamp) -> Timestamp {
    passed(until: now).map { time.advanced(by: $0) } ?? max(time, system)
  }

  /// `nil` where the machine has been started since.
  public func passed(until now: BootTime?) -> Duration? {
    guard let boot, let now, now.boot == boot.boot, now.elapsed >= boot.elapsed else { return nil }
    return .microseconds(now.elapsed - boot.elapsed)
  }
}

/// A moment as time since the machine's start, which nobody can set; time asleep counts.
public struct BootTime: Codable, Hashable, Sendable {
  /// Which start that was.
  public let boot: String
  /// Microseconds.
  public let elapsed: Int64

  public init(boot: String, elapsed: Duration) {
    self.boot = boot
    self.elapsed = elapsed.microseconds
  }
}
