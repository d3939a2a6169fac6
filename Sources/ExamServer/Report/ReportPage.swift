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
  private let attention: [SessionReport.Attention]
  private let t: TextCatalogue
  private let style: ReportStyle

  init(_ report: SessionReport, zone: TimeZone, look: ReportLook) {
    self.report = report
    (t, style) = (look.words, look.style)
    attention = report.attention(t)
    shown = report.shown
    clock = ReportClock(
      zone: zone, from: shown.from, telling: ReportSpan(from: report.from, until: report.until), words: t)
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
      <meta http-equiv="Content-Security-Policy" content="\(style.policyOfPage)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,">
      <title>\(t("report.title", ["exam": report.title, "code": report.code.digits]))</title>
      <style>\(verbatim: style.text)</style>
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
    html += needsAttention
    html += summary
    html += kinds
    html += verdicts
    if !report.students.isEmpty { html += "<h2 class=\"each\">\(t("report.students.each"))</h2>\n\(legend)" }
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
    let at = report.generatedAt
    let made = ReportClock(zone: clock.zone, from: at, words: t)
    return """
      </main>
      <footer><p>\(t("report.made", ["date": made.date(at), "time": made.time(at), "zone": made.offset(at: at)]))</p></footer>
      </body>
      </html>

      """
  }

  // MARK: The session

  private var header: HTML {
    let report = report
    let alerts = report.alerts
    let teachers = report.teachers.map(HTML.typed)
    var html: HTML = """
      <header>
      <p class="eyebrow">\(t("report.heading"))</p>
      <h1>\(.typed(report.title))</h1>

      """
    if !report.isFinished {
      let until = ["date": clock.date(report.until), "time": clock.time(report.until)]
      html += notice("warn", t("report.unfinished.title"), "\(t("report.unfinished.text", until))")
    }
    let until = report.isFinished ? clock.time(report.until) : t("report.session.notFinished")
    let counts = ["serious": "\(alerts.count { $0.severity == .high })", "open": "\(report.openAlerts)"]
    html += """
      <dl class="session">
      <div><dt>\(t("report.session.code"))</dt><dd>\(report.code.digits)</dd></div>
      <div><dt>\(t("report.session.date"))</dt><dd>\(clock.date(report.from))\
      <small>\(t("report.session.zone", ["zone": clock.name]))</small></dd></div>
      <div><dt>\(t("report.session.time"))</dt>\
      <dd>\(t("report.session.span", ["from": clock.time(report.from), "until": until]))<small>\(length)</small></dd></div>
      <div><dt>\(t("report.session.teachers", count: teachers.count))</dt><dd>\(t.listed(teachers, by: "list.next"))</dd></div>
      <div><dt>\(t("report.session.students"))</dt><dd>\(report.students.count)</dd></div>
      <div><dt>\(t("report.session.alerts"))</dt><dd>\(alerts.count)\
      <small>\(t(report.isFinished ? "report.session.alertsOver" : "report.session.alertsSoFar", counts))</small></dd></div>
      <div><dt>\(t("report.session.chat"))</dt><dd>\(report.chatMessages)</dd></div>
      </dl>

      """
    let problems = report.pictureProblems
    if !problems.isEmpty {
      let which = t.listed(problems.prefix(Self.maximumProblems).map(missing), by: "report.next")
      let all =
        problems.count > Self.maximumProblems ? t.html("report.missing.more", ["which": which]) : which
      html += notice(
        "bad", t("report.missing.title", count: problems.count), t.html("report.missing.text", ["which": all])
      )
    }
    if !report.unknownEvents.isEmpty {
      let kinds = report.unknownEvents.map {
        t.html("report.newer.kind", ["number": "\($0.count)", "kind": .typed($0.kind)])
      }
      html += notice(
        "warn", t("report.newer.title"),
        t.html("report.newer.text", ["which": t.listed(kinds, by: "list.next")]))
    }
    html += """
      <p class="reading">\(t("report.reading"))</p>
      </header>

      """
    return html
  }

  private func notice(_ tone: String, _ title: String, _ text: HTML) -> HTML {
    "<p class=\"notice \(tone)\"><strong>\(title)</strong> \(text)</p>\n"
  }

  private func missing(_ problem: SessionReport.PictureProblem) -> HTML {
    t.html(
      problem.reason == nil ? "report.missing.gone" : "report.missing.unreadable",
      [
        "student": .typed(problem.student), "kind": "\(t.title(problem.kind))",
        "time": "\(clock.time(problem.since))",
      ])
  }

  /// How long it lasted, or has lasted, and how it ended.
  private var length: HTML {
    let length = t.duration(ReportSpan(from: report.from, until: report.until).seconds)
    guard report.isFinished else { return "\(t("report.session.soFar", ["long": length]))" }
    guard let ending = report.ending else { return "\(length)" }
    let how = HTML.typed(t.ending(ending.reason, by: ending.by))
    return t.html("report.session.how", ["long": "\(length)", "how": how])
  }

  private var needsAttention: HTML {
    guard !report.students.isEmpty else {
      return "<h2>\(t("report.nobody.heading"))</h2>\n<p>\(t("report.nobody.text"))</p>\n"
    }
    let heading: HTML = "<h2>\(t("report.attention.heading"))</h2>\n"
    guard !attention.isEmpty else { return "\(heading)<p>\(t("report.attention.nothing"))</p>\n" }
    let numbers = Dictionary(
      report.students.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let items: [HTML] = attention.map {
      """
      <li><a href="#s\(numbers[$0.student.id] ?? 0)">\(name(of: $0.student))</a> \
      <span>\(t.listed($0.reasons, by: "report.next"))</span></li>

      """
    }
    return "\(heading)<ul class=\"attention card\">\n\(items)</ul>\n"
  }

  private var kinds: HTML {
    let all = report.students.flatMap(\.alerts)
    let rows: [HTML] = report.alerts.countsByKind.map { kind, count in
      let alerts = all.filter { $0.record.kind == kind }
      let students = Set(alerts.map(\.record.student)).count
      let severities = Set(alerts.map(\.record.severity)).sorted(by: >).map(t.severity)
      return """
        <tr><th scope="row">\(t.title(kind))</th><td class="extra">\(t.listed(severities, by: "list.next"))</td>\
        <td class="number">\(count)</td><td class="number">\(students)</td>\
        <td class="number">\(t.duration(alerts.reduce(0) { $0 + $1.span.seconds }))</td></tr>

        """
    }
    let heading: HTML = "<h2>\(t("report.kinds.heading"))</h2>\n"
    guard !rows.isEmpty else { return "\(heading)<p>\(t("report.kinds.none"))</p>\n" }
    return """
      \(heading)<table class="summary"><thead><tr><th scope="col">\(t("report.kinds.kind"))</th>\
      <th scope="col" class="extra">\(t("report.kinds.severity"))</th>\
      <th scope="col" class="number">\(t("report.kinds.alerts"))</th>\
      <th scope="col" class="number">\(t("report.kinds.students"))</th>\
      <th scope="col" class="number">\(t("report.kinds.time"))</th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  /// What teachers said of the alerts; nothing for an exam without any.
  private var verdicts: HTML {
    let all = report.verdicts
    guard !all.isEmpty else { return "" }
    let heading: HTML = "<h2>\(t("report.verdicts.heading"))</h2>\n"
    guard all.contains(where: { $0.judged > 0 }) else {
      return "\(heading)<p>\(t("report.verdicts.none"))</p>\n"
    }
    let rows: [HTML] = all.map { one in
      let share = one.share.map { share in
        t(
          "report.verdicts.interval",
          ["share": t.percent(share.right), "low": t.percent(share.low), "high": t.percent(share.high)])
      }
      return """
        <tr><th scope="row">\(t.title(one.kind))</th><td class="number extra">\(one.alerts)</td>\
        <td class="number">\(one.right)</td><td class="number">\(one.wrong)</td>\
        <td class="number">\(one.notJudged)</td><td>\(share ?? t("report.verdicts.tooFew"))</td></tr>

        """
    }
    return """
      \(heading)<table class="summary verdicts"><thead><tr><th scope="col">\(t("report.kinds.kind"))</th>\
      <th scope="col" class="number extra">\(t("report.kinds.alerts"))</th>\
      <th scope="col" class="number">\(t("report.verdicts.right"))</th>\
      <th scope="col" class="number">\(t("report.verdicts.wrong"))</th>\
      <th scope="col" class="number">\(t("report.verdicts.notJudged"))</th>\
      <th scope="col">\(t("report.verdicts.share"))</th></tr></thead><tbody>
      \(rows)</tbody></table>
      <p class="reading">\(t("report.verdicts.reading", ["fewest": "\(ReportVerdicts.fewest)"]))</p>

      """
  }

  private var summary: HTML {
    guard !report.students.isEmpty else { return "" }
    let flagged = Set(attention.map(\.student.id))
    let rows: [HTML] = report.students.enumerated().map { index, student in
      let kinds = student.alertCounts.map {
        t("report.students.kind", ["kind": t.short($0.kind), "number": "\($0.count)"])
      }
      let flag: HTML =
        flagged.contains(student.id)
        ? """
        \u{A0}<svg class="flag" viewBox="0 0 10 10" role="img" aria-label="\(t("report.attention.mark"))"><path d="M5 .5 10 9.5H0Z"/></svg>
        """ : ""
      return """
        <tr><th scope="row"><a href="#s\(index)">\(name(of: student))</a>\(flag)</th>\
        <td class="number">\(student.alerts.count)</td>\
        <td>\(kinds.isEmpty ? "–" : t.listed(kinds, by: "list.next"))</td>\
        <td class="number">\(brief(student.presentSeconds))</td>\
        <td class="number extra">\(brief(student.blindSeconds))</td></tr>

        """
    }
    return """
      <h2>\(t("report.students.heading"))</h2>
      <table class="summary"><thead><tr><th scope="col">\(t("report.students.name"))</th>\
      <th scope="col" class="number">\(t("report.students.alerts"))</th>\
      <th scope="col">\(t("report.students.kinds"))</th>\
      <th scope="col" class="number">\(t("report.students.present"))</th>\
      <th scope="col" class="number extra">\(t("report.students.blind"))</th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  private func brief(_ seconds: Double) -> String { seconds == 0 ? "–" : t.duration(seconds) }

  private func name(of student: ReportStudent) -> HTML { ReportStudentSection.name(of: student, clock) }

  private var legend: HTML {
    let styles = ["presence", "high", "medium", "low", "blind", "pause", "presence open"]
    let items: [HTML] = styles.map { style in
      """
      <li><svg aria-hidden="true" focusable="false"><rect class="\(style)" width="26" height="12"/></svg>\
      \(t("report.legend.\(style.split(separator: " ").last!)"))</li>
      """
    }
    return "<ul class=\"legend\">\(items)</ul>\n"
  }
}
