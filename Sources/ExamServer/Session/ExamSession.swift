import ExamModel
import FaceCheck
import GLibRuntime
import MediaPipeline
import WebGateway

/// What sessions share.
struct ExamServices: Sendable {
  let settings: CurrentSettings
  let pipelines: PipelineCatalog
  let faces: FaceCheckPool
  let pacer: AnalysisPacer
  let store: any SessionStore
  let recorder: EventRecorder
  let metrics: CountedMetrics
  let guesses: GuessBudgets
}

/// One exam: its participants, its chat, its alerts. It connects the students' sessions with the teachers' connections.
/// Everything is recorded before anybody is told of it.
@GatewayActor
final class ExamSession {
  let record: SessionRecord
  let fanOut: PictureFanOut
  let services: ExamServices
  /// As it was when the exam was created, or when the server was started again: the rules of an exam do not change while it
  /// is on.
  let configuration: ServerConfiguration

  var members: Members
  var students: [ParticipantID: StudentSession] = [:]
  var teachers: [ParticipantID: TeacherConnection] = [:]
  let commands: CommandQueue
  /// Sockets of those who are about to be removed, to be told why.
  var leaving: [ParticipantID: WebSocketConnection] = [:]
  /// The last verdict on an alert that is read from the journal first.
  var lookUps: Task<Void, Never>?
  /// How many such verdicts wait.
  var waitingLookUps = 0
  private var ticking: Task<Void, Never>?
  /// Students who have to be told again who watches closely.
  private var watchedAnew: Set<ParticipantID> = []
  /// Why nobody can connect any more.
  private(set) var closing: DisconnectReason?
  private var lastHeartbeat = Instant.now
  /// When somebody was last connected.
  private var lastInUse = Instant.now
  var quota: JournalQuota
  /// What teachers were last told about the server itself.
  var conditions = ServerConditions()

  var code: SessionCode { record.code }
  /// What the events so far add up to.
  var state: ExamState { commands.state }

  init(_ record: SessionRecord, services: ExamServices) {
    self.record = record
    self.services = services
    configuration = services.settings.now
    commands = CommandQueue(ExamState(record.code, bounds: .live), recorder: services.recorder)
    quota = JournalQuota(maximumMegabytes: configuration.maximumJournalMegabytes)
    members = Members(studentPlaces: configuration.maximumParticipants)
    fanOut = PictureFanOut()
    commands.onDecided = { [weak self] event in self?.quota.add(bytes: event.approximateBytes) }
    commands.onEvent = { [weak self] event in self?.happened(event) }
    fanOut.onChange = { [weak self] channel in
      self?.students[channel.student]?.updateDemand(channel.stream)
      // Sent at the next tick: a teacher may look here and there, or at everybody, many times a second.
      if channel.stream.view == .focus { self?.watchedAnew.insert(channel.student) }
    }
    ticking = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(250))
        self?.tick()
      }
    }
  }

  private func tick() {
    let now = Instant.now
    let pace = services.pacer.pace
    for student in students.values {
      student.tick(analysisRate: pace.rate(ofStudent: student.number, at: now), at: now)
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
      isOverloaded: pace.isOverloaded, failure: services.store.failure,
      quota: quota.level,
      pictureRoom: services.store.pictureRoom(of: code), isGuessed: services.guesses.isCodeGuessed)
    for notice in conditions.notices(since: before) { tellTeachers(notice) }
  }

  /// How long nobody has been connected.
  func idleTime(at now: Instant) -> Duration { now - lastInUse }

  // MARK: Participants

  func isTeacherKey(_ key: String) -> Bool {
    SecretHash(Secret(text: key)) == SecretHash(digest: record.teacherKeyHash)
  }

  /// Whether the hash is that of the secret in the link for students.
  func isInvite(_ hash: SecretHash) -> Bool {
    record.inviteHash.map { SecretHash(digest: $0) == hash } ?? false
  }

  /// The secret in the link for students, for a teacher who has the key; `nil` for a session older than that feature.
  func invite(forKey key: String) -> Secret? {
    let invite = Secret.invite(ofKey: key)
    return isInvite(SecretHash(invite)) ? invite : nil
  }

  /// Begins to keep the exam.
  ///
  /// - Parameter name: of the teacher who creates it.
  func begin(by name: PersonName) {
    let created = JournalEvent(
      at: .now, session: code, kind: .sessionCreated, name: name.text, fields: ["title": record.title])
    commands.add { [record] _ in [.create(record), .event(created)] }
  }

  /// Adds a participant and notifies the teachers.
  ///
  /// - Parameter address: where the participant connects from.
  /// - Returns: `nil` if the exam has ended.
  func join(
    name: PersonName, role: Role, from address: String
  ) async -> (participant: Participant, token: Secret)? {
    guard closing == nil else { return nil }
    let id = ParticipantID.random()
    let token = Secret.random()
    let hash = SecretHash(token)
    members.reserve(
      id, Members.Reservation(role: role, tokenHash: hash, network: GuesserAddress(address)))
    let now = Timestamp.now
    await withCheckedContinuation { continuation in
      commands.add(
        { [code] state in
          let number = state.highestNumber + 1
          let person = ParticipantRecord(
            id: id, session: code, number: number, name: name.text, role: role, tokenHash: hash.digest,
            joinedAt: now)
          return [.add(person), .event(JournalEvent(joining: person))]
        }, then: { _ in continuation.resume() })
    }
    return members[id].map { ($0.participant, token) }
  }

  /// Somebody has joined.
  func welcome(_ id: ParticipantID) {
    guard let place = members.takeReservation(of: id), closing == nil else { return }
    add(id, tokenHash: place.tokenHash, network: place.network, hasConnected: false)
    guard place.role == .student else { return }
    tellWatchers(id)
    for teacher in teachers.values { teacher.studentCame(id) }
  }

  /// Sets up a participant that the state already contains.
  func add(
    _ id: ParticipantID, tokenHash: SecretHash, network: GuesserAddress?, hasConnected: Bool
  ) {
    guard let person = state.person(id) else { return }
    members.add(
      Members.Member(
        participant: Participant(person, at: .now), tokenHash: tokenHash, network: network,
        hasConnected: hasConnected, since: .now))
    guard person.role == .student else { return }
    let student = StudentSession(
      person, fanOut: fanOut, services: services, configuration: configuration)
    student.exam = self
    students[id] = student
    if person.pause != nil { student.pause(true) }
  }

  /// How long the least recently checked student has waited, among those who send video.
  func longestTimeUnchecked(at now: Instant) -> Duration? {
    students.values.compactMap { $0.monitor.unchecked(at: now) }.max()
  }

  /// Takes over the connection of a participant who has shown a token.
  func connect(_ id: ParticipantID, socket: WebSocketConnection) {
    // The handshake was answered after the token was checked, and much may have happened since.
    guard let member = members[id], closing == nil else { return socket.close(closing ?? .sessionEnded) }
    // The next attempt is told why.
    if member.isLeaving {
      return socket.close(code: CloseCode.tryAgain, reason: DisconnectReason.removed.rawValue)
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

  /// A participant's state has changed: what is kept, or the connection.
  func lineChanged(_ id: ParticipantID) {
    guard let person = state.person(id) else { return }
    guard let member = members[id] else {
      // Nothing is held for those who have left.
      if person.dismissal != nil { tellTeachers(.participant(Participant(person, at: .now))) }
      return
    }
    let presence = students[id]?.presence ?? Presence(member.participant.state)
    let line = Participant(person, presence: presence, at: .now)
    members.update(line)
    tellTeachers(.participant(line))
  }

  /// Ends the exam: everybody is told and every connection closes. Returns when all of it is released.
  ///
  /// - Parameter name: of the teacher who ended it, if any.
  func end(_ reason: EndReason, by name: String? = nil) async {
    guard closing == nil else { return await commands.settle() }
    let leaving = close(.sessionEnded)
    var fields = ["reason": reason.rawValue]
    fields["by"] = name
    record(.sessionEnded, about: nil, fields)
    commands.add { [code, now = Timestamp.now] _ in [.end(code, at: now)] }
    await leave(leaving, teachers: .ended(reason), students: .ended(reason))
  }

  /// The server stops, and the exam continues when it is back: pages are to reconnect.
  ///
  /// - Returns: a closure that tells everybody, and releases everything the exam uses.
  func suspend() -> @Sendable @GatewayActor () async -> Void {
    let leaving = close(.serverStops)
    return { await self.leave(leaving) }
  }

  /// The people connected when the exam closes.
  private struct Leaving {
    var students: [StudentSession]
    var sockets: [WebSocketConnection] = []
    var teachers: [TeacherConnection] = []
  }

  /// Ends every connection. The journal has it in order: who was connected until now, then that the exam is over.
  private func close(_ reason: DisconnectReason) -> Leaving {
    ticking?.cancel()
    var leaving = Leaving(students: Array(students.values))
    for student in leaving.students { student.handleAllPending() }
    closing = reason
    leaving.sockets = leaving.students.compactMap { $0.leave(reason) }
    // What was observed before but is only reported now comes too late.
    for student in leaving.students { student.exam = nil }
    leaving.teachers = Array(teachers.keys).compactMap { leaveTeacher($0, reason) }
    students = [:]
    return leaving
  }

  /// Tells those who were connected once all of it is kept, and releases what watching them uses.
  private func leave(
    _ leaving: Leaving, teachers teacherNotice: TeacherNotice? = nil,
    students studentNotice: StudentNotice? = nil
  ) async {
    await commands.settle()
    let reason = closing ?? .sessionEnded
    for socket in leaving.sockets {
      if let studentNotice { socket.send(text: WireJSON.text(studentNotice)) }
      socket.close(reason)
    }
    for connection in leaving.teachers {
      if let teacherNotice { connection.send(teacherNotice) }
      connection.close(reason)
    }
    fanOut.end()
    await withTaskGroup { group in
      for student in leaving.students { group.addTask { await student.release() } }
    }
  }
}
