import ExamModel
import Foundation

/// A report as a self-contained page: no script, with styles and pictures embedded, for reading and printing.
///
/// It does not contain the chat, only how much there was: a report is passed on to people whom private questions do not
/// concern, and what is folded on a screen is lost on paper. The chat is in the session's journal.
struct ReportPage: Sendable {
  let report: SessionReport
  /// What the timelines show.
  let shown: ReportSpan
  let clock: ReportClock

  init(_ report: SessionReport, zone: TimeZone = ReportClock.utc) {
    self.report = report
    shown = report.shown
    clock = ReportClock(
      zone: zone, from: shown.from, telling: ReportSpan(from: report.from, until: report.until))
  }

  /// Maximum number of missing pictures listed at the top; each is also mentioned in its place.
  private static let maximumProblems = 10

  /// Everything up to the first student's section.
  var opening: HTML {
    var html: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(ReportStyle.policyOfPage)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,">
      <title>Exam report: \(report.title), session \(report.code.digits)</title>
      <style>\(verbatim: ReportStyle.text)</style>
      </head>
      <body>
      <svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="p-hatch" y2="6"/></pattern>
      <pattern id="rails" width="4" height="4" patternUnits="userSpaceOnUse"><line class="p-rails" y2="4"/></pattern>
      <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="p-dots" cx="2" cy="2" r="1.3"/></pattern>
      </defs></svg>
      <main>

      """
    html += header
    html += attention
    html += summary
    html += kinds
    if !report.students.isEmpty { html += "<h2 class=\"each\">Each student</h2>\n\(legend)" }
    return html
  }

  /// The section of one of the report's students.
  ///
  /// - Parameter picture: reads the picture of an alert; `nil` if there is none.
  func section(
    _ index: Int, picture: @escaping (AlertID) throws -> [UInt8]?
  ) -> ReportStudentSection {
    ReportStudentSection(
      student: report.students[index], number: index, shown: shown, isFinished: report.isFinished,
      clock: clock, picture: picture)
  }

  /// Everything after the last student's section.
  var closing: HTML {
    let made = ReportClock(zone: clock.zone, from: report.generatedAt)
    return """
      </main>
      <footer><p>Made by ExamMonitoring on \(made.date(report.generatedAt)) at \(made.time(report.generatedAt)), \
      \(made.offset(at: report.generatedAt)). What was written in the chat is not part of this report; it is in the \
      session’s journal.</p></footer>
      </body>
      </html>

      """
  }

  // MARK: The session

  private var header: HTML {
    let report = report
    let alerts = report.alerts
    let length = ReportSpan(from: report.from, until: report.until).seconds
    let teachers: [HTML] = report.teachers.enumerated().map { index, name in
      "\(index == 0 ? "" : ", ")\(.typed(name))"
    }
    var html: HTML = """
      <header>
      <p class="eyebrow">Exam report</p>
      <h1>\(.typed(report.title))</h1>

      """
    if !report.isFinished {
      html += """
        <p class="notice warn"><strong>This exam is not finished.</strong> The report tells how things stood on \
        \(clock.date(report.until)) at \(clock.time(report.until)). What was not over then is shown as open.</p>

        """
    }
    html += """
      <dl class="session">
      <div><dt>Session</dt><dd>\(report.code.digits)</dd></div>
      <div><dt>Date</dt><dd>\(clock.date(report.from))<small>times in \(clock.name)</small></dd></div>
      <div><dt>Time</dt><dd>\(clock.time(report.from)) – \
      \(report.isFinished ? clock.time(report.until) : "not finished")<small>\
      \(report.isFinished ? "" : "so far ")\(ReportWords.duration(length))\
      \(report.ending.map { .typed("; " + ReportWords.ending($0.reason, by: $0.by)) } ?? "")</small></dd></div>
      <div><dt>\(report.teachers.count == 1 ? "Teacher" : "Teachers")</dt><dd>\(teachers)</dd></div>
      <div><dt>Students</dt><dd>\(report.students.count)</dd></div>
      <div><dt>Alerts</dt><dd>\(alerts.count)<small>\(alerts.count { $0.severity == .high }) serious, \
      \(report.openAlerts) \(report.isFinished ? "not over at the end" : "open")</small></dd></div>
      <div><dt>Lines of chat</dt><dd>\(report.chatMessages)</dd></div>
      </dl>

      """
    if !report.pictureProblems.isEmpty {
      let count = report.pictureProblems.count
      let missing: [HTML] = report.pictureProblems.prefix(Self.maximumProblems).enumerated().map {
        index, problem in
        """
        \(index == 0 ? "" : "; ")\(.typed(problem.student)), \(problem.kind.row.title), \
        \(clock.time(problem.since)) (\(problem.reason == nil ? "file missing" : "file not readable"))
        """
      }
      html += """
        <p class="notice bad"><strong>\(ReportWords.count(count, "picture")) \
        \(count == 1 ? "is" : "are") not there:</strong> \(missing)\
        \(count > Self.maximumProblems ? "; and more, as said with each alert" : ""). All else that was recorded is in this \
        report.</p>

        """
    }
    if !report.unknownEvents.isEmpty {
      let kinds: [HTML] = report.unknownEvents.enumerated().map { index, unknown in
        "\(index == 0 ? "" : ", ")\(unknown.count) \(.typed(unknown.kind))"
      }
      html += """
        <p class="notice warn"><strong>A newer version of the program recorded things that this one does not know:</strong> \
        \(kinds). They are in the journal, and in the report of that version.</p>

        """
    }
    html += """
      <p class="reading">An alert says what was measured, with its thresholds, and not why. It is no proof of anything: \
      please judge by the picture, the notes and the timeline. Times in which nobody was watched, for whatever reason, \
      are shown as such and held against nobody.</p>
      </header>

      """
    return html
  }

  private var attention: HTML {
    let attention = report.attention
    guard !report.students.isEmpty else { return "<h2>Students</h2>\n<p>Nobody joined this session.</p>\n" }
    guard !attention.isEmpty else {
      return """
        <h2>What needs attention</h2>
        <p>Nothing: every serious alert was acknowledged, none stood open, and nobody went unwatched for long.</p>

        """
    }
    let numbers = numbers
    let items: [HTML] = attention.map {
      """
      <li><a href="#s\(numbers[$0.student.id] ?? 0)">\(name(of: $0.student))</a> \
      <span>\($0.reasons.joined(separator: "; "))</span></li>

      """
    }
    return "<h2>What needs attention</h2>\n<ul class=\"attention card\">\n\(items)</ul>\n"
  }

  private var kinds: HTML {
    let all = report.students.flatMap(\.alerts)
    let rows: [HTML] = report.alerts.countsByKind.map { kind, count in
      let alerts = all.filter { $0.record.kind == kind }
      let students = Set(alerts.map(\.record.student)).count
      let severities = Set(alerts.map(\.record.severity)).sorted(by: >).map(ReportWords.severity)
      return """
        <tr><th scope="row">\(kind.row.title)</th><td class="extra">\(severities.joined(separator: ", "))</td>\
        <td class="number">\(count)</td><td class="number">\(students)</td>\
        <td class="number">\(ReportWords.duration(alerts.reduce(0) { $0 + $1.span.seconds }))</td></tr>

        """
    }
    guard !rows.isEmpty else { return "<h2>Alerts by kind</h2>\n<p>There was no alert.</p>\n" }
    return """
      <h2>Alerts by kind</h2>
      <table class="summary"><thead><tr><th scope="col">Kind</th><th scope="col" class="extra">Severity</th>\
      <th scope="col" class="number">Alerts</th><th scope="col" class="number">Students</th>\
      <th scope="col" class="number">Total time</th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  private var summary: HTML {
    guard !report.students.isEmpty else { return "" }
    let flagged = Set(report.attention.map(\.student.id))
    let rows: [HTML] = report.students.enumerated().map { index, student in
      let kinds = student.alertCounts.map { "\($0.kind.row.short) \($0.count)" }
      let flag: HTML =
        flagged.contains(student.id)
        ? """
        \u{A0}<svg class="flag" viewBox="0 0 10 10" role="img" aria-label="needs attention"><path d="M5 .5 10 9.5H0Z"/></svg>
        """ : ""
      return """
        <tr><th scope="row"><a href="#s\(index)">\(name(of: student))</a>\(flag)</th>\
        <td class="number">\(student.alerts.count)</td>\
        <td>\(kinds.joined(separator: ", "))\(kinds.isEmpty ? "–" : "")</td>\
        <td class="number">\(brief(student.presentSeconds))</td>\
        <td class="number extra">\(brief(student.blindSeconds))</td></tr>

        """
    }
    return """
      <h2>All students</h2>
      <table class="summary"><thead><tr><th scope="col">Student</th><th scope="col" class="number">Alerts</th>\
      <th scope="col">Of these</th><th scope="col" class="number">Present</th>\
      <th scope="col" class="number extra">Not watched</th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  private func brief(_ seconds: Double) -> String { seconds == 0 ? "–" : ReportWords.duration(seconds) }

  private var numbers: [ParticipantID: Int] {
    Dictionary(report.students.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func name(of student: ReportStudent) -> HTML {
    ReportStudentSection.name(of: student, clock)
  }

  private var legend: HTML {
    let styles: [(String, String)] = [
      ("presence", "connected"), ("high", "alert, serious"), ("medium", "alert, medium"),
      ("blind", "not watched"),
      ("pause", "exam paused"), ("presence open", "dashed edge: not over when the report ends"),
    ]
    let items: [HTML] = styles.map { style, words in
      """
      <li><svg aria-hidden="true" focusable="false"><rect class="\(style)" width="26" height="12"/></svg>\(words)</li>
      """
    }
    return "<ul class=\"legend\">\(items)</ul>\n"
  }
}
