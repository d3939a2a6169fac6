import ExamModel
import WebGateway

/// Finds the session a request is about and the participant who sent it, or the answer that says why not.
@GatewayActor
struct Access {
  let directory: any SessionDirectory

  struct Refusal: Error {
    let response: HTTPResponse
  }

  func session(_ request: HTTPRequest) throws(Refusal) -> ExamSession {
    guard let code = SessionCode(request.parameters["code"] ?? "") else {
      throw Refusal(
        response: .problem(
          status: 404, title: "No such session", detail: "A session code has six digits.",
          code: "unknown_session"))
    }
    switch directory.find(code) {
    case .live(let session): return session
    case .ended:
      throw Refusal(
        response: .problem(
          status: 410, title: "The session has ended",
          detail: "The exam \(code) is over. Nobody can join it any more.",
          code: "ended"))
    case .unknown:
      throw Refusal(
        response: .problem(
          status: 404, title: "No such session",
          detail: "There is no session \(code). Please check the code.",
          code: "unknown_session"))
    }
  }

  /// The session and the participant whose token the request carries.
  ///
  /// - Parameter role: whom this is for; `nil` for everybody in the session.
  func participant(
    _ request: HTTPRequest, role: Role?
  ) throws(Refusal) -> (session: ExamSession, participant: Participant) {
    let session = try session(request)
    guard let token = request.bearerToken else {
      throw Refusal(
        response: .problem(
          status: 401, title: "Token missing",
          detail: "Send the token you got on joining as Authorization: Bearer, or as ?token=.",
          code: "no_token",
        ))
    }
    guard let participant = session.participant(token: token) else {
      throw Refusal(
        response: .problem(
          status: 401, title: "Token not valid",
          detail: "This token belongs to nobody in session \(session.code).",
          code: "bad_token"))
    }
    guard role == nil || participant.role == role else {
      throw Refusal(
        response: .problem(
          status: 403, title: "Not for students", detail: "Only teachers of this session may do this.",
          code: "wrong_role"))
    }
    return (session, participant)
  }
}

extension HTTPResponse {
  /// Runs a handler that may refuse.
  @GatewayActor
  static func answering(
    _ handler: @GatewayActor () async throws(Access.Refusal) -> HTTPResponse
  ) async -> HTTPResponse {
    do {
      return try await handler()
    } catch {
      return error.response
    }
  }
}
