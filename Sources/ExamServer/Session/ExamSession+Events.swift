import ExamModel
import WebGateway

/// How everything in an exam happens: a command is decided, its events are kept, then they take effect, and then people
/// are told.
extension ExamSession {
  /// Carries out a command.
  ///
  /// - Parameter completion: called once it is done, or with the error.
  func perform(
    _ command: ExamCommand, by actor: ParticipantID,
    then completion: @escaping CommandQueue.Completion = { _ in }
  ) {
    guard closing == nil else { return completion(Self.isOver) }
    did(command.isForAll ? 1 + Double(students.count) / 10 : 1, bytes: command.textBytes, by: actor)
    if case .judge(let alert, let verdict, _) = command, state.alerts[alert] == nil {
      judge(forgotten: alert, verdict, by: actor, then: completion)
    } else {
      carryOut(command, by: actor, then: completion)
    }
  }

  private static let isOver = WireError(why: .over, detail: "the exam is over")

  private func carryOut(
    _ command: ExamCommand, by actor: ParticipantID, then completion: @escaping CommandQueue.Completion
  ) {
    let now = Timestamp.now
    // What they wrote and what was observed about them goes into the journal first, so before this command's turn.
    if case .dismiss = command, let events = try? state.decide(command, by: actor, at: now) {
      events.compactMap(\.participant).forEach(beginRemoval)
    }
    commands.add(
      { [weak self] state throws(WireError) in
        if self?.isJournalFull == true, command.isWrittenAtWill { throw JournalQuota.refusal }
        let events = try state.decide(command, by: actor, at: now)
        let bytes = events.reduce(0) { $0 + $1.approximateBytes }
        self?.did(Double(max(events.count - 1, 0)), bytes: max(bytes - command.textBytes, 0), by: actor)
        return events.map { .event($0) }
      }, then: completion)
  }

  /// Carries out a verdict on an alert that only the journal has, where it is read. One after the other: the last one
  /// counts.
  private func judge(
    forgotten id: AlertID, _ verdict: AlertVerdict?, by actor: ParticipantID,
    then completion: @escaping CommandQueue.Completion
  ) {
    waitingLookUps += 1
    lookUps = Task { [code, before = lookUps, store = services.store] in
      await before?.value
      defer { waitingLookUps -= 1 }
      do {
        let alert = try await store.read(.lookUp) { try $0.alert(id, in: code) }
        guard closing == nil else { return completion(Self.isOver) }
        carryOut(.judge(id, verdict, forgotten: alert), by: actor, then: completion)
      } catch {
        completion(WireError(detail: "the alert \(id) cannot be looked up at the moment: \(error)"))
      }
    }
  }

  /// Verdicts that wait for the journal at most: a disk may be slow, and each holds what is to be answered.
  private static let maximumLookUps = 100

  /// How long to wait until another alert can be looked up in the journal, if the command needs that; `nil` if it may be
  /// carried out now.
  func lookUpTime(of command: ExamCommand) -> Duration? {
    guard case .judge(let alert, _, _) = command, state.alerts[alert] == nil,
      waitingLookUps >= Self.maximumLookUps
    else { return nil }
    return .seconds(1)
  }

  /// Why a command cannot be carried out at the moment, if so.
  func problem(with command: ExamCommand, by actor: ParticipantID) -> WireError? {
    do {
      _ = try state.decide(command, by: actor, at: .now)
      return nil
    } catch {
      return error
    }
  }

  /// Something happened to somebody, or to all.
  func record(
    _ kind: JournalEvent.Kind, about id: ParticipantID?, _ fields: [String: String] = [:],
    payload: JournalEvent.Payload? = nil
  ) {
    record(kind, about: id) { _ in (fields, payload) }
  }

  /// The same for something that depends on the state at its turn.
  ///
  /// - Parameter content: `nil` if nothing happened after all.
  func record(
    _ kind: JournalEvent.Kind, about id: ParticipantID?,
    _ content: @escaping (ExamState) -> (fields: [String: String], payload: JournalEvent.Payload?)?
  ) {
    let now = Timestamp.now
    commands.add { state in
      guard let (fields, payload) = content(state) else { return [] }
      return [.event(state.event(kind, about: id.flatMap(state.person), fields, payload: payload, at: now))]
    }
  }

  /// An event is kept, and takes effect.
  func happened(_ event: JournalEvent) {
    takeEffect(event)
    tell(state.notices(of: event))
    tellRemoved(event)
  }

  /// What an event changes for those who watch.
  private func takeEffect(_ event: JournalEvent) {
    switch event.kind {
    case .joined: if let id = event.participant { welcome(id) }
    case .accommodated:
      guard case .accommodation(let accommodation) = event.payload, let id = event.participant else { return }
      students[id]?.accommodate(accommodation)
    case .paused, .resumed:
      for id in event.participant.map({ [$0] }) ?? Array(students.keys) {
        students[id]?.pause(state.person(id)?.pause != nil)
      }
    case .dismissed: if let id = event.participant { release(id) }
    case .alertJudged:
      guard case .judgedAlert(let judged) = event.payload, let judgement = judged.judgement else { return }
      services.metrics.count(judgement.verdict, on: judged.alert.kind)
    default: break
    }
  }

  func tell(_ notices: [ExamNotice]) {
    for notice in notices {
      switch notice {
      case .teachers(let notice): tellTeachers(notice)
      case .student(let id, let notice): students[id]?.send(notice)
      // When everybody leaves, all are told that, and not about each one.
      case .line(let id): if closing == nil { lineChanged(id) }
      case .roster: tellTeachers(roster)
      }
    }
  }

  // MARK: Notifying

  func tellTeachers(_ notice: TeacherNotice) {
    guard !teachers.isEmpty else { return }
    let text = WireJSON.text(notice)
    for teacher in teachers.values { teacher.send(encoded: text) }
  }

  /// Tells one student, or all, who is connected and who watches closely.
  func tellWatchers(_ only: ParticipantID? = nil) {
    func names(_ ids: [ParticipantID]) -> [String] {
      Set(ids).compactMap { members[$0]?.participant }.filter { $0.role == .teacher }.map(\.name).sorted()
    }
    let present = names(Array(teachers.keys))
    for (id, student) in students where only == nil || id == only {
      let watchers = StreamSource.all.flatMap {
        fanOut.watchers(of: PictureChannel(student: id, source: $0, view: .focus))
      }
      student.tellWatchers(teachers: present, focus: names(watchers))
    }
  }

  // MARK: Limits

  /// Whether anything that people write freely is refused.
  var isJournalFull: Bool { quota.level == .full }

  /// How long to wait until a participant may do something that is kept or sent to others; `nil` if it may be done now.
  func waitingTime(of participant: ParticipantID) -> Duration? {
    members.budget(of: participant, at: .now) { $0.wait(at: .now) } ?? nil
  }

  /// A participant did something with this cost.
  func did(_ acts: Double, bytes: Int = 0, by participant: ParticipantID) {
    members.budget(of: participant, at: .now) { $0.take(acts: acts, bytes: bytes, at: .now) }
  }
}
