import ExamModel
import WebGateway

/// Finds the session a request is about and the participant who sent it, or the answer that says why not.
@GatewayActor
final class Access {
  /// When a token that is not known is answered at the earliest, whatever had to be looked up.
  private static let refusalTime = Duration.milliseconds(100)

  private let directory: any SessionDirectory
  private let archive: any Archive
  private let admission: Admission
  private let lookUps = TokenLookUps()

  init(directory: any SessionDirectory, archive: any Archive, admission: Admission) {
    self.directory = directory
    self.archive = archive
    self.admission = admission
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

  /// The session somebody wants to come into, without a token.
  ///
  /// - Parameter invite: the secret of the invite link, for those who came by it; they never wait.
  func entry(_ request: HTTPRequest, invite: String?) async throws(Refusal) -> ExamSession {
    let code = try code(request)
    // Hashed whether there is such a session or not: what takes longer for one code than for another tells it.
    let hash = invite.map { SecretHash(Secret(text: $0)) }
    if let hash, case .live(let session) = directory.find(code), session.isInvite(hash) { return session }
    let turn = try await admission.turn(forCode: code, request)
    do {
      let session = try session(code)
      turn.settle(isRight: true)
      return session
    } catch {
      turn.settle(isRight: false)
      throw error
    }
  }

  /// The session to which a further teacher has the key; a wrong code and a wrong key are answered alike.
  func entry(_ request: HTTPRequest, teacherKey: String) async throws(Refusal) -> ExamSession {
    let code = try code(request)
    let beginning = ContinuousClock.now
    if case .live(let session) = directory.find(code), session.isTeacherKey(teacherKey) { return session }
    try? await Task.sleep(until: beginning + Self.refusalTime)
    throw Refusal(
      response: .problem(
        status: 403, title: "Teacher key wrong",
        detail:
          "To join as a teacher, use the link for co-teachers that the session's teacher has. It is good for as long as the session is on.",
        code: "wrong_key"))
  }

  private func session(_ code: SessionCode) throws(Refusal) -> ExamSession {
    switch directory.find(code) {
    case .live(let session): return session
    case .ended(let reason): throw ended(code, reason)
    case .unknown:
      throw Refusal(
        response: .problem(
          status: 404, title: "No such session",
          detail: "There is no session \(code). Please check the code.",
          code: "unknown_session"))
    }
  }

  /// The session has closed while somebody was about to come in.
  func closed(_ code: SessionCode) -> Refusal {
    if case .ended(let reason) = directory.find(code) { return ended(code, reason) }
    return .stopping
  }

  private func ended(_ code: SessionCode, _ reason: EndReason?) -> Refusal {
    let why =
      switch reason {
      case .teacher: "A teacher has ended the exam \(code)."
      case .idle: "The exam \(code) ended by itself, since nobody was connected to it for long."
      case nil: "The exam \(code) is over."
      }
    return Refusal(
      response: .problem(
        status: 410, title: "The session has ended", detail: "\(why) Nobody can join it any more.",
        code: reason.map { "ended_\($0.rawValue)" } ?? "ended"))
  }

  /// The session and the participant whose token the request carries, unless it is refused.
  ///
  /// - Parameter role: whom this is for; `nil` for everybody in the session.
  func participant(
    _ request: HTTPRequest, role: Role?
  ) async throws(Refusal) -> (session: ExamSession, participant: Participant) {
    if let found = try present(request, role: role) { return found }
    let reader = try await formerParticipant(request)
    try check(reader.role, role)
    throw ended(reader.code, reader.record.endReason)
  }

  /// The same for those who are in a session that is on; `nil` for everybody else.
  func present(
    _ request: HTTPRequest, role: Role?
  ) throws(Refusal) -> (session: ExamSession, participant: Participant)? {
    let code = try code(request)
    guard let hash = tokenHash(request), case .live(let session) = directory.find(code) else { return nil }
    if let dismissal = session.dismissed(hash)?.dismissed { throw .dismissed(dismissal) }
    guard let participant = session.participant(hash) else { return nil }
    try check(participant.role, role)
    return (session, participant)
  }

  /// Whoever was removed from a session that is on and shows the token from before.
  private func dismissed(
    _ request: HTTPRequest
  ) throws(Refusal) -> (session: ExamSession, gone: Participant)? {
    let code = try code(request)
    guard let hash = tokenHash(request), case .live(let session) = directory.find(code),
      let gone = session.dismissed(hash)
    else { return nil }
    return (session, gone)
  }

  /// The participant who asks for what is kept: tokens are good for that as long as the data are.
  ///
  /// - Parameter role: whom this is for; `nil` for everybody who was in the session.
  func reader(_ request: HTTPRequest, role: Role? = nil) async throws(Refusal) -> Reader {
    if role == nil, let (session, gone) = try dismissed(request) {
      // What is kept about oneself can be read by whoever was removed, too.
      return Reader(record: session.record, live: session, id: gone.id, role: gone.role, name: gone.name)
    }
    if let (session, participant) = try present(request, role: role) {
      return Reader(
        record: session.record, live: session, id: participant.id, role: participant.role,
        name: participant.name)
    }
    let reader = try await formerParticipant(request)
    try check(reader.role, role)
    return reader
  }

  /// Somebody who was in a session that has ended. All others are answered alike and after the same time, whether there
  /// is, was or never was such a session: a token cannot be guessed, and a code is not to be guessed here.
  private func formerParticipant(_ request: HTTPRequest) async throws(Refusal) -> Reader {
    let code = try code(request)
    let beginning = ContinuousClock.now
    guard let hash = tokenHash(request) else { throw tokenRefusal(request) }
    let network = GuesserAddress(request.remoteAddress)
    guard lookUps.enter(network) else { throw Self.manyTokens }
    defer { lookUps.leave(network) }
    if case .ended = directory.find(code) {
      let found = try await lookUps.inTurn(network) { () async throws(Refusal) in
        try await archive.reading(.lookUp) {
          (try $0.session(code), try $0.participant(of: code, tokenHash: hash.digest))
        }
      }
      if let record = found.0, let reader = found.1 {
        return Reader(record: record, live: nil, id: reader.id, role: reader.role, name: reader.name)
      }
    }
    try? await Task.sleep(until: beginning + Self.refusalTime)
    throw tokenRefusal(request)
  }

  /// What stands for the participant: the hash of the token, or what the ticket in the address stood for.
  func tokenHash(_ request: HTTPRequest) -> SecretHash? {
    request.bearerToken.map { SecretHash(Secret(text: $0)) }
      ?? request.ticketHolder.map { SecretHash(digest: $0) }
  }

  /// Said before anything is looked at, so it is the same whatever the code.
  private static let manyTokens = Refusal(
    response: .problem(
      status: 429, title: "Busy",
      detail: "Many tokens from this network are being looked up. Please try again in a second.",
      code: "busy",
      retryAfter: 1))

  func tokenRefusal(_ request: HTTPRequest) -> Refusal {
    let isMissing = tokenHash(request) == nil
    return Refusal(
      response: .problem(
        status: 401, title: isMissing ? "Token missing" : "Token not valid",
        detail: isMissing
          ? "Send the token you got on joining as Authorization: Bearer, or ask for a ticket."
          : "This token gives no access to this session.",
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
    if let error = error as? ArchiveClosed {
      return Access.Refusal(
        response: .problem(
          status: 503, title: "Stopping",
          detail:
            "What is kept cannot be read or erased just now: \(error). Please try again when it is back, in about "
            + "\(error.retryAfter) s.",
          code: "stopping", retryAfter: error.retryAfter))
    }
    return Access.Refusal(
      response: .problem(
        status: 503, title: "Records not readable",
        detail: error is SessionGone
          ? "What is kept of this session cannot be read: \(error)."
          : "What is kept of this session cannot be read at the moment; the server's log says why.",
        code: "store"))
  }

  static func tooMany(_ wait: Duration) -> Access.Refusal {
    let seconds = wait.wholeSecondsToWait
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
