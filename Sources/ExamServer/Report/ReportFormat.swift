import ExamModel
import Foundation

/// What a report is written as.
public enum ReportFormat: String, Sendable, CaseIterable {
  case html, csv, json
  /// The judged alerts alone, without anything about persons.
  case verdicts

  var contentType: String {
    switch self {
    case .html: "text/html; charset=utf-8"
    case .csv: "text/csv; charset=utf-8"
    case .json: "application/json"
    case .verdicts: "application/jsonl"
    }
  }

  /// The name of the file to save, which for verdicts does not say of which exam they are.
  func fileName(_ session: SessionCode) -> String {
    self == .verdicts ? "exam-verdicts.jsonl" : "exam-report-\(session).\(rawValue)"
  }

  /// The pictures that it would show and cannot: verdicts have none.
  func pictureProblems(of report: SessionReport) -> [SessionReport.PictureProblem] {
    self == .verdicts ? [] : report.pictureProblems
  }

  /// - Parameters:
  ///   - zone: for the times on a page and in CSV; JSON is for programs and uses UTC.
  ///   - picture: reads the picture of an alert; `nil` if the file is gone.
  func text(
    _ report: SessionReport, zone: TimeZone, look: ReportLook,
    picture: @escaping (AlertID) throws -> [UInt8]?
  ) -> String {
    var writer = ReportWriter(report, as: self, zone: zone, look: look)
    var document: [UInt8] = []
    while writer.write(to: &document, picture: picture) {}
    return String(decoding: document, as: UTF8.self)
  }
}
