import ExamModel
import WebGateway

/// The report of a session, for its teachers, during the exam and for as long as it is kept.
@GatewayActor
final class ReportRoutes {
  private let archive: any Archive
  private let admission: Admission
  private let answers: LongAnswers
  private let look: ReportLook
  private let note: @Sendable (String) -> Void

  /// - Parameter note: called for each picture that should be there and is not, with a line.
  init(
    archive: any Archive, admission: Admission, answers: LongAnswers, look: ReportLook,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.archive = archive
    self.answers = answers
    self.look = look
    self.admission = admission
    self.note = note
  }

  func register(on server: WebServer) {
    server.route(.get, "/api/sessions/:code/report") { [self] request in
      await .answering { () async throws(Refusal) in try await report(request) }
    }
  }

  private func report(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request, role: .teacher)
    let code = reader.code
    let name = request.query["format"] ?? "html"
    guard let format = ReportFormat(rawValue: name) else {
      throw badRequest("Unknown format", "format is html, csv or json, not \(name.prefix(40)).")
    }
    let zoneName = request.query["time_zone"] ?? "UTC"
    guard let zone = ReportClock.zone(named: zoneName) else {
      throw badRequest("Unknown time zone", "time_zone: \(ReportClock.advice(insteadOf: zoneName)).")
    }
    let answer = try await LongAnswer(
      of: code, in: answers.enter(reader), from: archive,
      beginning: ReportDocument(of: code, as: format, zone: zone, look: look, note: note)
    ) { archive, document, piece in try document.write(to: &piece, from: archive) }
    var response = HTTPResponse(
      status: 200, headers: [("Content-Type", format.contentType)], body: answer.body)
    let file = "filename=\"exam-report-\(code).\(format.rawValue)\""
    if format == .html {
      response.headers.append(("Content-Security-Policy", look.style.contentSecurityPolicy))
      response.headers.append(("Content-Disposition", "inline; \(file)"))
    } else {
      response.headers.append(("Content-Disposition", "attachment; \(file)"))
    }
    return response
  }

  private func badRequest(_ title: String, _ detail: String) -> Refusal {
    Refusal(status: 400, title: title, detail: detail, code: "bad_request")
  }
}
