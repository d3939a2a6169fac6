import GLibRuntime

/// Refusals to one student, by error code, so that the first of one kind is not lost among many of another. A minute of
/// garbage fills neither the socket nor the log.
struct RefusalReport {
  private var told: [String: Throttle] = [:]
  private var journalled: [String: Throttle] = [:]

  /// Notes one refusal.
  ///
  /// - Returns: whether to tell the student now, and, when it is time for the journal, how many there were.
  mutating func add(_ code: String, at now: Instant) -> (tellStudent: Bool, journalCount: Int?) {
    (
      told[code, default: Throttle(every: .seconds(1))].add(at: now) != nil,
      journalled[code, default: Throttle(every: .seconds(10))].add(at: now)
    )
  }
}
