import ExamModel
import FaceCheck
import GLibRuntime
import MediaPipeline
import WebGateway

/// What sessions share.
struct ExamServices: Sendable {
  let configuration: ServerConfiguration
  let pipelines: PipelineCatalog
  let faces: FaceCheckPool
  let journal: any EventJournal
  let metrics: ServerMetrics
}

/// One exam: who is in it, what was said, which alerts stand. It joins the students' sessions to the teachers'
/// connections.
@GatewayActor
final class ExamSession {
  /// Chat lines kept for those who come later.
  static let maximumChatHistory = 1000
  /// Bytes of text kept for those who come later: all of it goes out at once when somebody connects.
  static let maximumChatBytes = 256 * 1024

  let code: SessionCode
  let title: String
  let createdAt: Timestamp
  let fanOut: any PictureFanOut
  private let services: ExamServices
  private let teacherKeyHash: SecretHash

  private struct Member {
    var participant: Participant
    let tokenHash: SecretHash
    var hasConnected = false
  }

  private var members: [ParticipantID: Member] = [:]
  private var memberByToken: [SecretHash: ParticipantID] = [:]
  private var students: [ParticipantID: StudentSession] = [:]
  private var teachers: [ParticipantID: TeacherConnection] = [:]
  private var nextNumber: UInt32 = 1
  private var chat: [ChatMessage] = []
  private var chatBytes = 0
  private(set) var alerts = AlertLedger()
  private var ticking: Task<Void, Never>?
  private var hasEnded = false
  private var lastHeartbeat = ContinuousClock.now
  /// When somebody was last connected.
  private var lastInUse = ContinuousClock.now

  init(code: SessionCode, title: String, teacherKey: Secret, services: ExamServices) {
    self.code = code
    self.title = title
    self.createdAt = .now
    self.services = services
    teacherKeyHash = SecretHash(teacherKey)
    fanOut = LocalPictureFanOut()
    fanOut.onDemandChange = { [weak self] channel in
      self?.students[channel.student]?.updateDemand(channel.view)
    }
    ticking = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(250))
        self?.tick()
      }
    }
  }

  private func tick() {
    let now = ContinuousClock.now
    for student in students.values { student.tick(at: now) }
    if !teachers.isEmpty || students.values.contains(where: \.isConnected) { lastInUse = now }
    if now - lastHeartbeat >= .seconds(TeacherConnection.heartbeat) {
      lastHeartbeat = now
      tellTeachers(.heartbeat)
    }
  }

  /// For how long nobody has been connected.
  func idleTime(at now: ContinuousClock.Instant) -> Duration { now - lastInUse }

  // MARK: Who is in it

  /// The roster, in the order in which people joined.
  var roster: [Participant] { members.values.map(\.participant).sorted { $0.number < $1.number } }

  /// Whether one more may join. Where the session is full, those make room who joined a while ago and never connected:
  /// nobody can fill a session by joining alone.
  func makesRoom() -> Bool {
    let limit = services.configuration.maximumParticipants
    guard members.count >= limit else { return true }
    let patience = Timestamp.now.advanced(by: .seconds(-60))
    let strays = members.values.filter {
      !$0.hasConnected && $0.participant.role == .student && $0.participant.joinedAt < patience
    }
    for stray in strays {
      members[stray.participant.id] = nil
      memberByToken[stray.tokenHash] = nil
      if let student = students.removeValue(forKey: stray.participant.id) { Task { await student.end() } }
    }
    if !strays.isEmpty { tellTeachers(.roster(roster)) }
    return members.count < limit
  }

  /// The tokens of the session's teachers, hashed.
  var teacherTokens: Set<SecretHash> {
    Set(members.values.filter { $0.participant.role == .teacher }.map(\.tokenHash))
  }

  func isTeacherKey(_ key: String) -> Bool { SecretHash(Secret(text: key)) == teacherKeyHash }

  /// The participant who shows `token`.
  func participant(token: String) -> Participant? {
    memberByToken[SecretHash(Secret(text: token))].flatMap { members[$0]?.participant }
  }

  /// Adds a participant and tells the teachers.
  func join(name: PersonName, role: Role) -> (participant: Participant, token: Secret) {
    var generator = SystemRandomNumberGenerator()
    let participant = Participant(
      id: .random(using: &generator), number: nextNumber, name: name.text, role: role, joinedAt: .now,
      state: .left)
    nextNumber += 1
    let token = Secret.random(using: &generator)
    let member = Member(participant: participant, tokenHash: SecretHash(token))
    members[participant.id] = member
    memberByToken[member.tokenHash] = participant.id
    record(.joined, participant: participant, ["role": role.rawValue])
    if role == .student {
      let student = StudentSession(
        participant: participant, rules: services.configuration.alerts, pipelines: services.pipelines,
        faces: services.faces, fanOut: fanOut, metrics: services.metrics)
      student.owner = self
      students[participant.id] = student
      for teacher in teachers.values { teacher.studentCame(participant.id) }
    }
    tellTeachers(.participant(participant))
    return (participant, token)
  }

  func student(_ id: ParticipantID) -> StudentSession? { students[id] }

  /// Takes the connection of a participant who has shown a token.
  func connect(_ id: ParticipantID, socket: WebSocketConnection) {
    // Between the check of the token and here the handshake was answered, and much may have happened.
    guard let member = members[id], !hasEnded else {
      socket.close(code: CloseCode.normal, reason: "the session has ended")
      return
    }
    members[id]?.hasConnected = true
    switch member.participant.role {
    case .student: students[id]?.connect(socket)
    case .teacher: connectTeacher(id, socket: socket)
    }
  }

  private func connectTeacher(_ id: ParticipantID, socket: WebSocketConnection) {
    teachers.removeValue(forKey: id)?.close(code: CloseCode.replaced, reason: "opened in another place")
    // Before this connection is one of those who are told: the first thing it hears is its welcome.
    setState(.live, of: id)
    let connection = TeacherConnection(
      participant: id, socket: socket, fanOut: fanOut,
      maximumTileRate: services.configuration.maximumTileRate, metrics: services.metrics, owner: self)
    teachers[id] = connection
    connection.welcome(roster: roster, chat: chat, alerts: alerts.all)
    if let participant = members[id]?.participant {
      record(.connected, participant: participant, ["address": socket.remoteAddress])
    }
  }

  private func setState(_ state: PresenceState, of id: ParticipantID) {
    guard members[id] != nil else { return }
    members[id]?.participant.state = state
    if let participant = members[id]?.participant { tellTeachers(.participant(participant)) }
  }

  /// Ends the exam: everybody is told and every connection closes.
  func end(by name: String) async {
    hasEnded = true
    ticking?.cancel()
    record(.sessionEnded, participant: nil, ["by": name])
    tellTeachers(.ended)
    let connections = teachers.values
    teachers = [:]
    for teacher in connections { teacher.close(code: CloseCode.normal, reason: "the session has ended") }
    fanOut.end()
    let students = students.values
    self.students = [:]
    await withTaskGroup { group in
      for student in students { group.addTask { await student.end() } }
    }
  }

  // MARK: Telling

  private func tellTeachers(_ notice: TeacherNotice) {
    guard !teachers.isEmpty else { return }
    let text = WireJSON.text(notice)
    for teacher in teachers.values { teacher.send(encoded: text) }
  }

  private func record(_ kind: JournalEvent.Kind, participant: Participant?, _ fields: [String: String] = [:])
  {
    services.journal.append(
      JournalEvent(
        at: .now, session: code, kind: kind, participant: participant?.id, name: participant?.name,
        fields: fields))
  }

  private func say(_ message: ChatMessage) {
    chat.append(message)
    chatBytes += message.text.utf8.count
    while chat.count > Self.maximumChatHistory || chatBytes > Self.maximumChatBytes {
      chatBytes -= chat.removeFirst().text.utf8.count
    }
    tellTeachers(.chat(message, history: false))
    for (id, student) in students where message.isVisible(toStudent: id) {
      student.send(message.notice(history: false))
    }
    let to = WireJSON.text(message.to).trimmingPrefix("\"").dropLast()
    record(.chat, participant: members[message.from]?.participant, ["to": String(to), "text": message.text])
  }

  /// - Returns: what is wrong with the text, if anything.
  private func checkChat(_ text: String) -> WireError? {
    if text.allSatisfy(\.isWhitespace) { return WireError(detail: "the chat message is empty") }
    let isUnfit = text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    if isUnfit { return WireError(detail: "the chat message has control characters in it") }
    // Not `count`: one visible character can be made of any number of these.
    let length = text.unicodeScalars.count
    guard length <= ChatMessage.maximumLength else {
      return WireError(
        detail: "a chat message has at most \(ChatMessage.maximumLength) characters; this one has \(length)")
    }
    return nil
  }
}

// MARK: - From students

extension ExamSession: StudentSessionOwner {
  func studentChanged(_ student: StudentSession) {
    let participant = student.participant
    members[participant.id]?.participant = participant
    tellTeachers(.participant(participant))
  }

  func studentWelcomed(_ student: StudentSession) {
    for message in chat where message.isVisible(toStudent: student.participant.id) {
      student.send(message.notice(history: true))
    }
  }

  func student(_ student: StudentSession, wrote text: String) -> WireError? {
    if let problem = checkChat(text) { return problem }
    let from = student.participant
    say(ChatMessage(from: from.id, name: from.name, role: .student, to: .teachers, text: text, at: .now))
    return nil
  }

  func student(_ student: StudentSession, raisedHand up: Bool) {
    record(up ? .handUp : .handDown, participant: student.participant)
  }

  func student(_ student: StudentSession, happened kind: JournalEvent.Kind, _ fields: [String: String]) {
    record(kind, participant: student.participant, fields)
  }

  func student(
    _ student: StudentSession, changed transition: AlertPolicy.Transition, picture: SharedBytes?
  ) {
    let participant = student.participant
    let kind = transition.kind
    func wallTime(_ instant: ContinuousClock.Instant) -> Timestamp { .now.advanced(by: instant - .now) }
    switch transition.change {
    case .suspected, .dismissed:
      break
    case .confirmed(let onset, let confidence, let again):
      guard let rule = services.configuration.alerts.rules[kind] else { return }
      let alert = alerts.confirm(
        kind, student: participant.id, rule: rule, since: wallTime(onset), confidence: confidence,
        again: again,
        detail: kind.detail(rule: rule, confidence: confidence), picture: picture,
        picturePath: { "/api/sessions/\(code)/alerts/\($0).jpg" })
      services.metrics.alertsConfirmed.add(1)
      record(
        .alertConfirmed, participant: participant,
        [
          "kind": kind.rawValue, "alert": alert.id.rawValue, "since": "\(alert.since)",
          "repeats": String(alert.repeats),
        ])
      tellTeachers(.alert(alert))
    case .cleared(let time):
      guard let alert = alerts.clear(kind, student: participant.id, at: wallTime(time)) else { return }
      record(
        .alertCleared, participant: participant,
        ["kind": kind.rawValue, "alert": alert.id.rawValue, "until": "\(wallTime(time))"])
      tellTeachers(.alert(alert))
    }
  }
}

// MARK: - From teachers

extension ExamSession: TeacherConnectionOwner {
  var studentIDs: [ParticipantID] { Array(students.keys) }

  func teacher(_ teacher: ParticipantID, wrote text: String, to recipient: ChatRecipient) -> WireError? {
    if let problem = checkChat(text) { return problem }
    if case .participant(let id) = recipient, students[id] == nil {
      return WireError(detail: "there is no student \(id) in this session")
    }
    guard let from = members[teacher]?.participant else { return nil }
    say(ChatMessage(from: from.id, name: from.name, role: .teacher, to: recipient, text: text, at: .now))
    return nil
  }

  func teacher(_ teacher: ParticipantID, acknowledged alert: AlertID, note: String?) -> WireError? {
    guard let participant = members[teacher]?.participant else { return nil }
    guard (note ?? "").unicodeScalars.count <= ChatMessage.maximumLength else {
      return WireError(detail: "a note has at most \(ChatMessage.maximumLength) characters")
    }
    guard let record = alerts.acknowledge(alert, by: participant.name, note: note) else {
      return WireError(detail: "there is no alert \(alert) in this session")
    }
    var fields = ["kind": record.kind.rawValue, "alert": alert.rawValue, "student": record.student.rawValue]
    fields["note"] = note
    self.record(.alertAcknowledged, participant: participant, fields)
    tellTeachers(.alert(record))
    return nil
  }

  func teacher(
    _ teacher: ParticipantID, muted kind: AlertKind, of student: ParticipantID, minutes: Double,
    reason: String
  ) -> WireError? {
    guard let participant = members[teacher]?.participant else { return nil }
    guard let session = students[student] else {
      return WireError(detail: "there is no student \(student) in this session")
    }
    guard (0...1440).contains(minutes) else {
      return WireError(detail: "minutes is 0 to 1440, not \(minutes)")
    }
    if let problem = checkChat(reason) { return WireError(detail: "the reason: \(problem.detail)") }
    session.mute(kind, for: .seconds(minutes * 60))
    record(
      .muted, participant: participant,
      ["kind": kind.rawValue, "student": student.rawValue, "minutes": "\(minutes)", "reason": reason])
    return nil
  }

  func teacherDisconnected(_ connection: TeacherConnection) {
    guard teachers[connection.participant] === connection else { return }
    teachers[connection.participant] = nil
    setState(.left, of: connection.participant)
    if let participant = members[connection.participant]?.participant {
      record(.disconnected, participant: participant)
    }
  }
}

extension ChatMessage {
  /// The message as a student gets it.
  func notice(history: Bool) -> StudentNotice {
    .chat(from: from, name: name, text: text, at: at, history: history)
  }
}

extension AlertKind {
  /// What was seen, in a sentence for a teacher.
  func detail(rule: AlertRule, confidence: Double) -> String {
    let seconds = Int(rule.window.inSeconds.rounded())
    let share = Int((confidence * 100).rounded())
    return switch self {
    case .faceMissing: "No face in the picture for \(seconds) s (\(share) % of the checks)."
    case .severalFaces: "More than one face in the picture for \(seconds) s (\(share) % of the checks)."
    case .videoStopped: "No picture has arrived for \(seconds) s."
    case .pageHidden: "The exam page is not in front."
    case .cameraOff: "The camera is off, unplugged or refused."
    }
  }
}
