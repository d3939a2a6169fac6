import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// What a report says about the verdicts of teachers, and their export.
@Suite struct ReportVerdictsTests {
  /// Fourteen of one kind, of which thirteen are judged, and two of another kind.
  private var exam: HandWrittenExam {
    var exam = HandWrittenExam()
    exam.student("p1", "Zoë")
    exam.student("p2", "Ada")
    for number in 0..<14 {
      let from = 10 + Double(number)
      exam.alert("a\(number)", of: number < 6 ? "p1" : "p2", .lookingAway, from: from, until: from + 0.5)
      if number < 13 { exam.judge("a\(number)", number < 9 ? .right : .wrong, at: 30) }
    }
    exam.alert("b0", of: "p1", .faceMissing, from: 25, until: nil)
    exam.alert("b1", of: "p1", .faceMissing, from: 26, until: 27)
    exam.judge("b0", .right, at: 28)
    exam.judge("b0", .wrong, by: "Emmy <Noether>", at: 29)
    exam.judge("b1", .right, at: 29)
    exam.judge("b1", nil, at: 30)
    exam.end(40)
    return exam
  }

  /// The values computed by hand from the formula.
  @Test(arguments: [(12, 0, 0.758, 1), (9, 4, 0.424, 0.873), (0, 12, 0, 0.242), (500, 500, 0.469, 0.531)])
  func aShareHasWilsonsInterval(right: Int, wrong: Int, low: Double, high: Double) throws {
    let verdicts = ReportVerdicts(kind: .faceMissing, alerts: right + wrong, right: right, wrong: wrong)
    let share = try #require(verdicts.share)
    #expect(share.right == Double(right) / Double(right + wrong))
    #expect(abs(share.low - low) < 0.001 && abs(share.high - high) < 0.001)
  }

  @Test func ofFewNothingIsConcluded() {
    #expect(ReportVerdicts(kind: .faceMissing, alerts: 99, right: 11, wrong: 0).share == nil)
  }

  @Test func eachFormatHasThem() throws {
    let report = exam.report()
    #expect(
      report.verdicts == [
        ReportVerdicts(kind: .faceMissing, alerts: 2, right: 0, wrong: 1),
        ReportVerdicts(kind: .lookingAway, alerts: 14, right: 9, wrong: 4),
      ])
    let page = exam.page().replacing("\u{A0}", with: " ")
    #expect(page.contains("judged wrong by <bdi>Emmy &lt;Noether&gt;</bdi>"))
    #expect(page.components(separatedBy: "judged right by").count == 10)
    #expect(page.contains("<td>69 % (42 % to 87 %)</td>"))
    #expect(page.contains("<td>too few</td>"))

    let totals = ReportJSON.Head(report).totals.by_kind
    #expect(totals.map(\.not_judged) == [1, 1] && totals.map(\.right_share) == [nil, 9.0 / 13])
    let alerts = report.students.flatMap { ReportJSON.Student($0).alerts }
    let text = WireJSON.text(try #require(alerts.first { $0.record.id.rawValue == "b0" }))
    #expect(
      text.contains(
        #""verdict":"wrong","verdict_at":"2025-11-24T08:29:00.000Z","verdict_by":"Emmy <Noether>""#))
    #expect(alerts.first { $0.record.id.rawValue == "b1" }?.judgement == nil)

    let csv = ReportFormat.csv.text(report, zone: ReportClock.utc) { _ in nil }.components(
      separatedBy: "\r\n")
    let total = try #require(csv.first { $0.contains(#""total","looking_away""#) })
    #expect(total.contains(#""14","9","4","1","0.692"#))
    #expect(
      csv.contains { $0.contains(#""total","face_missing""#) && $0.contains("1 judged, 12 needed") })
    #expect(
      csv.contains {
        $0.hasSuffix(#""wrong","Emmy <Noether>","2025-11-24T08:29:00.000Z","","","","","","","""#)
      })
  }

  @Test func withoutAVerdictThatIsSaid() {
    #expect(HandWrittenExam.rich.page().contains("No teacher has judged an alert."))
    #expect(!HandWrittenExam().page().contains("Verdicts of teachers"))
  }

  private struct Line: Decodable {
    let kind: AlertKind
    let verdict: AlertVerdict
    let since: Double
    let confirmed: Double
    let until: Double?
    let confidence: Double
    let thresholds: AlertThresholds
  }

  @Test func theExportTellsNoExactBaseline() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    for (id, baseline) in [("a0", -12.3437), ("a1", -0.25)] {
      exam.alert(id, of: "p1", .lookingAway, from: 10, until: 11) {
        ($0.thresholds.baseline, $0.thresholds.limit) = (baseline, 43.28125)
      }
      exam.judge(id, .right, at: 12)
    }
    let text = ReportFormat.verdicts.text(exam.report(), zone: ReportClock.utc) { _ in nil }
    let lines = try text.split(separator: "\n").map { try WireJSON.decode(Line.self, from: String($0)) }
    #expect(lines.map(\.thresholds.baseline) == [-12, 0])
    #expect(lines.map(\.thresholds.limit) == [43.3, 43.3])
    #expect(!text.contains("-0"))
  }

  @Test func theExportTellsNobodysName() throws {
    let text = ReportFormat.verdicts.text(exam.report(), zone: ReportClock.utc) { _ in [1] }
    let lines = try text.split(separator: "\n").map { try WireJSON.decode(Line.self, from: String($0)) }
    #expect(lines.count == 14)
    // In the order of time, not of students.
    #expect(lines.map(\.since) == Array(stride(from: 600.0, to: 1380, by: 60)) + [1500.0])
    #expect(lines.prefix(9).allSatisfy { $0.verdict == .right })
    #expect(lines.dropFirst(9).allSatisfy { $0.verdict == .wrong })
    #expect(lines[0].until == 630 && lines[0].confirmed == 600 && lines[0].confidence == 0.9)
    #expect(
      lines[0].thresholds == AlertThresholds(window: 5, share: 0.8, limit: 30, baseline: nil, cooldown: 30))
    let open = try #require(text.split(separator: "\n").last)
    #expect(
      open
        == #"{"confidence":0.9,"confirmed":1500,"kind":"face_missing","since":1500,"thresholds":{"cooldown":30,"share":0.8,"window":3},"until":null,"verdict":"wrong"}"#
    )
    for word in ["Ada", "Zo", "Noether", "Turing", "p1", "p2", "a0", "b0", "482913", "2025"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(!ReportFormat.verdicts.fileName(HandWrittenExam.code).contains("482913"))
    #expect(
      ReportFormat.verdicts.text(HandWrittenExam.rich.report(), zone: ReportClock.utc) { _ in nil } == "")
  }
}
