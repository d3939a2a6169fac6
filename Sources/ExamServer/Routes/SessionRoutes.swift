import ExamModel
import WebGateway

/// Creating, joining, reading and ending sessions.
@GatewayActor
final class SessionRoutes {
  private let services: ExamServices
  private let directory: SessionDirectory
  private let admission: Admission
  /// Rate of session descriptions: one of 250 students takes several milliseconds of the gateway's thread.
  private var descriptions = RateLimiter<SessionCode>(burst: 10, perSecond: 20)
  /// Those who come too early wait, but nobody longer than this.
  private static let patience = Duration.seconds(2)

  init(services: ExamServices, directory: SessionDirectory, admission: Admission) {
    self.services = services
    self.directory = directory
    self.admission = admission
  }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions", refusing: create)
    server.route(.post, "/api/sessions/:code/participants", refusing: join)
    server.route(.get, "/api/sessions/:code", refusing: describe)
    server.route(.delete, "/api/sessions/:code", refusing: end)
    server.webSocketRoute(
      "/api/sessions/:code/socket", subprotocol: "exam-monitoring.v1",
      explain: { [self] request in
        do throws(Refusal) {
          _ = try await admission.participant(request, role: nil)
          return nil
        } catch {
          return error.response
        }
      },
      accept: { [self] request in
        do throws(Refusal) {
          guard let (session, participant) = try admission.present(request, role: nil) else {
            return .refuse(admission.tokenRefusal(request).response)
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
    /// The base of links for others, if configured.
    let public_url: String?
  }

  private func create(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    // Before the password is checked: an error elsewhere in the request must not reveal that it was right.
    let body: CreateRequest = try request.json()
    let name = try personName(body.name)
    let title = try body.title.map(examTitle) ?? "Exam"
    let tookPassword = try await admission.mayCreate(request)
    let key = Secret.random()
    let invite = Secret.invite(ofKey: key.text)
    let created = directory.add { code in
      let record = SessionRecord(
        code: code, title: title, createdAt: .now, teacherKeyHash: SecretHash(key).digest,
        inviteHash: SecretHash(invite).digest)
      return ExamSession(record, services: services)
    }
    guard let session = created else {
      throw Refusal(
        status: 503, title: "Too many sessions",
        detail:
          "This server holds \(services.settings.now.maximumSessions) sessions at once. End one first.",
        code: "too_many_sessions", parameters: ["maximum": services.settings.now.maximumSessions])
    }
    session.begin(by: name)
    guard
      let (participant, token) = await session.join(name: name, role: .teacher, from: request.remoteAddress)
    else { throw admission.closed(session.code) }
    var response = HTTPResponse.json(
      status: 201,
      WireJSON.encode(
        CreateAnswer(
          code: session.code, title: title, teacher_key: key.text, invite: invite.text,
          participant_id: participant.id, token: token.text,
          public_url: services.settings.now.publicURL?.description)))
    if tookPassword { admission.mark(&response, of: request, right: .password) }
    return response
  }

  private struct JoinRequest: Decodable {
    let name: String
    let role: Role
    /// For the ways in: each reads its own.
    let invite: String?
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
    /// For teachers: the secret in the link for students.
    let invite: String?
  }

  private func join(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    // Before the code is checked: an error elsewhere in the request must not reveal that it was right.
    let body: JoinRequest = try request.json()
    let name = try personName(body.name)
    let admitted = try await admission.admit(
      request, as: body.role, invite: body.invite, teacherKey: body.teacher_key)
    if let newcomer = admitted.newcomer { try admission.count(newcomer, request) }
    let session = admitted.session
    guard session.makesRoom(for: admitted.role, newcomerFrom: request.remoteAddress) else {
      let most =
        admitted.role == .student ? session.configuration.maximumParticipants : Members.teacherPlaces
      throw Refusal(
        status: 409, title: "The session is full",
        detail:
          "A session on this server takes \(most) \(admitted.role.rawValue)s. A teacher can remove anyone who does not belong in it.",
        code: "full", parameters: ["maximum": most])
    }
    guard
      let (participant, token) = await session.join(
        name: name, role: admitted.role, from: request.remoteAddress)
    else { throw admission.closed(session.code) }
    var response = HTTPResponse.json(
      status: 201,
      WireJSON.encode(
        JoinAnswer(
          participant_id: participant.id, role: admitted.role, token: token.text,
          session: .init(code: session.code, title: session.record.title),
          public_url: services.settings.now.publicURL?.description, invite: admitted.invite?.text)))
    admission.mark(&response, of: request, right: .code)
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
    /// The open alerts, and a page of those that have ended.
    let alerts: [AlertWithVerdict]
    /// Where the next page begins; `nil`: there are no older ones.
    let alerts_before: Int?
  }

  private func describe(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    var (session, _) = try await admission.participant(request, role: .teacher)
    let wait = descriptions.waitingTime(session.code, at: .now)
    if let wait, wait > Self.patience {
      let seconds = wait.wholeSecondsToWait
      throw Refusal(
        status: 429, title: "Busy",
        detail: "This session is asked for too often. Please try again in \(seconds) s.", code: "busy",
        retryAfter: seconds)
    }
    // In advance, so that the next one waits after this one.
    descriptions.spend(session.code, at: .now)
    if let wait {
      try? await Task.sleep(for: wait)
      // Much may have happened meanwhile.
      (session, _) = try await admission.participant(request, role: .teacher)
    }
    let before = try request.query["alerts_before"].map { text throws(Refusal) in
      guard let number = Int(text) else {
        throw .badRequest("Unknown place", "alerts_before is a number, not \(text.prefix(40)).")
      }
      return number
    }
    let page = session.state.alerts.page(before: before, about: nil)
    let alerts = (before == nil ? session.state.alerts.open(about: nil) : []) + page.items
    return .json(
      WireJSON.encode(
        Description(
          session: .init(
            code: session.code, title: session.record.title, created_at: session.record.createdAt),
          participants: session.members.roster, alerts: alerts.compactMap(session.state.alerts.judged),
          alerts_before: page.before)))
  }

  private func end(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let (session, participant) = try await admission.participant(request, role: .teacher)
    await directory.end(session, .teacher, by: participant.name)
    return HTTPResponse(status: 204)
  }

  // MARK: Parts

  private func examTitle(_ typed: String) throws(Refusal) -> String {
    guard let title = ExamTitle(typed) else {
      throw Refusal(
        status: 400, title: "Title not usable",
        detail:
          "The name of an exam has 1 to \(ExamTitle.maximumLength) readable characters, or is left out.",
        code: "bad_title", parameters: ["maximum": ExamTitle.maximumLength])
    }
    return title.text
  }

  private func personName(_ typed: String) throws(Refusal) -> PersonName {
    guard let name = PersonName(typed) else {
      throw Refusal(
        status: 400, title: "Name not usable",
        detail: "A name has 1 to \(PersonName.maximumLength) readable characters.", code: "bad_name",
        parameters: ["maximum": PersonName.maximumLength])
    }
    return name
  }
}
