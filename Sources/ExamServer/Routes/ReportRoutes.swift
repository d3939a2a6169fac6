import ExamModel
import WebGateway

/// The report of a session, for its teachers, during the exam and for as long as it is kept.
@GatewayActor
struct ReportRoutes {
  let archive: any Archive
  let admission: Admission
  let answers: LongAnswers
  let look: ReportLook
  /// Called for each picture that should be there and is not, with a line.
  let note: @Sendable (String) -> Void

  func register(on server: WebServer) {
    server.route(.get, "/api/sessions/:code/report", refusing: report)
  }

  private func report(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request, role: .teacher)
    let code = reader.code
    let name = request.query["format"] ?? "html"
    guard let format = ReportFormat(rawValue: name) else {
      throw .badRequest("Unknown format", "format is html, csv, json or verdicts, not \(name.prefix(40)).")
    }
    let zoneName = request.query["time_zone"] ?? "UTC"
    guard let zone = ReportClock.zone(named: zoneName) else {
      throw .badRequest("Unknown time zone", "time_zone: \(ReportClock.advice(insteadOf: zoneName)).")
    }
    let place = format == .html ? "inline" : "attachment"
    var headers = [
      ("Content-Type", format.contentType),
      ("Content-Disposition", "\(place); filename=\"\(format.fileName(code))\""),
    ]
    if format == .html { headers.append(("Content-Security-Policy", look.style.contentSecurityPolicy)) }
    return try await answers.answer(
      reader, ReportDocument(of: code, as: format, zone: zone, look: look, note: note), from: archive,
      headers: headers)
  }
}
