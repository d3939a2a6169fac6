import ExamModel
import WebGateway

/// Finds the session a request is about and the participant who sent it, or the answer that says why not. Wrong codes,
/// tokens, keys and passwords are counted by address, whichever request they came with: guessing them is no use.
@GatewayActor
final class Access {
  private let directory: any SessionDirectory
  /// Wrong codes, keys and passwords of those who want to come in. A class behind one address may mistype a few dozen.
  private var entryFailures = RateLimiter<String>(burst: 60, perSecond: 0.5)
  /// Wrong codes and tokens of those who think they are in. After a restart of the server all pages of a class come back
  /// at once with tokens that are gone; that must not keep anybody from joining anew.
  private var lookUpFailures = RateLimiter<String>(burst: 600, perSecond: 5)

  init(directory: any SessionDirectory) { self.directory = directory }

  struct Refusal: Error {
    let response: HTTPResponse
  }

  /// Counts one wrong secret of the request's address.
  func noteFailure(_ request: HTTPRequest) {
    if request.method == .post {
      _ = entryFailures.take(request.remoteAddress, at: .now)
    } else {
      _ = lookUpFailures.take(request.remoteAddress, at: .now)
    }
  }

  /// Refuses addresses with too many wrong secrets.
  func checkFailures(_ request: HTTPRequest) throws(Refusal) {
    let address = request.remoteAddress
    let wait =
      request.method == .post
      ? entryFailures.waitingTime(address, at: .now) : lookUpFailures.waitingTime(address, at: .now)
    if let wait { throw .tooMany(wait) }
  }

  func session(_ request: HTTPRequest) throws(Refusal) -> ExamSession {
    try checkFailures(request)
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
      noteFailure(request)
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
      noteFailure(request)
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
