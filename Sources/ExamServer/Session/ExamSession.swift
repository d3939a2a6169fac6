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
  private(set) var teachers: [ParticipantID: TeacherConnection] = [:]
  private var nextNumber: UInt32 = 1
  private(set) var chat = ChatRoom()
  var alerts = AlertLedger()
  /// The pause of everybody, those who join later included.
  var pause: Pause?
  private var ticking: Task<Void, Never>?
  /// Students who are to be told anew who looks closely.
  private var watchedAnew: Set<ParticipantID> = []
  /// Why nobody can connect any more.
  private var closing: (code: UInt16, reason: String)?
  private var lastHeartbeat = ContinuousClock.now
  /// When somebody was last connected.
  private var lastInUse = ContinuousClock.now
  private var storeTrouble: String?
  private var quota: JournalQuota
  /// What teachers were told of the quota last.
  private var quotaLevel = JournalQuota.Level.roomy
  /// What teachers were told of the room for pictures last.
  private var pictureRoom: (exam: RoomLevel, all: RoomLevel) = (.roomy, .roomy)
  private var isGuessed = false
  /// Pictures a second that are made for the face check.
  private(set) var analysisPace = AnalysisPace()

  var code: SessionCode { record.code }

  init(_ record: SessionRecord, services: ExamServices) {
    self.record = record
    self.services = services
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
    let wasOverloaded = analysisPace.isOverloaded
    analysisPace.update(delay: services.faces.statistics.longestDelay, at: now)
    if analysisPace.isOverloaded != wasOverloaded { tellTeachers(loadNotice) }
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
    let trouble = services.store.trouble
    if trouble != storeTrouble {
      storeTrouble = trouble
      tellTeachers(.notice(code: "store", detail: trouble))
    }
    if quota.level != quotaLevel {
      quotaLevel = quota.level
      tellTeachers(JournalQuota.notice(quotaLevel))
    }
    let room = services.store.pictureRoom(of: code)
    if room != pictureRoom {
      pictureRoom = room
      tellTeachers(.pictures(room))
    }
    if services.admission.isCodeGuessed != isGuessed {
      isGuessed.toggle()
      tellTeachers(guessingNotice)
    }
  }

  /// What a teacher who comes in must know of the server.
  private var standingNotices: [TeacherNotice] {
    var notices: [TeacherNotice] = []
    if storeTrouble != nil { notices.append(.notice(code: "store", detail: storeTrouble)) }
    if analysisPace.isOverloaded { notices.append(loadNotice) }
    if quotaLevel != .roomy { notices.append(JournalQuota.notice(quotaLevel)) }
    if pictureRoom != (.roomy, .roomy) { notices.append(.pictures(pictureRoom)) }
    if isGuessed { notices.append(guessingNotice) }
    return notices
  }

  private var guessingNotice: TeacherNotice {
    .notice(
      code: "guessing",
      detail: isGuessed
        ? "Students who type the code wait in line and may wait long. The invite link lets them in at once: please send it to those who are missing."
        : nil)
  }

  private var loadNotice: TeacherNotice {
    .notice(
      code: "load",
      detail: analysisPace.isOverloaded ? "Some students are checked less often than once a second." : nil)
  }

  /// For how long nobody has been connected.
  func idleTime(at now: ContinuousClock.Instant) -> Duration { now - lastInUse }

  // MARK: Who is in it

  func participant(_ id: ParticipantID) -> Participant? { members[id]?.participant }

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
    let participant = Participant(
      id: .random(using: &generator), number: nextNumber, name: name.text, role: role, joinedAt: .now,
      state: .left)
    let token = Secret.random(using: &generator)
    services.store.together {
      services.store.add(
        ParticipantRecord(
          id: participant.id, session: code, number: participant.number, name: participant.name, role: role,
          tokenHash: SecretHash(token).digest, joinedAt: participant.joinedAt))
      record(.joined, participant: participant, ["role": role.rawValue, "number": "\(participant.number)"])
    }
    add(
      Members.Member(
        participant: participant, tokenHash: SecretHash(token), network: GuesserAddress(address),
        hasConnected: false,
        since: .now))
    if role == .student {
      if pause != nil { students[participant.id]?.pause(pause) }
      tellWatchers(participant.id)
      for teacher in teachers.values { teacher.studentCame(participant.id) }
    }
    tellTeachers(.participant(participant))
    return (participant, token)
  }

  private func add(_ member: Members.Member) {
    let participant = member.participant
    nextNumber = max(nextNumber, participant.number + 1)
    members.add(member)
    guard participant.role == .student else { return }
    let student = StudentSession(participant: participant, fanOut: fanOut, services: services)
    student.owner = self
    students[participant.id] = student
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

  private func connectTeacher(_ id: ParticipantID, socket: WebSocketConnection) {
    leaveTeacher(id, reason: "opened in another place")?.close(
      code: CloseCode.replaced, reason: "opened in another place")
    // Before this connection is one of those who are told: the first thing it hears is its welcome.
    setState(.live, of: id)
    let connection = TeacherConnection(
      participant: id, socket: socket, fanOut: fanOut,
      maximumTileRate: services.configuration.maximumTileRate, metrics: services.metrics, owner: self)
    teachers[id] = connection
    connection.welcome(
      roster: .roster(members.roster, pause: pause, dismissed: members.dismissed), notices: standingNotices,
      beginning: beginning(student: nil)
    ) { feed($0, student: nil) }
    if let participant = members[id]?.participant {
      record(.connected, participant: participant, ["address": socket.remoteAddress])
    }
    tellWatchers()
  }

  func teacherDisconnected(_ connection: TeacherConnection) {
    guard teachers[connection.participant] === connection else { return }
    leaveTeacher(connection.participant, reason: "by peer, or lost")
    setState(.left, of: connection.participant)
    tellWatchers()
  }

  /// A teacher's connection is over, whoever ended it.
  ///
  /// - Returns: the connection, to be told why and closed; `nil` where there is none.
  @discardableResult
  private func leaveTeacher(_ id: ParticipantID, reason: String) -> TeacherConnection? {
    guard let connection = teachers.removeValue(forKey: id) else { return nil }
    if let participant = members[id]?.participant {
      record(.disconnected, participant: participant, ["reason": reason])
    }
    return connection
  }

  private func setState(_ state: PresenceState, of id: ParticipantID) {
    members.setState(state, of: id, at: .now)
    if let participant = members[id]?.participant { tellTeachers(.participant(participant)) }
  }

  /// A student's line of the roster has changed.
  func studentChanged(_ student: StudentSession) {
    let participant = student.participant
    guard members[participant.id] != nil else { return }
    members.update(participant)
    tellTeachers(.participant(participant))
  }

  /// Ends the exam: everybody is told and every connection closes. Returns when all of it is gone.
  ///
  /// - Parameter name: of the teacher who ended it, if one did.
  func end(_ reason: EndReason, by name: String? = nil) async {
    var fields = ["reason": reason.rawValue]
    fields["by"] = name
    let students = close(Self.ended, journalled: Self.ended.reason, teachers: .ended(reason), .ended(reason))
    {
      record(.sessionEnded, participant: nil, fields)
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

  // MARK: A restart

  /// How long pages get to come back after a restart before their silence counts.
  private static let grace = Duration.seconds(15)

  /// Takes the session up where the journal leaves it.
  ///
  /// - Parameter downSince: when the server before this one was last known to be alive.
  func restore(
    _ participants: [ParticipantRecord], _ history: SessionHistory, journalBytes: Int, downSince: Timestamp?
  ) {
    let now = Timestamp.now
    nextNumber = history.highestNumber + 1
    quota.add(bytes: journalBytes)
    quotaLevel = quota.level
    alerts = AlertLedger(restoring: history.alerts)
    for message in history.chat { chat.add(message) }
    pause = history.pause
    for kept in participants {
      let participant = Participant(
        id: kept.id, number: kept.number, name: kept.name, role: kept.role, joinedAt: kept.joinedAt,
        state: .left)
      let person = history.person(kept.id)
      if let dismissal = person?.dismissal {
        var gone = participant
        gone.dismissed = dismissal
        nextNumber = max(nextNumber, gone.number + 1)
        members.remember(dismissed: gone, tokenHash: SecretHash(digest: kept.tokenHash))
        continue
      }
      // Who never came before the restart gets the time to do so anew, and no more.
      add(
        Members.Member(
          participant: participant, tokenHash: SecretHash(digest: kept.tokenHash), network: nil,
          hasConnected: person?.connections.isEmpty == false, since: .now))
      guard let person, let student = students[kept.id] else { continue }
      student.restore(person, alerts: alerts.about(kept.id), grace: Self.grace)
      members.update(student.participant)
      // Who was there when the server went was not looked at from then on.
      let last = person.connections.last
      let lost = last?.until == nil ? downSince : person.isCutOff ? last?.until : nil
      if let from = lost, last != nil, from < now {
        self.student(student, wasUnseen: BlindSpot(from: from, until: now, cause: .restart))
      }
    }
    services.recorder.record(JournalEvent(at: now, session: code, kind: .sessionRestored))
    tellWatchers()
  }

  // MARK: Telling

  func tellTeachers(_ notice: TeacherNotice) {
    guard !teachers.isEmpty else { return }
    let text = WireJSON.text(notice)
    for teacher in teachers.values { teacher.send(encoded: text) }
  }

  /// Tells one student, or all, who is there and who looks closely.
  private func tellWatchers(_ only: ParticipantID? = nil) {
    func names(_ ids: some Sequence<ParticipantID>) -> [String] {
      Set(ids).compactMap { members[$0]?.participant }.filter { $0.role == .teacher }.map(\.name).sorted()
    }
    let present = names(teachers.keys)
    for (id, student) in students where only == nil || id == only {
      student.tellWatchers(
        teachers: present, focus: names(fanOut.watchers(of: PictureChannel(student: id, view: .focus))))
    }
  }

  /// Keeps an event.
  ///
  /// - Parameter actor: the participant who did it, where somebody did: it takes from what he or she may do.
  func record(
    _ kind: JournalEvent.Kind, participant: Participant?, _ fields: [String: String] = [:],
    payload: JournalEvent.Payload? = nil, by actor: ParticipantID? = nil
  ) {
    let event = JournalEvent(
      at: .now, session: code, kind: kind, participant: participant?.id, name: participant?.name,
      fields: fields, payload: payload)
    let bytes = event.approximateBytes
    quota.add(bytes: bytes)
    if let actor { did(1, bytes: bytes, by: actor) }
    services.recorder.record(event)
  }

  // MARK: How much somebody may do

  /// How long to wait until a participant may do something that is kept or told to others; `nil` if it may be done now.
  /// Whether what people write at will is refused.
  var isJournalFull: Bool { quota.level == .full }

  func waitingTime(of participant: ParticipantID) -> Duration? {
    members.budget(of: participant, at: .now) { $0.wait(at: .now) } ?? nil
  }

  /// A participant did something that costs so much.
  func did(_ acts: Double, bytes: Int = 0, by participant: ParticipantID) {
    members.budget(of: participant, at: .now) { $0.take(acts: acts, bytes: bytes, at: .now) }
  }

  /// What is told to everybody costs more than what is told to one.
  var costOfAll: Double { Double(students.count) / 10 }

  func say(_ message: ChatMessage) {
    let to = WireJSON.text(message.to).trimmingPrefix("\"").dropLast()
    record(
      .chat, participant: members[message.from]?.participant, ["to": String(to), "text": message.text],
      payload: .chat(message), by: message.from)
    if message.to == .students || message.to == .all { did(costOfAll, by: message.from) }
    let number = chat.add(message)
    tellTeachers(.chat(message, number: number, history: false))
    for (id, student) in students where message.isVisible(toStudent: id) {
      student.send(message.notice(number: number, history: false))
    }
  }
}
