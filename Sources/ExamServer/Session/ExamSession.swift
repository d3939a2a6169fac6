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
  let store: any SessionStore
  let recorder: EventRecorder
  let metrics: ServerMetrics
  let admission: Admission
}

/// One exam: who is in it, what was said, which alerts stand. It joins the students' sessions to the teachers'
/// connections. Everything is recorded before anybody is told of it.
@GatewayActor
final class ExamSession {
  let record: SessionRecord
  let fanOut: any PictureFanOut
  let services: ExamServices

  var members: Members
  private(set) var students: [ParticipantID: StudentSession] = [:]
  var teachers: [ParticipantID: TeacherConnection] = [:]
  /// What the events so far add up to.
  var state: ExamState
  private var ticking: Task<Void, Never>?
  /// Students who are to be told anew who looks closely.
  private var watchedAnew: Set<ParticipantID> = []
  /// Why nobody can connect any more.
  private(set) var closing: (code: UInt16, reason: String)?
  private var lastHeartbeat = ContinuousClock.now
  /// When somebody was last connected.
  private var lastInUse = ContinuousClock.now
  var quota: JournalQuota
  /// What teachers were told last of the server itself.
  var conditions = ServerConditions()
  /// Pictures a second that are made for the face check.
  private(set) var analysisPace = AnalysisPace()

  var code: SessionCode { record.code }

  init(_ record: SessionRecord, services: ExamServices) {
    self.record = record
    self.services = services
    state = ExamState(record.code, bounds: .live)
    quota = JournalQuota(maximumMegabytes: services.configuration.maximumJournalMegabytes)
    members = Members(studentPlaces: services.configuration.maximumParticipants)
    fanOut = LocalPictureFanOut()
    fanOut.onChange = { [weak self] channel in
      self?.students[channel.student]?.updateDemand(channel.view)
      // Told at the next tick: a teacher may look here and there, or at everybody, many times a second.
      if channel.view == .focus { self?.watchedAnew.insert(channel.student) }
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
    analysisPace.update(delay: services.faces.statistics.longestDelay, at: now)
    for student in students.values {
      student.setAnalysisRate(analysisPace.rate)
      student.tick(at: now)
    }
    for teacher in teachers.values { teacher.tick(at: now) }
    for id in watchedAnew { tellWatchers(id) }
    watchedAnew = []
    if !teachers.isEmpty || students.values.contains(where: \.isConnected) { lastInUse = now }
    if now - lastHeartbeat >= .seconds(TeacherConnection.heartbeat) {
      lastHeartbeat = now
      tellTeachers(.heartbeat(at: .now))
    }
    let before = conditions
    conditions = ServerConditions(
      isOverloaded: analysisPace.isOverloaded, trouble: services.store.trouble, quota: quota.level,
      pictureRoom: services.store.pictureRoom(of: code), isGuessed: services.admission.isCodeGuessed)
    for notice in conditions.notices(since: before) { tellTeachers(notice) }
  }

  /// For how long nobody has been connected.
  func idleTime(at now: ContinuousClock.Instant) -> Duration { now - lastInUse }

  // MARK: Who is in it

  func isTeacherKey(_ key: String) -> Bool {
    SecretHash(Secret(text: key)) == SecretHash(digest: record.teacherKeyHash)
  }

  /// The participant who shows the token with that hash.
  func participant(_ hash: SecretHash) -> Participant? { members.participant(token: hash) }

  /// Whoever had that token before he or she was removed.
  func dismissed(_ hash: SecretHash) -> Participant? { members.dismissed(token: hash) }

  /// Whether the hash is that of the secret in the link for students.
  func isInvite(_ hash: SecretHash) -> Bool {
    record.inviteHash.map { SecretHash(digest: $0) == hash } ?? false
  }

  /// Whether somebody has the secret in the link for students.
  func isInvite(_ secret: String?) -> Bool { secret.map { isInvite(SecretHash(Secret(text: $0))) } ?? false }

  /// The secret in the link for students, for a teacher who has the key; `nil` for a session of before there was one.
  func invite(forKey key: String) -> Secret? {
    let invite = Secret.invite(ofKey: key)
    return isInvite(SecretHash(invite)) ? invite : nil
  }

  /// Adds a participant and tells the teachers.
  ///
  /// - Parameter address: from which the participant comes.
  func join(name: PersonName, role: Role, from address: String) -> (participant: Participant, token: Secret) {
    var generator = SystemRandomNumberGenerator()
    let id = ParticipantID.random(using: &generator)
    let token = Secret.random(using: &generator)
    let number = state.highestNumber + 1
    let joined = joining(id, number: number, name: name.text, role: role, at: .now)
    services.store.together {
      services.store.add(
        ParticipantRecord(
          id: id, session: code, number: number, name: name.text, role: role,
          tokenHash: SecretHash(token).digest, joinedAt: joined.at))
      keep(joined)
    }
    add(id, tokenHash: SecretHash(token), network: GuesserAddress(address), hasConnected: false)
    tell(state.notices(of: joined))
    if role == .student {
      tellWatchers(id)
      for teacher in teachers.values { teacher.studentCame(id) }
    }
    return (members[id]!.participant, token)
  }

  func joining(
    _ id: ParticipantID, number: UInt32, name: String, role: Role, at time: Timestamp
  ) -> JournalEvent {
    JournalEvent(
      at: time, session: code, kind: .joined, participant: id, name: name,
      fields: ["role": role.rawValue, "number": "\(number)"])
  }

  /// Makes room for somebody of whom the state knows.
  func add(
    _ id: ParticipantID, tokenHash: SecretHash, network: GuesserAddress?, hasConnected: Bool
  ) {
    guard let person = state.person(id) else { return }
    members.add(
      Members.Member(
        participant: Participant(person, at: .now), tokenHash: tokenHash, network: network,
        hasConnected: hasConnected, since: .now))
    guard person.role == .student else { return }
    let student = StudentSession(person, fanOut: fanOut, services: services)
    student.owner = self
    students[id] = student
    if person.pause != nil { student.pause(true) }
  }

  func student(_ id: ParticipantID) -> StudentSession? { students[id] }

  func removeStudent(_ id: ParticipantID) -> StudentSession? { students.removeValue(forKey: id) }

  /// How long the student has waited who was checked longest ago, of those who send video.
  func longestTimeUnchecked(at now: ContinuousClock.Instant) -> Duration? {
    students.values.compactMap { $0.monitor.unchecked(at: now) }.max()
  }

  /// Takes the connection of a participant who has shown a token.
  func connect(_ id: ParticipantID, socket: WebSocketConnection) {
    // Between the check of the token and here the handshake was answered, and much may have happened.
    guard let member = members[id], closing == nil else {
      let (code, reason) = closing ?? Self.ended
      socket.close(code: code, reason: reason)
      return
    }
    if let wait = connectionWait(of: id) {
      let seconds = wait.wholeSecondsToWait
      socket.close(code: CloseCode.tryAgain, reason: "connecting too often; come back in \(seconds) s")
      return
    }
    members.connected(id, from: socket.remoteAddress, at: .now)
    switch member.participant.role {
    case .student: students[id]?.connect(socket)
    case .teacher: connectTeacher(id, socket: socket)
    }
  }

  /// How it stands with a participant has changed: what is kept, or the connection.
  func lineChanged(_ id: ParticipantID) {
    guard let person = state.person(id) else { return }
    guard let member = members[id] else {
      // Of those who are gone no line is held.
      if person.dismissal != nil { tellTeachers(.participant(Participant(person, at: .now))) }
      return
    }
    let presence = students[id]?.presence ?? Presence(member.participant.state)
    let line = Participant(person, presence: presence, at: .now)
    members.update(line)
    tellTeachers(.participant(line))
  }

  /// Ends the exam: everybody is told and every connection closes. Returns when all of it is gone.
  ///
  /// - Parameter name: of the teacher who ended it, if one did.
  func end(_ reason: EndReason, by name: String? = nil) async {
    var fields = ["reason": reason.rawValue]
    fields["by"] = name
    let students = close(Self.ended, journalled: Self.ended.reason, teachers: .ended(reason), .ended(reason))
    {
      record(.sessionEnded, about: nil, fields)
      services.store.end(code, at: .now)
    }
    await Self.letGo(students)
  }

  /// The server stops, and the exam goes on when it is back: pages are to come again. Everybody is told before this
  /// returns.
  ///
  /// - Returns: what gives back all that the exam takes.
  func suspend() -> @Sendable @GatewayActor () async -> Void {
    let students = close(
      (CloseCode.goingAway, "the server is going away"), journalled: JournalEvent.serverStops)
    return { await Self.letGo(students) }
  }

  private static let ended = (code: CloseCode.normal, reason: "the session has ended")

  /// Ends every connection. The journal has it in order: who was there until now, then that the exam is over; and it has
  /// it before anybody is told.
  ///
  /// - Parameters:
  ///   - reason: why the connections end, for the journal.
  ///   - body: what is to be kept once nobody is there any more.
  /// - Returns: those whose sessions are to be let go of.
  private func close(
    _ closing: (code: UInt16, reason: String), journalled reason: String,
    teachers teacherNotice: TeacherNotice? = nil,
    _ studentNotice: StudentNotice? = nil, _ body: () -> Void = {}
  ) -> [StudentSession] {
    self.closing = closing
    ticking?.cancel()
    let ended = Array(students.values)
    var studentSockets: [WebSocketConnection] = []
    var connections: [TeacherConnection] = []
    services.store.together {
      for student in ended { student.hearLastWords() }
      studentSockets = ended.compactMap { $0.leave(reason: reason) }
      // What was seen before and is told only now comes too late.
      for student in ended { student.owner = nil }
      connections = Array(teachers.keys).compactMap { leaveTeacher($0, reason: reason) }
      students = [:]
      body()
    }
    for socket in studentSockets {
      if let studentNotice { socket.send(text: WireJSON.text(studentNotice)) }
      socket.close(code: closing.code, reason: closing.reason)
    }
    for connection in connections {
      if let teacherNotice { connection.send(teacherNotice) }
      connection.close(code: closing.code, reason: closing.reason)
    }
    fanOut.end()
    return ended
  }

  private static func letGo(_ students: [StudentSession]) async {
    await withTaskGroup { group in
      for student in students { group.addTask { await student.letGo() } }
    }
  }
}
