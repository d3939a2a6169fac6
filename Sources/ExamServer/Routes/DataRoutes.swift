import ExamModel
import Foundation
import WebGateway

/// The stored data of a session: the journal, the report, one student's part, pictures of alerts, and its erasure.
@GatewayActor
struct DataRoutes {
  let services: ExamServices
  let archive: any Archive
  let directory: SessionDirectory
  let admission: Admission
  let answers: LongAnswers

  func register(on server: WebServer) {
    let session = "/api/sessions/:code"
    server.route(.get, session + "/events", refusing: events)
    server.route(.get, session + "/alerts/:picture", refusing: alertPicture)
    server.route(.get, session + "/students/:student/data", refusing: studentData)
    server.route(.delete, session + "/data", refusing: erase)
  }

  private func events(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request, role: .teacher)
    let code = reader.code
    let name = request.query["format"] ?? "json"
    guard let format = JournalDocument.Format(rawValue: name) else {
      throw .badRequest("Unknown format", "format is json or csv, not \(name.prefix(40)).")
    }
    let type = format == .json ? "application/json" : "text/csv; charset=utf-8"
    return try await answers.answer(
      reader, JournalDocument(of: code, as: format), from: archive, headers: [("Content-Type", type)])
  }

  /// The picture of an alert's onset, for teachers and for the student it shows.
  private func alertPicture(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request)
    let code = reader.code
    let name = request.parameters["picture"] ?? ""
    let id = AlertID(rawValue: String(name.dropLast(name.hasSuffix(".jpg") ? 4 : 0)))
    // An identifier is not a path: only the picture of a known alert is looked for.
    let known = reader.live?.state.alerts[id]
    let isLive = reader.live != nil
    let (alert, jpeg) = try await archive.reading(.lookUp) { archive -> (AlertRecord?, [UInt8]?) in
      guard let alert = try isLive ? known : archive.alert(id, in: code) else { return (nil, nil) }
      return (alert, try archive.picture(of: id, in: code))
    }
    guard let alert, reader.role == .teacher || alert.student == reader.id, alert.picture != nil else {
      throw Refusal(
        status: 404, title: "No such picture", detail: "There is no picture of this alert.",
        code: "no_picture")
    }
    guard let jpeg else {
      throw Refusal(
        status: 404, title: "Picture missing",
        detail: "A picture of this alert was kept, but its file is gone from the server's data folder.",
        code: "picture_missing")
    }
    return HTTPResponse(status: 200, headers: [("Content-Type", "image/jpeg")], body: .bytes(jpeg))
  }

  private func studentData(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request)
    let record = reader.record
    let student = ParticipantID(rawValue: request.parameters["student"] ?? "")
    guard reader.role == .teacher || reader.id == student else { throw .notForStudents }
    return try await answers.answer(
      reader, StudentData(of: student, in: record), from: archive,
      headers: [
        ("Content-Type", "application/json"),
        ("Content-Disposition", "attachment; filename=\"exam-\(record.code)-my-data.json\""),
      ])
  }

  private func erase(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let reader = try await admission.reader(request, role: .teacher)
    if let session = reader.live { await directory.end(session, .teacher, by: reader.name) }
    let receipt: ErasureReceipt?
    do {
      receipt = try await archive.erase(reader.code, reason: .request)
    } catch {
      throw .unreadable(error)
    }
    guard let receipt else { throw Refusal.unreadable(SessionGone()) }
    directory.forget(reader.code)
    services.recorder.noteErasure(receipt, by: reader.name)
    return .json(WireJSON.encode(receipt))
  }
}
