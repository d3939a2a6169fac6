import ExamModel
import WebGateway

/// Finds the session a request is about and the participant who sent it, or the answer that says why not.
@GatewayActor
final class Access {
  private let directory: any SessionDirectory
  /// Unknown codes of those who want to come in, by address. A class behind one address may mistype a few dozen; a
  /// million of them would take weeks.
  private var entryMisses = RateLimiter<String>(burst: 100, perSecond: 1)
  /// Unknown codes and tokens of those who think they are in, by address. After a restart of the server all pages of a
  /// class come back at once; that must keep nobody from joining anew. A token that is right always passes.
  private var lookUpMisses = RateLimiter<String>(burst: 600, perSecond: 5)

  init(directory: any SessionDirectory) { self.directory = directory }

  struct Refusal: Error {
    let response: HTTPResponse
  }

  private func code(_ request: HTTPRequest) throws(Refusal) -> SessionCode {
    guard let code = SessionCode(request.parameters["code"] ?? "") else {
      throw Refusal(
        response: .problem(
          status: 404, title: "No such session", detail: "A session code has six digits.",
          code: "unknown_session"))
    }
    return code
  }

  /// The session somebody wants to come into, without a token. Addresses with too many wrong codes have to wait.
  func entry(_ request: HTTPRequest) throws(Refusal) -> ExamSession {
    let code = try code(request)
    if let wait = entryMisses.waitingTime(request.remoteAddress, at: .now) { throw .tooMany(wait) }
    do {
      return try session(code)
    } catch {
      _ = entryMisses.take(request.remoteAddress, at: .now)
      throw error
    }
  }

  private func session(_ code: SessionCode) throws(Refusal) -> ExamSession {
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
    let code = try code(request)
    if case .live(let session) = directory.find(code), let token = request.bearerToken,
      let participant = session.participant(token: token)
    {
      try check(participant, role)
      return (session, participant)
    }
    try noteLookUpMiss(request)
    _ = try session(code)
    throw tokenRefusal(request, code)
  }

  /// The session whose journal a teacher of it asks for: one that is on, or one that ended a while ago.
  func journal(_ request: HTTPRequest) throws(Refusal) -> SessionCode {
    let code = try code(request)
    guard case .ended(let ended?) = directory.find(code) else {
      return try participant(request, role: .teacher).session.code
    }
    guard let token = request.bearerToken, ended.teacherTokens.contains(SecretHash(Secret(text: token)))
    else {
      try noteLookUpMiss(request)
      throw tokenRefusal(request, code)
    }
    return code
  }

  private func noteLookUpMiss(_ request: HTTPRequest) throws(Refusal) {
    if let wait = lookUpMisses.take(request.remoteAddress, at: .now) { throw .tooMany(wait) }
  }

  private func tokenRefusal(_ request: HTTPRequest, _ code: SessionCode) -> Refusal {
    let isMissing = request.bearerToken == nil
    return Refusal(
      response: .problem(
        status: 401, title: isMissing ? "Token missing" : "Token not valid",
        detail: isMissing
          ? "Send the token you got on joining as Authorization: Bearer, or as ?token=."
          : "This token gives no access to session \(code).",
        code: isMissing ? "no_token" : "bad_token"))
  }

  private func check(_ participant: Participant, _ role: Role?) throws(Refusal) {
    guard role == nil || participant.role == role else {
      throw Refusal(
        response: .problem(
          status: 403, title: "Not for students", detail: "Only teachers of this session may do this.",
          code: "wrong_role"))
    }
  }
}

extension Access.Refusal {
  static func tooMany(_ wait: Duration) -> Access.Refusal {
    let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
    return Access.Refusal(
      response: .problem(
        status: 429, title: "Too many tries", detail: "Please wait \(seconds) s and try again.",
        code: "too_many_tries",
        retryAfter: seconds))
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
