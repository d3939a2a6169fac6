import ExamModel
import WebGateway

/// Creating, joining, reading and ending sessions.
@GatewayActor
final class SessionRoutes {
  private let services: ExamServices
  private let directory: any SessionDirectory
  private let access: Access
  private var newcomers = Newcomers()
  /// Descriptions of each session: one of 250 students takes several milliseconds of the gateway's thread.
  private var descriptions = PacedTurns<SessionCode>(burst: 10, perSecond: 20, patience: .seconds(2))

  init(services: ExamServices, directory: any SessionDirectory, access: Access) {
    self.services = services
    self.directory = directory
    self.access = access
  }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await create(request) }
    }
    server.route(.post, "/api/sessions/:code/participants") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await join(request) }
    }
    server.route(.get, "/api/sessions/:code") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await describe(request) }
    }
    server.route(.delete, "/api/sessions/:code") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await end(request) }
    }
    server.webSocketRoute(
      "/api/sessions/:code/socket", subprotocol: "exam-monitoring.v1",
      explain: { [self] request in
        do throws(Access.Refusal) {
          _ = try await access.participant(request, role: nil)
          return nil
        } catch {
          return error.response
        }
      },
      accept: { [self] request in
        do throws(Access.Refusal) {
          guard let (session, participant) = try access.present(request, role: nil) else {
            return .refuse(access.tokenRefusal(request).response)
          }
          if let wait = session.connectionWait(of: participant.id) { throw .tooMany(wait) }
          return .accept { socket in session.connect(participant.id, socket: socket) }
        } catch {
          return .refuse(error.response)
        }
      })
  }

  // MARK: Handlers

  private struct CreateRequest: Decodable {
    let name: String
    let title: String?
  }

  private struct CreateAnswer: Encodable {
    let code: SessionCode
    let title: String
    let teacher_key: String
    let invite: String
    let participant_id: ParticipantID
    let token: String
    /// Where links for others lead, if the server was told.
    let public_url: String?
  }

  private func create(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    // Before the password is looked at: what is wrong with the rest must not tell that it was right.
    let body: CreateRequest = try decode(request)
    let name = try personName(body.name)
    let title = try body.title.map(examTitle) ?? "Exam"
    let needsPassword = try await checkPassword(request)
    try limit(.creating, request)
    var generator = SystemRandomNumberGenerator()
    let key = Secret.random(using: &generator)
    let invite = Secret.invite(ofKey: key.text)
    let created = directory.add { code in
      let record = SessionRecord(
        code: code, title: title, createdAt: .now, teacherKeyHash: SecretHash(key).digest,
        inviteHash: SecretHash(invite).digest)
      return ExamSession(record, services: services)
    }
    guard let session = created else {
      throw Access.Refusal(
        response: .problem(
          status: 503, title: "Too many sessions",
          detail:
            "This server holds \(services.configuration.maximumSessions) sessions at once. End one first.",
          code: "too_many_sessions"))
    }
    session.begin(by: name)
    guard
      let (participant, token) = await session.join(name: name, role: .teacher, from: request.remoteAddress)
    else { throw access.closed(session.code) }
    var response = HTTPResponse.json(
      status: 201,
      WireJSON.encode(
        CreateAnswer(
          code: session.code, title: title, teacher_key: key.text, invite: invite.text,
          participant_id: participant.id, token: token.text,
          public_url: services.configuration.publicURL?.description)))
    if needsPassword { services.admission.mark(&response, of: request, right: .password) }
    return response
  }

  /// - Returns: whether there is a password, which then was right.
  private func checkPassword(_ request: HTTPRequest) async throws(Access.Refusal) -> Bool {
    guard let password = services.configuration.teacherPassword else { return false }
    guard let given = request.bearerToken else { throw passwordRefusal(isMissing: true) }
    // Hashing first makes the comparison's time say nothing about the password.
    let hash = SecretHash(Secret(text: given))
    let turn = try await services.admission.turn(forPassword: hash, request)
    let isRight = hash == SecretHash(Secret(text: password))
    turn.settle(isRight: isRight)
    guard isRight else { throw passwordRefusal(isMissing: false) }
    return true
  }

  private func passwordRefusal(isMissing: Bool) -> Access.Refusal {
    Access.Refusal(
      response: .problem(
        status: 401, title: isMissing ? "Teacher password needed" : "Teacher password wrong",
        detail: "Creating a session on this server takes the teacher password.",
        code: isMissing ? "password_needed" : "password_wrong"))
  }

  private struct JoinRequest: Decodable {
    let name: String
    let role: Role
    let teacher_key: String?
    let invite: String?
  }

  private struct JoinAnswer: Encodable {
    struct Session: Encodable {
      let code: SessionCode
      let title: String
    }
    let participant_id: ParticipantID
    let role: Role
    let token: String
    let session: Session
    let public_url: String?
    /// For teachers: the secret in the link for students.
    let invite: String?
  }

  private func join(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    // Before the code is looked at: what is wrong with the rest must not tell that it was right.
    let body: JoinRequest = try decode(request)
    let name = try personName(body.name)
    let session: ExamSession
    var invite: Secret?
    if body.role == .teacher {
      session = try await access.entry(request, teacherKey: body.teacher_key ?? "")
      invite = session.invite(forKey: body.teacher_key ?? "")
    } else {
      session = try await access.entry(request, invite: body.invite)
      try limit(session.isInvite(body.invite) ? .byLink : .typed, request)
    }
    guard session.makesRoom(for: body.role, newcomerFrom: request.remoteAddress) else {
      let most =
        body.role == .student
        ? "\(services.configuration.maximumParticipants) students" : "\(Members.teacherPlaces) teachers"
      throw Access.Refusal(
        response: .problem(
          status: 409, title: "The session is full",
          detail: "A session on this server takes \(most). A teacher can remove who does not belong to it.",
          code: "full"))
    }
    guard
      let (participant, token) = await session.join(name: name, role: body.role, from: request.remoteAddress)
    else { throw access.closed(session.code) }
    var response = HTTPResponse.json(
      status: 201,
      WireJSON.encode(
        JoinAnswer(
          participant_id: participant.id, role: body.role, token: token.text,
          session: .init(code: session.code, title: session.record.title),
          public_url: services.configuration.publicURL?.description, invite: invite?.text)))
    services.admission.mark(&response, of: request, right: .code)
    return response
  }

  private struct Description: Encodable {
    struct Session: Encodable {
      let code: SessionCode
      let title: String
      let created_at: Timestamp
    }
    let session: Session
    let participants: [Participant]
    /// Those that stand, and a page of those that are over.
    let alerts: [AlertRecord]
    /// Where the next page begins; `nil`: there are no older ones.
    let alerts_before: Int?
  }

  private func describe(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    var (session, _) = try await access.participant(request, role: .teacher)
    switch descriptions.next(of: session.code, at: .now) {
    case .now: break
    case .after(let wait):
      try? await Task.sleep(for: wait)
      // Meanwhile much may have happened.
      (session, _) = try await access.participant(request, role: .teacher)
    case .never(let wait):
      let seconds = wait.wholeSecondsToWait
      throw Access.Refusal(
        response: .problem(
          status: 429, title: "Busy",
          detail: "This session is asked for too often. Please try again in \(seconds) s.", code: "busy",
          retryAfter: seconds))
    }
    let before = request.query["alerts_before"].flatMap { Int($0) }
    let page = session.state.alerts.page(before: before, about: nil)
    let alerts = (before == nil ? session.state.alerts.open(about: nil) : []) + page.items
    return .json(
      WireJSON.encode(
        Description(
          session: .init(
            code: session.code, title: session.record.title, created_at: session.record.createdAt),
          participants: session.members.roster, alerts: alerts.compactMap { session.state.alerts[$0] },
          alerts_before: page.before)))
  }

  private func end(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    let (session, participant) = try await access.participant(request, role: .teacher)
    // Out of the directory first, so that nobody joins while everybody is told.
    directory.remove(session.code, ended: .teacher)
    await session.end(.teacher, by: participant.name)
    return HTTPResponse(status: 204)
  }

  // MARK: Parts

  private func limit(_ way: Newcomers.Way, _ request: HTTPRequest) throws(Access.Refusal) {
    let wait = newcomers.take(
      way, address: GuesserAddress(request.remoteAddress), device: services.admission.device(of: request),
      at: .now)
    if let wait { throw .tooMany(wait) }
  }

  private func decode<Body: Decodable>(_ request: HTTPRequest) throws(Access.Refusal) -> Body {
    do {
      return try WireJSON.decode(Body.self, from: request.body)
    } catch {
      throw Access.Refusal(
        response: .problem(
          status: 400, title: "Request not understood", detail: "The JSON body: \(error.detail).",
          code: "bad_request"))
    }
  }

  private func examTitle(_ typed: String) throws(Access.Refusal) -> String {
    guard let title = ExamTitle(typed) else {
      throw Access.Refusal(
        response: .problem(
          status: 400, title: "Title not usable",
          detail:
            "The name of an exam has 1 to \(ExamTitle.maximumLength) readable characters, or is left out.",
          code: "bad_title"))
    }
    return title.text
  }

  private func personName(_ typed: String) throws(Access.Refusal) -> PersonName {
    guard let name = PersonName(typed) else {
      throw Access.Refusal(
        response: .problem(
          status: 400, title: "Name not usable",
          detail: "A name has 1 to \(PersonName.maximumLength) readable characters.", code: "bad_name"))
    }
    return name
  }
}
