import ExamModel
import Foundation
import WebGateway

/// What is kept of a session: the journal, the report, one student's part, pictures of alerts, and its erasure.
@GatewayActor
final class DataRoutes {
  private let services: ExamServices
  private let directory: any SessionDirectory
  private let access: Access

  init(services: ExamServices, directory: any SessionDirectory, access: Access) {
    self.services = services
    self.directory = directory
    self.access = access
  }

  private var store: any SessionStore { services.store }

  func register(on server: WebServer) {
    let session = "/api/sessions/:code"
    server.route(.get, session + "/events") { [self] request in
      await .answering { () throws(Access.Refusal) in try events(request) }
    }
    server.route(.get, session + "/alerts/:picture") { [self] request in
      await .answering { () throws(Access.Refusal) in try alertPicture(request) }
    }
    server.route(.get, session + "/students/:student/data") { [self] request in
      await .answering { () throws(Access.Refusal) in try studentData(request) }
    }
    server.route(.delete, session + "/data") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await erase(request) }
    }
  }

  private func reading<Value>(_ body: () throws -> Value) throws(Access.Refusal) -> Value {
    do {
      return try body()
    } catch {
      throw .unreadable(error)
    }
  }

  private func events(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    let code = try access.reader(request, role: .teacher).code
    let events = try reading { try store.events(of: code) }
    switch request.query["format"] ?? "json" {
    case "json": return .json(WireJSON.encode(events))
    case "csv": return .text(JournalCSV.text(events), contentType: "text/csv; charset=utf-8")
    case let format:
      throw Access.Refusal(
        response: .problem(
          status: 400, title: "Unknown format", detail: "format is json or csv, not \(format.prefix(40)).",
          code: "bad_request"))
    }
  }

  /// The picture of an alert's onset, for teachers and for the student whom it shows.
  private func alertPicture(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    func missing(_ detail: String) -> Access.Refusal {
      Access.Refusal(
        response: .problem(status: 404, title: "No such picture", detail: detail, code: "no_picture"))
    }
    let reader = try access.reader(request)
    let name = request.parameters["picture"] ?? ""
    let id = AlertID(rawValue: String(name.dropLast(name.hasSuffix(".jpg") ? 4 : 0)))
    // An identifier is no path: only a picture of an alert that is known is looked for.
    let alert = try reading {
      try reader.live?.alerts.records[id]
        ?? SessionHistory(store.events(of: reader.code)).alerts.first { $0.id == id }
    }
    guard let alert, reader.role == .teacher || alert.student == reader.id, alert.picture != nil else {
      throw missing("There is no picture of this alert.")
    }
    guard let jpeg = try reading({ try store.picture(of: id, in: reader.code) }) else {
      throw missing("A picture of this alert was kept, but its file is gone from the server's data folder.")
    }
    return HTTPResponse(status: 200, headers: [("Content-Type", "image/jpeg")], body: .bytes(jpeg))
  }

  private func studentData(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    let reader = try access.reader(request)
    let student = ParticipantID(rawValue: request.parameters["student"] ?? "")
    guard reader.role == .teacher || reader.id == student else { throw .notForStudents }
    let events = try reading { try store.events(of: reader.code) }
    let history = SessionHistory(events)
    guard let person = history.person(student), person.role == .student else {
      throw Access.Refusal(
        response: .problem(
          status: 404, title: "No such student", detail: "There is no student \(student) in this session.",
          code: "unknown_student"))
    }
    let data = try reading {
      try StudentData(person, session: reader.record, history: history, events: events) {
        try store.picture(of: $0, in: reader.code)
      }
    }
    return HTTPResponse(
      status: 200,
      headers: [
        ("Content-Type", "application/json"),
        ("Content-Disposition", "attachment; filename=\"exam-\(reader.code)-my-data.json\""),
      ], body: .bytes(WireJSON.encode(data)))
  }

  private func erase(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    let reader = try access.reader(request, role: .teacher)
    if let session = reader.live {
      directory.remove(session.code)
      await session.end(by: reader.name)
    }
    let receipt: ErasureReceipt?
    do {
      receipt = try store.erase(reader.code, reason: .request)
    } catch {
      throw .unreadable(error)
    }
    guard let receipt else { throw Access.Refusal.unreadable(StoreGone()) }
    services.recorder.noteErasure(receipt, by: reader.name)
    return .json(WireJSON.encode(receipt))
  }

  private struct StoreGone: Error, CustomStringConvertible {
    let description = "somebody else has erased it just now"
  }
}
