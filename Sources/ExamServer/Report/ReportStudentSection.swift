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

  private var t: TextCatalogue { clock.words }

  /// Students of the same name are distinguished by when they joined.
  static func name(of student: ReportStudent, _ clock: ReportClock) -> HTML {
    guard let joined = student.joinedAt, student.isNameShared else {
      return .typed(clock.words.name(student))
    }
    return clock.words.html(
      "report.student.joinedAt", ["name": .typed(student.name), "time": "\(clock.time(joined))"])
  }

  /// Everything up to the first alert.
  var heading: HTML {
    let timeline = ReportTimeline(of: student, bounds: shown, clock: clock)
    var sums = [
      student.presence.isEmpty
        ? t("report.student.never")
        : t("report.student.present", ["long": t.duration(student.presentSeconds)]),
      student.alerts.isEmpty
        ? t("report.student.noAlerts") : t("report.student.alerts", count: student.alerts.count),
    ]
    if student.openAlerts > 0 {
      sums.append(
        t(isFinished ? "report.student.notOver" : "report.student.open", ["number": "\(student.openAlerts)"]))
    }
    if student.dismissal != nil { sums.append(t("report.student.removed")) }
    if student.blindSeconds > 0 {
      sums.append(t("report.student.blind", ["long": t.duration(student.blindSeconds)]))
    }
    return """
      <section class="student card" id="s\(number)" aria-labelledby="h\(number)">
      <h3 id="h\(number)">\(Self.name(of: student, clock))</h3>
      <p>\(t.listed(sums, by: "report.part"))</p>
      \(timeline.drawing(title: t("report.student.timeline", ["name": t.name(student)]), id: number))\(facts)\(tableOpening)
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
    if let joined = student.joinedAt { add(t("report.facts.joined"), ["\(clock.time(joined))"]) }
    if !student.presence.isEmpty {
      let spans = t.listed(student.presence.map(span), by: "list.next")
      add(
        t("report.facts.connected"),
        ["\(student.hasStreamed ? spans : t("report.facts.noPicture", ["when": spans]))"])
    }
    if let dismissal = student.dismissal {
      let (time, reason): (HTML, HTML) = (
        "\(clock.time(dismissal.at))", .typed(dismissal.cause.map(t.removal) ?? dismissal.reason)
      )
      add(
        t("report.facts.removed"),
        [
          dismissal.by.map {
            t.html("report.facts.removedBy", ["time": time, "name": .typed($0), "reason": reason])
          } ?? t.html("report.facts.removedByServer", ["time": time, "reason": reason])
        ])
    }
    add(t("report.facts.blind"), student.blindSecondsByCause.map { blindSpots($0.cause, $0.seconds) })
    add(
      t("report.facts.paused"),
      student.pauses.map {
        because(
          $0.pause.reason,
          t.html(
            "report.facts.pause",
            [
              "when": "\(span($0.span))", "long": "\(t.duration($0.span.seconds))",
              "name": .typed($0.pause.by),
            ]))
      })
    add(t("report.facts.allowed"), student.accommodations.map { accommodation($0) })
    if let baseline = student.baseline { add(t("report.facts.usual"), ["\(t.baseline(baseline))"]) }
    if student.chatWritten + student.chatReceived > 0 {
      let lines = t(
        "report.facts.lines", count: student.chatWritten, ["received": "\(student.chatReceived)"])
      add(t("report.facts.chat"), ["\(lines)"])
    }
    html += "</dl>\n"
    return html
  }

  private func because(_ reason: String, _ fact: HTML) -> HTML {
    reason.isEmpty ? fact : t.html("report.facts.why", ["fact": fact, "reason": .typed(reason)])
  }

  private func span(_ span: ReportSpan) -> String {
    let until = span.isOpen ? t("report.alert.open") : clock.time(span.until)
    return t("report.session.span", ["from": clock.time(span.from), "until": until])
  }

  private func blindSpots(_ cause: BlindSpot.Cause, _ seconds: Double) -> HTML {
    let spots = student.blindSpots.filter { $0.cause == cause }
    // The timeline shows them all, and the CSV has their times.
    let times =
      spots.count > 6
      ? t("report.facts.times", ["number": "\(spots.count)"])
      : t.listed(spots.map { span($0.span) }, by: "list.next")
    let words = ["long": t.duration(seconds), "cause": t.cause(cause), "when": times]
    return "\(t("report.facts.blindSpots", words))"
  }

  private func accommodation(_ item: Accommodation) -> HTML {
    let from = clock.time(item.at)
    let until = item.effect == .none ? nil : item.until.map(clock.time)
    let when = until.map { t("report.facts.until", ["from": from, "until": $0]) } ?? from
    return because(
      item.reason,
      t.html(
        "report.facts.from", ["effect": "\(t.effect(item))", "when": "\(when)", "name": .typed(item.by)]))
  }

  // MARK: Alerts

  private var tableOpening: HTML {
    guard !student.alerts.isEmpty else { return "" }
    return """
      <table class="alerts"><thead><tr><th scope="col">\(t("report.alert.picture"))</th><th scope="col">\
      \(t.html("report.alert.of", ["name": Self.name(of: student, clock)]))</th></tr></thead><tbody>

      """
  }

  /// What is reported about one of the student's alerts.
  func row(_ index: Int) -> HTML {
    let alert = student.alerts[index]
    let record = alert.record
    let until = record.isOpen ? standing : clock.time(alert.span.until)
    var when = [
      t("report.session.span", ["from": clock.time(record.since), "until": until]),
      t.duration(alert.span.seconds), t("report.alert.agreed", ["share": t.percent(record.confidence)]),
    ]
    if record.repeats > 0 { when.append(t("report.alert.again", count: record.repeats)) }
    let severity: HTML =
      "<span class=\"tag \(record.severity.rawValue)\">\(t.severity(record.severity))</span>"
    return """
      <tr><td class="picture">\(figure(alert))</td><td>
      <p class="what"><strong>\(t.title(record.kind))</strong> \(severity) \(state(alert))</p>
      <p>\(t.listed(when, by: "report.part"))</p>
      <p>\(t.seen(record))</p>
      <p class="fine">\(t.thresholds(record.thresholds, of: record.kind))</p>
      \(note("report.alert.note", record.note))\(note("report.alert.studentNote", record.studentNote))</td></tr>

      """
  }

  private var standing: String { t(isFinished ? "report.alert.notOver" : "report.alert.open") }

  private func state(_ alert: ReportStudent.Alert) -> HTML {
    let open: HTML = alert.record.isOpen ? "<span class=\"tag standing\">\(standing)</span> " : ""
    let seen =
      alert.record.acknowledgedBy.map { t.html("report.alert.acknowledged", ["name": .typed($0)]) }
      ?? "\(t("report.alert.notAcknowledged"))"
    let judged: HTML =
      alert.judgement.map {
        let words = t.html("report.alert.judged.\($0.verdict.rawValue)", ["name": .typed($0.by)])
        return " <span class=\"fine\">\(words)</span>"
      } ?? ""
    return "\(open)<span class=\"fine\">\(seen)</span>\(judged)"
  }

  private func note(_ title: String, _ text: String?) -> HTML {
    guard let text, !text.isEmpty else { return "" }
    return "<p class=\"note\"><b>\(t(title))</b> <span class=\"typed\">\(.typed(text))</span></p>\n"
  }

  private func figure(_ alert: ReportStudent.Alert) -> HTML {
    // The picture may not have been checked before, and files can disappear in between.
    let bytes = alert.picture == .kept ? try? picture(alert.id) : nil
    guard let bytes, KeptPicture(bytes).isJPEG else {
      let state = alert.picture != .kept ? alert.picture : bytes == nil ? .missing : .unreadable
      let isGone = [.missing, .unreadable].contains(state)
      return
        "<div class=\"no-picture\(isGone ? " gone" : "")\">\(t("report.picture.\(state.rawValue)"))</div>"
    }
    let words = ["name": t.name(student), "time": clock.time(alert.record.since)]
    return """
      <img alt="\(t("report.alert.pictureAt", words))" \
      src="data:image/jpeg;base64,\(verbatim: Data(bytes).base64EncodedString())">
      """
  }
}
