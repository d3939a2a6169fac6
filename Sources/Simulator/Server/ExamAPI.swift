import Foundation
import GLibRuntime

/// What the rehearsal does over HTTP: creates the session, joins everybody, reads metrics, ends the session.
@SimulatorActor
final class ExamAPI {
  private struct Created: Decodable {
    let code: String
    let teacher_key: String
    let participant_id: String
    let token: String
  }

  struct Seat: Decodable, Sendable {
    let participant_id: String
    let token: String
  }

  /// A kind of alert that the server knows.
  struct AlertKind: Decodable, Sendable {
    let kind: String
    /// Seconds until it is confirmed.
    let window: Double
  }

  private struct AlertKinds: Decodable {
    let kinds: [AlertKind]
  }

  private struct Problem: Decodable {
    let title: String?
    let detail: String?
    let code: String?
  }

  private let client: HTTPClient
  private let password: String?
  private var session: Created?

  init(client: HTTPClient, password: String?) {
    self.client = client
    self.password = password
  }

  /// The kinds of alerts that the server knows, with the rules in force there.
  ///
  /// - Throws: `RehearsalError`.
  func alertKinds() async throws -> [AlertKind] {
    let answer = try await send("GET", "/api/alert-kinds")
    return try (decode(answer, status: 200, doing: "tell its kinds of alerts") as AlertKinds).kinds
  }

  /// Creates the session.
  ///
  /// - Returns: the seat of its teacher.
  /// - Throws: `RehearsalError`.
  func createSession() async throws -> Seat {
    let answer = try await send(
      "POST", "/api/sessions", json: #"{"name":"Rehearsal","title":"Load rehearsal"}"#, bearer: password)
    let created: Created = try decode(answer, doing: "create a session")
    session = created
    return Seat(participant_id: created.participant_id, token: created.token)
  }

  /// Joins one more student.
  ///
  /// - Parameter waiting: called with the number of seconds that the server asks to wait.
  /// - Returns: nil if the task was cancelled while the server let nobody in.
  func join(
    name: String, asTeacher: Bool, waiting: @SimulatorActor (Double) -> Void
  ) async throws -> Seat? {
    guard let session else { return nil }
    let body =
      asTeacher
      ? #"{"name":"\#(name)","role":"teacher","teacher_key":"\#(session.teacher_key)"}"#
      : #"{"name":"\#(name)","role":"student"}"#
    while !Task.isCancelled {
      let answer = try await send("POST", "/api/sessions/\(session.code)/participants", json: body)
      guard answer.status == 429 else { return try decode(answer, doing: "join \(name)") }
      let wait = answer.retryAfter ?? 1
      waiting(wait)
      try? await Task.sleep(for: .seconds(wait))
    }
    return nil
  }

  func socket(_ seat: Seat) -> HTTPClient.SocketAddress {
    .init(
      path: "/api/sessions/\(session?.code ?? "")/socket",
      subprotocols: ["exam-monitoring.v1", "token.\(seat.token)"])
  }

  /// The server's metrics; nil if it does not answer, as may happen under load.
  func metrics() async -> ScrapedMetrics? {
    guard let answer = try? await client.request("GET", "/metrics"), answer.status == 200 else { return nil }
    return ScrapedMetrics(parsing: String(decoding: answer.body, as: UTF8.self))
  }

  /// - Parameter seat: of the session's teacher.
  /// - Returns: what is wrong, if the session could not be ended.
  func endSession(_ seat: Seat) async -> String? {
    guard let session else { return nil }
    do {
      let answer = try await send("DELETE", "/api/sessions/\(session.code)", bearer: seat.token)
      return answer.status == 204 ? nil : explain(answer)
    } catch {
      return "\(error)"
    }
  }

  private func send(
    _ method: String, _ path: String, json: String? = nil, bearer: String? = nil
  ) async throws -> HTTPClient.Answer {
    do {
      return try await client.request(method, path, json: json, bearer: bearer)
    } catch let error as GLibError {
      let isCertificate = error.domain == "g-tls-error-quark"
      throw RehearsalError(
        "\(client.base.text) cannot be reached: \(error.message). "
          + (isCertificate
            ? "If the server made its certificate itself, add --insecure."
            : "Start the server (exam-monitoring serve) or give its address with --url."))
    }
  }

  private func decode<Value: Decodable>(
    _ answer: HTTPClient.Answer, status: Int = 201, doing what: String
  ) throws -> Value {
    guard answer.status == status, let value = try? JSONDecoder().decode(Value.self, from: Data(answer.body))
    else {
      throw RehearsalError("The server refused to \(what): \(explain(answer))")
    }
    return value
  }

  private func explain(_ answer: HTTPClient.Answer) -> String {
    let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
    let text = [problem?.title, problem?.detail].compactMap { $0 }.joined(separator: ". ")
    let advice =
      switch problem?.code {
      case "password_needed": " Give it in the environment as EXAM_MONITORING_TEACHER_PASSWORD."
      case "password_wrong": " It was taken from EXAM_MONITORING_TEACHER_PASSWORD or --teacher-password-file."
      case "full": " Raise maximum_participants on the server, or rehearse with fewer."
      case "too_many_tries": " This address has joined too often of late: wait and run it again."
      case nil: " Is it an ExamMonitoring server at all?"
      default: ""
      }
    return "status \(answer.status). \(text)\(advice)"
  }
}
