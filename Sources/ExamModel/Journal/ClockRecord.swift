/// The clocks when a server was last known to be alive: what the next one continues from.
public struct ClockRecord: Codable, Hashable, Sendable {
  /// The time of exams then.
  public var time: Timestamp
  /// `nil` if the system does not provide it.
  public var boot: BootTime?
  public var retention: RetentionClock

  public init(time: Timestamp, boot: BootTime?, retention: RetentionClock) {
    self.time = time
    self.boot = boot
    self.retention = retention
  }

  /// The time for exams that are still running: later by what has passed on the clock since boot, whatever happened to
  /// the system's clock. After a reboot it is the system's clock, but never an earlier time than before.
  public func time(at now: BootTime?, system: Timestamp) -> Timestamp {
    passed(until: now).map { time.advanced(by: $0) } ?? max(time, system)
  }

  /// `nil` if the machine has been rebooted since.
  public func passed(until now: BootTime?) -> Duration? {
    guard let boot, let now, now.boot == boot.boot, now.elapsed >= boot.elapsed else { return nil }
    return .microseconds(now.elapsed - boot.elapsed)
  }
}

/// A moment as time since boot, which nobody can set; time asleep counts.
public struct BootTime: Codable, Hashable, Sendable {
  /// Which boot that was.
  public let boot: String
  /// Microseconds.
  public let elapsed: Int64

  public init(boot: String, elapsed: Duration) {
    self.boot = boot
    self.elapsed = elapsed.microseconds
  }
}
