import ExamModel
import WebGateway

/// Authenticates and authorises requests; routes ask nothing else about that. People in an exam show a token, those who
/// want to come in use one of the ways in.
@GatewayActor
final class Admission {
  /// The earliest time to answer an unknown token, whatever had to be looked up.
  static let refusalTime = Duration.milliseconds(100)

  private let directory: SessionDirectory
  private let archive: any Archive
  private let guesses: GuessBudgets
  /// The first one for which the applicant shows something counts.
  private let ways: [any WayIn]
  private let settings: CurrentSettings
  private let lookUps = TokenLookUps()
  private var newcomers = Newcomers()

  init(
    directory: SessionDirectory, archive: any Archive, guesses: GuessBudgets,
    settings: CurrentSettings
  ) {
    self.directory = directory
    self.archive = archive
    self.guesses = guesses
    self.settings = settings
    ways = [TeacherKey(directory: directory), OpenCode(directory: directory, guesses: guesses)]
  }

  /// Somebody who reads what is kept of a session, running or ended.
  struct Reader {
    let record: SessionRecord
    /// `nil` once the session has ended.
    let live: ExamSession?
    let id: ParticipantID
    let role: Role
    let name: String

    var code: SessionCode { record.code }
  }

  private func code(_ request: HTTPRequest) throws(Refusal) -> SessionCode {
    guard let code = SessionCode(request.parameters["code"] ?? "") else {
      throw Refusal(
        status: 404, title: "No such session", detail: "A session code has six digits.",
        code: "unknown_session")
    }
    return code
  }

  // MARK: Coming in

  /// Lets in somebody who has no token yet.
  func admit(
    _ request: HTTPRequest, as role: Role, invite: String?, teacherKey: String? = nil
  ) async throws(Refusal) -> Admitted {
    let application = Application(
      request: request, code: try code(request), role: role, invite: invite, teacherKey: teacherKey)
    for way in ways {
      if let admitted = try await way.admit(application) { return admitted }
    }
    throw .notForStudents
  }

  /// Whether somebody may create an exam.
  ///
  /// - Returns: whether that took a password, which was then right.
  func mayCreate(_ request: HTTPRequest) async throws(Refusal) -> Bool {
    let password = settings.now.teacherPassword.map { SecretHash(Secret(text: $0)) }
    if let password {
      guard let given = request.bearerToken else { throw .password(isMissing: true) }
      // Hashing first, so that the comparison's time reveals nothing about the password.
      let hash = SecretHash(Secret(text: given))
      let turn = try await guesses.turn(forPassword: hash, request)
      turn.settle(isRight: hash == password)
      guard hash == password else { throw .password(isMissing: false) }
    }
    try count(.creating, request)
    return password != nil
  }

  /// A newcomer: refused if too many came from one address.
  func count(_ way: Newcomers.Way, _ request: HTTPRequest) throws(Refusal) {
    let wait = newcomers.take(
      way, address: GuesserAddress(request.remoteAddress),
      device: guesses.devices.device(of: request, right: .code), at: .now)
    if let wait { throw .tooMany(wait) }
  }

  /// The browser was right: it gets, or keeps, a budget of its own.
  func mark(_ response: inout HTTPResponse, of request: HTTPRequest, right proof: DeviceCookie.Proof) {
    guesses.devices.mark(&response, of: request, right: proof)
  }

  /// The session closed while somebody was about to come in.
  func closed(_ code: SessionCode) -> Refusal {
    if case .ended(let reason) = directory.find(code) { return .ended(code, reason) }
    return .stopping
  }

  // MARK: Being in

  /// The session and the participant whose token the request carries, unless it is refused.
  ///
  /// - Parameter role: the role required; `nil` for everybody in the session.
  func participant(
    _ request: HTTPRequest, role: Role?
  ) async throws(Refusal) -> (session: ExamSession, participant: Participant) {
    if let found = try present(request, role: role) { return found }
    let reader = try await formerParticipant(request, role: role)
    // While an exam ends, the journal does not have the reason yet.
    guard case .ended(let reason?) = directory.find(reader.code) else {
      throw .ended(reader.code, reader.record.endReason)
    }
    throw .ended(reader.code, reason)
  }

  /// The same for those in a running session; `nil` for everybody else.
  func present(
    _ request: HTTPRequest, role: Role?
  ) throws(Refusal) -> (session: ExamSession, participant: Participant)? {
    let code = try code(request)
    guard let hash = tokenHash(request), case .live(let session) = directory.find(code) else { return nil }
    if let dismissal = session.members.dismissed(token: hash)?.dismissed { throw .dismissed(dismissal) }
    guard let participant = session.members.participant(token: hash) else { return nil }
    try check(participant.role, role)
    return (session, participant)
  }

  /// The participant who asks for stored data: tokens are valid for that as long as the data exist.
  ///
  /// - Parameter role: the role required; `nil` for everybody who was in the session.
  func reader(_ request: HTTPRequest, role: Role? = nil) async throws(Refusal) -> Reader {
    // People who were removed can read what is kept about themselves, too.
    if role == nil, let hash = tokenHash(request),
      case .live(let session) = directory.find(try code(request)),
      let gone = session.members.dismissed(token: hash)
    {
      return Reader(record: session.record, live: session, id: gone.id, role: gone.role, name: gone.name)
    }
    if let (session, participant) = try present(request, role: role) {
      return Reader(
        record: session.record, live: session, id: participant.id, role: participant.role,
        name: participant.name)
    }
    return try await formerParticipant(request, role: role)
  }

  /// Somebody who was in a session that has ended. All others get the same answer after the same time, whether there
  /// is, was or never was such a session: neither tokens nor codes can be guessed here.
  private func formerParticipant(_ request: HTTPRequest, role: Role?) async throws(Refusal) -> Reader {
    let code = try code(request)
    let beginning = Instant.now
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
        try check(reader.role, role)
        return Reader(record: record, live: nil, id: reader.id, role: reader.role, name: reader.name)
      }
    }
    try? await Task.sleep(until: beginning + Self.refusalTime)
    throw tokenRefusal(request)
  }

  /// The participant's credential: the hash of the token, or what the ticket in the address was issued for.
  func tokenHash(_ request: HTTPRequest) -> SecretHash? {
    request.bearerToken.map { SecretHash(Secret(text: $0)) }
      ?? request.ticketHolder.map { SecretHash(digest: $0) }
  }

  /// Sent before anything is looked up, so it is the same whatever the code.
  private static let manyTokens = Refusal(
    status: 429, title: "Too Many Requests",
    detail: "Many tokens from this network are being looked up. Please try again in a second.",
    code: "too_many_requests",
    retryAfter: 1)

  func tokenRefusal(_ request: HTTPRequest) -> Refusal {
    let isMissing = tokenHash(request) == nil
    return Refusal(
      status: 401, title: isMissing ? "Token missing" : "Token not valid",
      detail: isMissing
        ? "Send the token you got on joining as Authorization: Bearer, or ask for a ticket."
        : "This token gives no access to this session.",
      code: isMissing ? "no_token" : "bad_token")
  }

  private func check(_ role: Role, _ wanted: Role?) throws(Refusal) {
    guard wanted == nil || role == wanted else { throw .notForStudents }
  }
}
