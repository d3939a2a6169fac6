import ExamModel

/// A report as CSV: a line for the session, one for each kind of alert, and for each student one for joining and one for
/// each connection, alert, blind spot, pause and accommodation, and for a removal. All lines have the same columns;
/// `record` gives the type of a line.
enum ReportCSV {
  static let columns: [CSVLines.Field] = [
    "session", "student_id", "student", "record", "kind", "severity", "state", "from", "until", "seconds",
    "confidence", "window", "share", "limit", "baseline", "cooldown", "repeats", "alert_id", "picture",
    "effect", "factor", "amount", "detail", "by", "note", "student_note", "verdict", "verdict_by",
    "verdict_at", "alerts", "right", "wrong", "not_judged", "right_share", "right_low", "right_high",
  ]

  /// The header line, that of the session, and the totals of each kind.
  ///
  /// - Parameter clock: for the times, which include their offset from UTC, and for the text.
  static func opening(_ report: SessionReport, _ clock: ReportClock) -> String {
    var lines = CSVLines()
    lines.add(columns)
    var session = Line(report, nil, "session")
    session.state = report.isFinished ? "ended" : "running"
    session.span = ReportSpan(from: report.from, until: report.until, isOpen: !report.isFinished)
    session.kind = report.ending?.reason.rawValue
    session.detail = report.title
    session.by = report.teachers.joined(separator: "; ")
    lines.add(session.fields(clock))
    for unknown in report.unknownEvents {
      var line = Line(report, nil, "unknown")
      line.kind = unknown.kind
      line.detail = clock.words("report.newer.events", count: unknown.count)
      lines.add(line.fields(clock))
    }
    for verdicts in report.verdicts {
      var line = Line(report, nil, "total")
      line.kind = verdicts.kind.rawValue
      line.verdicts = verdicts
      if verdicts.share == nil { line.detail = clock.words.tooFew(verdicts) }
      lines.add(line.fields(clock))
    }
    return lines.text
  }

  /// The lines of one of the report's students.
  static func section(_ index: Int, of report: SessionReport, _ clock: ReportClock) -> String {
    var lines = CSVLines(isBeginning: false)
    for line in Self.lines(of: report.students[index], report, clock.words) { lines.add(line.fields(clock)) }
    return lines.text
  }

  private static func lines(
    of student: ReportStudent, _ report: SessionReport, _ t: TextCatalogue
  ) -> [Line] {
    func line(_ record: String, _ span: ReportSpan?, _ fill: (inout Line) -> Void = { _ in }) -> Line {
      var line = Line(report, student, record)
      line.span = span
      fill(&line)
      return line
    }
    var lines: [Line] = []
    if let joined = student.joinedAt {
      lines.append(
        line("joined", nil) {
          $0.from = joined
          // Non-breaking spaces are for the page.
          $0.detail = student.baseline.map { t.baseline($0).replacing("\u{A0}", with: " ") }
        })
    }
    lines += student.presence.map { line("connection", $0) }
    lines += student.alerts.map { alert in
      line("alert", alert.span) { $0.set(alert, t) }
    }
    lines += student.blindSpots.map { spot in
      line("blind_spot", spot.span) { $0.kind = spot.cause.rawValue }
    }
    lines += student.pauses.map { entry in
      line("pause", entry.span) {
        $0.by = entry.pause.by
        $0.note = entry.pause.reason
      }
    }
    if let dismissal = student.dismissal {
      lines.append(
        line("dismissed", nil) {
          $0.from = dismissal.at
          $0.by = dismissal.by ?? "server"
          $0.kind = dismissal.cause?.rawValue
          $0.note = dismissal.cause.map(t.removal) ?? dismissal.reason
        })
    }
    lines += student.accommodations.map { item in
      line("accommodation", nil) {
        $0.kind = item.kind.rawValue
        $0.from = item.at
        $0.until = item.until
        $0.effect = item.effect.rawValue
        $0.factor = item.effect == .loosen ? item.factor : nil
        $0.amount = item.amount
        $0.by = item.by
        $0.note = item.reason
      }
    }
    return lines
  }

  /// One line; what does not apply stays empty.
  private struct Line {
    let code: SessionCode
    let student: ReportStudent?
    let record: String
    var kind: String?
    var state: String?
    var from: Timestamp?
    var until: Timestamp?
    var seconds: Double?
    var alert: AlertRecord?
    var judgement: AlertJudgement?
    var verdicts: ReportVerdicts?
    var picture: PictureState?
    var effect: String?
    var factor: Double?
    var amount: Int?
    var detail: String?
    var by: String?
    var note: String?

    init(_ report: SessionReport, _ student: ReportStudent?, _ record: String) {
      code = report.code
      self.student = student
      self.record = record
    }

    /// What is ongoing has no end yet.
    var span: ReportSpan? {
      get { nil }
      set {
        from = newValue?.from
        until = newValue.flatMap { $0.isOpen ? nil : $0.until }
        seconds = newValue?.seconds
      }
    }

    mutating func set(_ alert: ReportStudent.Alert, _ t: TextCatalogue) {
      self.alert = alert.record
      judgement = alert.judgement
      kind = alert.record.kind.rawValue
      state = alert.record.state.rawValue
      picture = alert.picture
      detail = t.seen(alert.record)
      by = alert.record.acknowledgedBy
      note = alert.record.note
    }

    func fields(_ clock: ReportClock) -> [CSVLines.Field] {
      let thresholds = alert?.thresholds
      let share = verdicts?.share
      func number(_ count: Int?) -> CSVLines.Field { .init(count.map(Double.init)) }
      return [
        .text("\(code)"), .init(student?.id.rawValue), .init(student.map(clock.words.name)), .text(record),
        .init(kind),
        .init(alert?.severity.rawValue), .init(state), .init(from.map(clock.stamp)),
        .init(until.map(clock.stamp)),
        .init(seconds), .init(alert?.confidence), .init(thresholds?.window), .init(thresholds?.share),
        .init(thresholds?.limit), .init(thresholds?.baseline), .init(thresholds?.cooldown),
        .init(alert.map { Double($0.repeats) }), .init(alert?.id.rawValue), .init(picture?.rawValue),
        .init(effect), .init(factor), .init(amount.map(Double.init)), .init(detail), .init(by), .init(note),
        .init(alert?.studentNote), .init(judgement?.verdict.rawValue), .init(judgement?.by),
        .init(judgement.map { clock.stamp($0.at) }), number(verdicts?.alerts), number(verdicts?.right),
        number(verdicts?.wrong), number(verdicts?.notJudged), .init(share?.right), .init(share?.low),
        .init(share?.high),
      ]
    }
  }
}
