import ExamModel
import WebGateway

/// Creating, joining, reading and ending sessions.
@GatewayActor
final class SessionRoutes {
  private let services: ExamServices
  private let directory: any SessionDirectory
  private let access: Access
  /// All joins of one address. A school's whole class may come from one address at once.
  private var joins = RateLimiter<String>(burst: 200, perSecond: 2)
  /// Wrong teacher passwords of one address. Keys and tokens are too long to be guessed, passwords are not.
  private var wrongPasswords = RateLimiter<String>(burst: 20, perSecond: 0.2)

  init(services: ExamServices, directory: any SessionDirectory, access: Access) {
    self.services = services
    self.directory = directory
    self.access = access
  }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions") { [self] request in
      await .answering { () throws(Access.Refusal) in try create(request) }
    }
    server.route(.post, "/api/sessions/:code/participants") { [self] request in
      await .answering { () throws(Access.Refusal) in try join(request) }
    }
    server.route(.get, "/api/sessions/:code") { [self] request in
      await .answering { () throws(Access.Refusal) in try describe(request) }
    }
    server.route(.delete, "/api/sessions/:code") { [self] request in
      await .answering { () async throws(Access.Refusal) in try await end(request) }
    }
    server.webSocketRoute("/api/sessions/:code/socket", subprotocol: "exam-monitoring.v1") { [self] request in
      do throws(Access.Refusal) {
        let (session, participant) = try access.participant(request, role: nil)
        if let wait = session.connectionWait(of: participant.id) { throw .tooMany(wait) }
        return .accept { socket in session.connect(participant.id, socket: socket) }
      } catch {
        return .refuse(error.response)
      }
    }
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
    let participant_id: ParticipantID
    let token: String
    /// Where links for others lead, if the server was told.
    let public_url: String?
  }

  private func create(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    try limit(request)
    if let password = services.configuration.teacherPassword {
      if let wait = wrongPasswords.waitingTime(request.remoteAddress, at: .now) { throw .tooMany(wait) }
      // Hashing first makes the comparison's time say nothing about the password.
      guard let given = request.bearerToken,
        SecretHash(Secret(text: given)) == SecretHash(Secret(text: password))
      else {
        let missing = request.bearerToken == nil
        if !missing { _ = wrongPasswords.take(request.remoteAddress, at: .now) }
        throw Access.Refusal(
          response: .problem(
            status: 401, title: missing ? "Teacher password needed" : "Teacher password wrong",
            detail: "Creating a session on this server takes the teacher password.",
            code: missing ? "password_needed" : "password_wrong"))
      }
    }
    let body: CreateRequest = try decode(request)
    let name = try personName(body.name)
    let title = try body.title.map(examTitle) ?? "Exam"
    var generator = SystemRandomNumberGenerator()
    let key = Secret.random(using: &generator)
    let created = directory.add { code in
      let record = SessionRecord(
        code: code, title: title, createdAt: .now, teacherKeyHash: SecretHash(key).digest)
      services.store.create(record)
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
    services.recorder.record(
      JournalEvent(
        at: .now, session: session.code, kind: .sessionCreated, name: name.text, fields: ["title": title]))
    let (participant, token) = session.join(name: name, role: .teacher, from: request.remoteAddress)
    return .json(
      status: 201,
      WireJSON.encode(
        CreateAnswer(
          code: session.code, title: title, teacher_key: key.text, participant_id: participant.id,
          token: token.text, public_url: services.configuration.publicURL?.description)))
  }

  private struct JoinRequest: Decodable {
    let name: String
    let role: Role
    let teacher_key: String?
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
  }

  private func join(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    try limit(request)
    let session = try access.entry(request)
    let body: JoinRequest = try decode(request)
    let name = try personName(body.name)
    if body.role == .teacher {
      guard session.isTeacherKey(body.teacher_key ?? "") else {
        throw Access.Refusal(
          response: .problem(
            status: 403, title: "Teacher key wrong",
            detail: "To join as a teacher, use the link for co-teachers that the session's teacher has.",
            code: "wrong_key"))
      }
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
    let (participant, token) = session.join(name: name, role: body.role, from: request.remoteAddress)
    return .json(
      status: 201,
      WireJSON.encode(
        JoinAnswer(
          participant_id: participant.id, role: body.role, token: token.text,
          session: .init(code: session.code, title: session.record.title),
          public_url: services.configuration.publicURL?.description)))
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

  private func describe(_ request: HTTPRequest) throws(Access.Refusal) -> HTTPResponse {
    let (session, _) = try access.participant(request, role: .teacher)
    let before = request.query["alerts_before"].flatMap { Int($0) }
    let page = session.alerts.page(before: before, about: nil)
    let alerts = (before == nil ? session.alerts.open(about: nil) : []) + page.items
    return .json(
      WireJSON.encode(
        Description(
          session: .init(
            code: session.code, title: session.record.title, created_at: session.record.createdAt),
          participants: session.members.roster, alerts: alerts.compactMap { session.alerts.records[$0] },
          alerts_before: page.before)))
  }

  private func end(_ request: HTTPRequest) async throws(Access.Refusal) -> HTTPResponse {
    let (session, participant) = try access.participant(request, role: .teacher)
    // Out of the directory first, so that nobody joins while everybody is told.
    directory.remove(session.code, ended: .teacher)
    await session.end(.teacher, by: participant.name)
    return HTTPResponse(status: 204)
  }

  // MARK: Parts

  private func limit(_ request: HTTPRequest) throws(Access.Refusal) {
    if let wait = joins.take(request.remoteAddress, at: .now) { throw .tooMany(wait) }
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
