import ExamModel
import WebGateway

/// The report of a session, for its teachers, during the exam and for as long as it is kept.
@GatewayActor
final class ReportRoutes {
  /// Reports being made; they hold all their pictures in memory.
  private static let maximumAtOnce = 4

  private let store: any SessionStore
  private let access: Access
  private let note: @Sendable (String) -> Void
  private var atOnce = 0

  /// - Parameter note: told of pictures that should be there and are not, a line each.
  init(store: any SessionStore, access: Access, note: @escaping @Sendable (String) -> Void) {
    self.store = store
    self.access = access
    self.note = note
  }

  func register(on server: WebServer) {
    server.route(.get, "/api/sessions/:code/report") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await report(request) }
    }
  }

  private func report(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    let code = try access.reader(request, role: .teacher).code
    let name = request.query["format"] ?? "html"
    guard let format = ReportFormat(rawValue: name) else {
      throw badRequest("Unknown format", "format is html, csv or json, not \(name.prefix(40)).")
    }
    let zoneName = request.query["time_zone"] ?? "UTC"
    guard let zone = ReportClock.zone(named: zoneName) else {
      throw badRequest(
        "Unknown time zone",
        "time_zone is UTC or a name such as Europe/Berlin, not \(zoneName.prefix(40)).")
    }
    guard atOnce < Self.maximumAtOnce else {
      throw Access.Refusal(
        response: .problem(
          status: 429, title: "Busy", detail: "Many reports are being made. Please try again.", code: "busy",
          retryAfter: 2))
    }
    atOnce += 1
    defer { atOnce -= 1 }
    let made: (text: String, problems: [String])?
    do {
      made = try await Self.make(code, store: store, format: format, zone: zone)
    } catch {
      throw .unreadable(error)
    }
    guard let made else {
      throw Access.Refusal(
        response: .problem(
          status: 404, title: "No such session", detail: "Nothing is kept of session \(code).",
          code: "unknown_session"))
    }
    for problem in made.problems { note("report of session \(code): \(problem)") }
    var response = HTTPResponse.text(made.text, contentType: format.contentType)
    let file = "filename=\"exam-report-\(code).\(format.rawValue)\""
    if format == .html {
      response.headers.append(("Content-Security-Policy", ReportStyle.contentSecurityPolicy))
      response.headers.append(("Content-Disposition", "inline; \(file)"))
    } else {
      response.headers.append(("Content-Disposition", "attachment; \(file)"))
    }
    return response
  }

  /// Away from the gateway's thread, which serves everybody: the pictures are read from the disk.
  @concurrent nonisolated private static func make(
    _ code: SessionCode, store: any SessionStore, format: ReportFormat, zone: ReportClock.Zone
  ) async throws -> (text: String, problems: [String])? {
    guard let report = try SessionReport.read(code, from: store, at: .now) else { return nil }
    let text = format.text(report, zone: zone) { try store.picture(of: $0, in: code) }
    return (text, report.pictureProblems.map(\.description))
  }

  private func badRequest(_ title: String, _ detail: String) -> Access.Refusal {
    Access.Refusal(response: .problem(status: 400, title: title, detail: detail, code: "bad_request"))
  }
}
