import ExamModel

/// A stretch of time within a report.
struct ReportSpan: Sendable, Hashable {
  let from: Timestamp
  /// Its end, or that of the report while it is open.
  let until: Timestamp
  /// Whether it was not over at the end of the report.
  let isOpen: Bool

  init(from: Timestamp, until: Timestamp, isOpen: Bool = false) {
    self.from = from
    // Clocks are sometimes set back; no duration is negative.
    self.until = max(from, until)
    self.isOpen = isOpen
  }

  /// - Parameter end: the end of the report, and so of everything that is ongoing.
  init(from: Timestamp, until: Timestamp?, openUntil end: Timestamp) {
    self.init(from: from, until: until ?? end, isOpen: until == nil)
  }

  var seconds: Double { Double(until.microseconds - from.microseconds) / 1_000_000 }

  /// The part within `bounds`; `nil` if there is none. A moment is kept.
  func clipped(to bounds: ReportSpan) -> ReportSpan? {
    guard from <= bounds.until, until >= bounds.from else { return nil }
    return ReportSpan(
      from: max(from, bounds.from), until: min(until, bounds.until),
      isOpen: isOpen || until > bounds.until)
  }
}

extension [ReportSpan] {
  /// The time that is in any of them, each moment once.
  var totalSeconds: Double {
    var total = 0.0
    var end: Timestamp?
    for span in sorted(by: { $0.from < $1.from }) {
      let from = end.map { Swift.max($0, span.from) } ?? span.from
      if span.until > from { total += ReportSpan(from: from, until: span.until).seconds }
      end = end.map { Swift.max($0, span.until) } ?? span.until
    }
    return total
  }
}
