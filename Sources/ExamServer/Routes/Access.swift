import ExamModel
import WebGateway

/// Finds the session a request is about and the participant who sent it, or the answer that says why not.
@GatewayActor
final class Access {
  private let directory: any SessionDirectory
  private let archive: any Archive
  /// Unknown codes of those who want to come in, by address. A class behind one address may mistype a few dozen; a
  /// million of them would take weeks.
  private var entryMisses = RateLimiter<String>(burst: 100, perSecond: 1)
  /// Unknown codes and tokens of those who think they are in, by address. After a restart of the server all pages of a
  /// class come back at once; that must keep nobody from joining anew. A token that is right always passes.
  private var lookUpMisses = RateLimiter<String>(burst: 600, perSecond: 5)

  init(directory: any SessionDirectory, archive: any Archive) {
    self.directory = directory
    self.archive = archive
  }

  struct Refusal: Error {
    let response: HTTPResponse
  }

  /// Somebody who reads what is kept of a session, whether it is on or over.
  struct Reader {
    let record: SessionRecord
    /// `nil` once the session is over.
    let live: ExamSession?
    let id: ParticipantID
    let role: Role
    let name: String

    var code: SessionCode { record.code }
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
    case .ended(let reason):
      let isIdle = reason == .idle
      throw Refusal(
        response: .problem(
          status: 410, title: "The session has ended",
          detail: isIdle
            ? "The exam \(code) ended by itself, since nobody was connected to it for long. Nobody can join it any more."
            : "The exam \(code) is over. Nobody can join it any more.",
          code: isIdle ? "ended_idle" : "ended"))
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
      try check(participant.role, role)
      return (session, participant)
    }
    if let dismissal = dismissed(request, code)?.dismissed { throw .dismissed(dismissal) }
    try noteLookUpMiss(request)
    _ = try session(code)
    throw tokenRefusal(request, code)
  }

  /// Whoever was removed from a session that is on and shows the token from before.
  private func dismissed(_ request: HTTPRequest, _ code: SessionCode) -> Participant? {
    guard case .live(let session) = directory.find(code), let token = request.bearerToken else { return nil }
    return session.dismissed(token: token)
  }

  /// The participant who asks for what is kept: tokens are good for that as long as the data are.
  ///
  /// - Parameter role: whom this is for; `nil` for everybody who was in the session.
  func reader(_ request: HTTPRequest, role: Role? = nil) async throws(Refusal) -> Reader {
    let code = try code(request)
    guard case .ended = directory.find(code) else {
      // What is kept about oneself can be read by whoever was removed, too.
      if role == nil, case .live(let session) = directory.find(code), let gone = dismissed(request, code) {
        return Reader(record: session.record, live: session, id: gone.id, role: gone.role, name: gone.name)
      }
      let (session, participant) = try participant(request, role: role)
      return Reader(
        record: session.record, live: session, id: participant.id, role: participant.role,
        name: participant.name)
    }
    guard let token = request.bearerToken else {
      try noteLookUpMiss(request)
      throw tokenRefusal(request, code)
    }
    let hash = SecretHash(Secret(text: token)).digest
    let found = try await archive.reading(.lookUp) {
      (try $0.session(code), try $0.participant(of: code, tokenHash: hash))
    }
    guard let record = found.0, let reader = found.1 else {
      try noteLookUpMiss(request)
      throw tokenRefusal(request, code)
    }
    try check(reader.role, role)
    return Reader(record: record, live: nil, id: reader.id, role: reader.role, name: reader.name)
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
          ? "Send the token you got on joining as Authorization: Bearer, or ask for a ticket."
          : "This token gives no access to session \(code).",
        code: isMissing ? "no_token" : "bad_token"))
  }

  private func check(_ role: Role, _ wanted: Role?) throws(Refusal) {
    guard wanted == nil || role == wanted else { throw .notForStudents }
  }
}

extension Access.Refusal {
  static var notForStudents: Access.Refusal {
    Access.Refusal(
      response: .problem(
        status: 403, title: "Not for students", detail: "Only teachers of this session may do this.",
        code: "wrong_role"))
  }

  static func dismissed(_ dismissal: Dismissal) -> Access.Refusal {
    Access.Refusal(
      response: .problem(
        status: 403, title: "Removed from the exam", detail: dismissal.reason, code: "dismissed"))
  }

  /// What is kept cannot be read, or not now.
  static func unreadable(_ error: any Error) -> Access.Refusal {
    if let refusal = error as? Access.Refusal { return refusal }
    if let error = error as? ArchiveBusy {
      return Access.Refusal(
        response: .problem(
          status: 429, title: "Busy",
          detail:
            "What is kept cannot be read just now: \(error). Please try again in \(error.retryAfter) s.",
          code: "busy", retryAfter: error.retryAfter))
    }
    return Access.Refusal(
      response: .problem(
        status: 503, title: "Records not readable",
        detail: "What is kept of this session cannot be read at the moment: \(error)", code: "store"))
  }

  static func tooMany(_ wait: Duration) -> Access.Refusal {
    let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
    return Access.Refusal(
      response: .problem(
        status: 429, title: "Too many tries", detail: "Please wait \(seconds) s and try again.",
        code: "too_many_tries",
        retryAfter: seconds))
  }
}

extension Archive {
  /// Reads for a request, which is refused where that fails.
  func reading<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws(Access.Refusal) -> Value {
    do {
      return try await read(extent, body)
    } catch {
      throw .unreadable(error)
    }
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
