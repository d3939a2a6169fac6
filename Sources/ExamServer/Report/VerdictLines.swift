import ExamModel

/// The judged alerts of an exam as JSON Lines, for whoever tunes thresholds. No line says whose alert it is or of which
/// exam, and times count from the exam's start.
enum VerdictLines {
  struct Line: Encodable {
    let kind: AlertKind
    let verdict: AlertVerdict
    /// Seconds from the exam's start.
    let since: Double
    let confirmed: Double
    /// `nil` while it is open.
    let until: Double?
    let confidence: Double
    let thresholds: AlertThresholds

    private enum CodingKeys: String, CodingKey {
      case kind, verdict, since, confirmed, until, confidence, thresholds
    }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(kind, forKey: .kind)
      try fields.encode(verdict, forKey: .verdict)
      try fields.encode(since, forKey: .since)
      try fields.encode(confirmed, forKey: .confirmed)
      try fields.encode(until, forKey: .until)
      try fields.encode(confidence, forKey: .confidence)
      try fields.encode(thresholds, forKey: .thresholds)
    }
  }

  /// In order of their onset: in that of the report, by name, lines of one student would stand together.
  static func lines(_ report: SessionReport) -> [Line] {
    report.students.flatMap(\.alerts)
      .sorted {
        ($0.record.since, $0.confirmed, $0.id.rawValue) < ($1.record.since, $1.confirmed, $1.id.rawValue)
      }
      .compactMap { line($0, from: report.from) }
  }

  private static func line(_ alert: ReportStudent.Alert, from start: Timestamp) -> Line? {
    guard let judgement = alert.judgement else { return nil }
    // To the millisecond, as everywhere outside of the database.
    func seconds(_ time: Timestamp) -> Double {
      (Double(time.microseconds - start.microseconds) / 1000).rounded() / 1000
    }
    // A median of many looks is a student's own to the last digit.
    func rounded(_ value: Double, to parts: Double) -> Double { (value * parts).rounded() / parts + 0 }
    var thresholds = alert.record.thresholds
    thresholds.baseline = thresholds.baseline.map { rounded($0, to: 1) }
    thresholds.limit = thresholds.limit.map { rounded($0, to: 10) }
    return Line(
      kind: alert.record.kind, verdict: judgement.verdict, since: seconds(alert.record.since),
      confirmed: seconds(alert.confirmed), until: alert.record.until.map(seconds),
      confidence: alert.record.confidence, thresholds: thresholds)
  }
}
