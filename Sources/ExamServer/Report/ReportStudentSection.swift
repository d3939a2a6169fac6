import ExamModel
import Foundation

/// The part of the page about one student, itself in parts: `heading`, a row for each alert, `closing`. A row contains
/// a picture.
struct ReportStudentSection {
  let student: ReportStudent
  /// Position among all students of the page, for links and labels.
  let number: Int
  let shown: ReportSpan
  let isFinished: Bool
  let clock: ReportClock
  let picture: (AlertID) throws -> [UInt8]?

  /// Students of the same name are distinguished by when they joined.
  static func name(of student: ReportStudent, _ clock: ReportClock) -> HTML {
    guard student.isNameShared, let joined = student.joinedAt else { return .typed(student.name) }
    return "\(.typed(student.name)) (joined \(clock.time(joined)))"
  }

  /// Everything up to the first alert.
  var heading: HTML {
    let timeline = ReportTimeline(of: student, bounds: shown, clock: clock)
    var sums = [
      student.presence.isEmpty
        ? "Never connected"
        : "Present for \(ReportWords.duration(student.presentSeconds))",
      student.alerts.isEmpty ? "no alerts" : ReportWords.count(student.alerts.count, "alert"),
    ]
    if student.openAlerts > 0 {
      sums.append("\(student.openAlerts) \(isFinished ? "not over at the end" : "open")")
    }
    if student.dismissal != nil { sums.append("removed") }
    if student.blindSeconds > 0 {
      sums.append("not watched for \(ReportWords.duration(student.blindSeconds))")
    }
    return """
      <section class="student card" id="s\(number)" aria-labelledby="h\(number)">
      <h3 id="h\(number)">\(Self.name(of: student, clock))</h3>
      <p>\(sums.joined(separator: " · "))</p>
      \(timeline.drawing(title: "Timeline of \(student.name)", id: number))\(facts)\(tableOpening)
      """
  }

  /// Everything after the last alert.
  var closing: HTML {
    student.alerts.isEmpty ? "</section>\n" : "</tbody></table>\n</section>\n"
  }

  // MARK: Facts

  private var facts: HTML {
    var html: HTML = "<dl class=\"facts\">\n"
    func add(_ term: String, _ values: [HTML]) {
      guard !values.isEmpty else { return }
      let items: [HTML] = values.map { "<dd>\($0)</dd>" }
      html += "<div><dt>\(term)</dt>\(items)</div>\n"
    }
    if let joined = student.joinedAt { add("Joined", ["\(clock.time(joined))"]) }
    let spans = student.presence.map { span($0) }
    if !spans.isEmpty {
      add(
        "Connected",
        ["\(spans.joined(separator: ", "))\(student.hasStreamed ? "" : "; no picture ever came")"])
    }
    if let dismissal = student.dismissal {
      add(
        "Removed",
        [
          """
          \(clock.time(dismissal.at)) by \(dismissal.by.map { HTML.typed($0) } ?? "the server"): \
          \(.typed(dismissal.reason))
          """
        ])
    }
    add("Not watched", student.blindSecondsByCause.map { blindSpots($0.cause, $0.seconds) })
    add(
      "Paused",
      student.pauses.map {
        """
        \(span($0.span)) (\(ReportWords.duration($0.span.seconds))) by \(.typed($0.pause.by))\
        \($0.pause.reason.isEmpty ? "" : ": ")\(.typed($0.pause.reason))
        """
      })
    add("Allowed", student.accommodations.map { accommodation($0) })
    if let baseline = student.baseline { add("Usual picture", ["\(ReportWords.baseline(baseline))"]) }
    if student.chatWritten + student.chatReceived > 0 {
      add(
        "Chat",
        [
          "\(ReportWords.count(student.chatWritten, "line")) written, \(student.chatReceived) received privately"
        ])
    }
    html += "</dl>\n"
    return html
  }

  private func span(_ span: ReportSpan) -> String {
    "\(clock.time(span.from)) – \(span.isOpen ? "open" : clock.time(span.until))"
  }

  private func blindSpots(_ cause: BlindSpot.Cause, _ seconds: Double) -> HTML {
    let spots = student.blindSpots.filter { $0.cause == cause }
    // The timeline shows them all, and the CSV has their times.
    let times =
      spots.count > 6 ? "\(spots.count) times" : spots.map { span($0.span) }.joined(separator: ", ")
    return "\(ReportWords.duration(seconds)): \(ReportWords.cause(cause)) (\(times))"
  }

  private func accommodation(_ item: Accommodation) -> HTML {
    let until = item.until.map { " until \(clock.time($0))" } ?? ""
    return """
      \(ReportWords.effect(item)) from \(clock.time(item.at))\(item.effect == .none ? "" : until), by \
      \(.typed(item.by))\(item.reason.isEmpty ? "" : ": ")\(.typed(item.reason))
      """
  }

  // MARK: Alerts

  private var tableOpening: HTML {
    guard !student.alerts.isEmpty else { return "" }
    return """
      <table class="alerts"><thead><tr><th scope="col">Picture</th><th scope="col">Alerts of \
      \(Self.name(of: student, clock))</th></tr></thead><tbody>

      """
  }

  /// What is reported about one of the student's alerts.
  func row(_ index: Int) -> HTML {
    let alert = student.alerts[index]
    let record = alert.record
    var when = [
      "\(clock.time(record.since)) – \(record.isOpen ? standing : clock.time(alert.span.until))",
      ReportWords.duration(alert.span.seconds), "\(ReportWords.percent(record.confidence)) of looks agreed",
    ]
    if record.repeats > 0 { when.append("came back \(ReportWords.count(record.repeats, "time"))") }
    let severity: HTML =
      "<span class=\"tag \(record.severity.rawValue)\">\(ReportWords.severity(record.severity))</span>"
    return """
      <tr><td class="picture">\(figure(alert))</td><td>
      <p class="what"><strong>\(record.kind.row.title)</strong> \(severity) \(state(alert))</p>
      <p>\(when.joined(separator: " · "))</p>
      \(record.detail.isEmpty ? "" : "<p class=\"typed\">\(.typed(record.detail))</p>")
      <p class="fine">\(ReportWords.thresholds(record.thresholds, of: record.kind))</p>
      \(note("Teacher’s note", record.note))\(note("Student’s own note", record.studentNote))</td></tr>

      """
  }

  private var standing: String { isFinished ? "not over at the end" : "open" }

  private func state(_ alert: ReportStudent.Alert) -> HTML {
    let open: HTML = alert.record.isOpen ? "<span class=\"tag standing\">\(standing)</span> " : ""
    guard let teacher = alert.record.acknowledgedBy else {
      return "\(open)<span class=\"fine\">not acknowledged</span>"
    }
    return "\(open)<span class=\"fine\">acknowledged by \(.typed(teacher))</span>"
  }

  private func note(_ title: String, _ text: String?) -> HTML {
    guard let text, !text.isEmpty else { return "" }
    return "<p class=\"note\"><b>\(title):</b> <span class=\"typed\">\(.typed(text))</span></p>\n"
  }

  private func figure(_ alert: ReportStudent.Alert) -> HTML {
    switch alert.picture {
    case .notTaken: return "<div class=\"no-picture\">No picture was taken</div>"
    case .studentFull, .examFull, .serverFull, .lost:
      return "<div class=\"no-picture\">\(ReportWords.noRoom(alert.picture))</div>"
    case .missing: return Self.missing
    case .unreadable: return Self.unreadable
    case .kept:
      // The picture may not have been checked before, and files can disappear in between.
      guard let bytes = try? picture(alert.id) else { return Self.missing }
      guard KeptPicture(bytes).isJPEG else { return Self.unreadable }
      return """
        <img alt="\(student.name) at \(clock.time(alert.record.since))" \
        src="data:image/jpeg;base64,\(verbatim: Data(bytes).base64EncodedString())">
        """
    }
  }

  private static let missing: HTML = "<div class=\"no-picture gone\">Picture file missing</div>"
  private static let unreadable: HTML = "<div class=\"no-picture gone\">Picture file not readable</div>"
}
