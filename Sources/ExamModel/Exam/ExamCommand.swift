/// A request to change something in an exam.
public enum ExamCommand: Sendable, Hashable {
  case say(to: ChatRecipient, text: String)
  case acknowledge(AlertID, note: String?)
  /// Whether an alert was right; `nil` takes that back.
  ///
  /// - Parameter forgotten: the alert, from the journal, if the exam no longer holds it.
  case judge(AlertID, AlertVerdict?, forgotten: AlertRecord? = nil)
  /// The student's comment on one of his or her own alerts.
  case note(AlertID, text: String)
  case accommodate(AccommodationRequest)
  /// `nil`: all students.
  case pause(ParticipantID?, reason: String)
  case resume(ParticipantID?)
  case raiseHand
  /// By the student, or by a teacher who has responded.
  case lowerHand(of: ParticipantID)
  case dismiss([ParticipantID], reason: String)

  /// Whether it is for everybody, which costs more than what goes to one.
  public var isForAll: Bool {
    switch self {
    case .say(.students, _), .say(.all, _), .pause(nil, _), .resume(nil): true
    default: false
    }
  }

  /// Whether it adds text to the journal that the exam can do without.
  public var isWrittenAtWill: Bool {
    switch self {
    case .say, .accommodate, .note: true
    case .acknowledge(_, let note): note != nil
    default: false
    }
  }

  /// What a person wrote, in bytes: known before the command is decided.
  public var textBytes: Int {
    switch self {
    case .say(_, let text), .note(_, let text), .pause(_, let text), .dismiss(_, let text): text.utf8.count
    case .acknowledge(_, let note): note?.utf8.count ?? 0
    case .accommodate(let request): request.reason.utf8.count
    case .judge, .resume, .raiseHand, .lowerHand: 0
    }
  }
}

extension ExamState {
  /// Decides what a command leads to. Nothing has happened until the events are kept.
  ///
  /// - Parameters:
  ///   - actor: who requests it; `nil`: the server.
  ///   - now: the events' time.
  /// - Returns: the events, in order; none if nothing would change.
  /// - Throws: what is wrong with the command, for its sender.
  public func decide(
    _ command: ExamCommand, by actor: ParticipantID?, at now: Timestamp
  ) throws(WireError) -> [JournalEvent] {
    let actor = actor.flatMap(person)
    switch command {
    case .say(let to, let text): return [try say(text, to: to, by: actor, at: now)]
    case .acknowledge(let alert, let note): return [try acknowledge(alert, note: note, by: actor, at: now)]
    case .judge(let alert, let verdict, let forgotten):
      return try judge(alert, verdict, forgotten: forgotten, by: actor, at: now)
    case .note(let alert, let text): return [try note(text, on: alert, by: actor, at: now)]
    case .accommodate(let request): return [try accommodate(request, by: actor, at: now)]
    case .pause(let student, let reason):
      try WrittenText.check(reason, what: "the reason")
      let pause = Pause(reason: reason, by: actor?.name ?? "", at: now)
      return [
        try change(.paused, of: student, ["reason": reason, "by": pause.by], payload: .pause(pause), at: now)
      ]
    case .resume(let student):
      return [try change(.resumed, of: student, ["by": actor?.name ?? ""], payload: nil, at: now)]
    case .raiseHand:
      guard let actor, actor.role == .student, actor.handSince == nil else { return [] }
      return [event(.handUp, about: actor, at: now)]
    case .lowerHand(let id):
      let student = try present(id)
      guard student.handSince != nil else { return [] }
      let by = actor.flatMap { $0.id == id ? nil : $0.name }
      return [event(.handDown, about: student, by.map { ["by": $0] } ?? [:], at: now)]
    case .dismiss(let ids, let reason): return try dismiss(ids, reason: reason, by: actor, at: now)
    }
  }

  /// An event of this exam.
  ///
  /// - Parameter person: who it is about.
  public func event(
    _ kind: JournalEvent.Kind, about person: ExamPerson?, _ fields: [String: String] = [:],
    payload: JournalEvent.Payload? = nil, at now: Timestamp
  ) -> JournalEvent {
    JournalEvent(
      at: now, session: code, kind: kind, participant: person?.id, name: person?.name, fields: fields,
      payload: payload)
  }

  private func present(_ id: ParticipantID) throws(WireError) -> ExamPerson {
    guard let student = student(id) else {
      throw WireError(why: .unknownStudent, detail: "there is no student \(id) in this session")
    }
    return student
  }

  private func say(
    _ text: String, to: ChatRecipient, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> JournalEvent {
    try WrittenText.check(text, what: "the chat message")
    if case .participant(let id) = to { _ = try present(id) }
    guard let actor else { throw WireError(detail: "whoever says this is not in this session") }
    let message = ChatMessage(
      from: actor.id, name: actor.name, role: actor.role, to: to, text: text, at: now)
    return event(.chat, about: actor, ["to": to.text, "text": text], payload: .chat(message), at: now)
  }

  private func acknowledge(
    _ id: AlertID, note: String?, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> JournalEvent {
    if let note { try WrittenText.check(note, what: "the note") }
    guard let alert = alerts.acknowledged(id, by: actor?.name ?? "", note: note) else {
      throw WireError(why: .unknownAlert, detail: "there is no alert \(id) in this session")
    }
    var fields = ["kind": alert.kind.rawValue, "alert": id.rawValue, "student": alert.student.rawValue]
    fields["note"] = note
    return event(.alertAcknowledged, about: actor, fields, payload: .alert(alert), at: now)
  }

  private func judge(
    _ id: AlertID, _ verdict: AlertVerdict?, forgotten: AlertRecord?, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> [JournalEvent] {
    guard let alert = alerts[id] ?? forgotten else {
      throw WireError(why: .unknownAlert, detail: "there is no alert \(id) in this session")
    }
    let name = actor?.name ?? ""
    let before = alerts.judgement(of: id)
    let isAsBefore = before?.verdict == verdict && (before?.by == name || verdict == nil)
    // What was said of one that is no longer held is not known here.
    if alerts[id] != nil, isAsBefore { return [] }
    let judged = AlertWithVerdict(alert, verdict.map { AlertJudgement($0, by: name, at: now) })
    let fields = [
      "kind": alert.kind.rawValue, "alert": id.rawValue, "student": alert.student.rawValue,
      "verdict": verdict?.rawValue ?? "none",
    ]
    return [event(.alertJudged, about: actor, fields, payload: .judgedAlert(judged), at: now)]
  }

  private func note(
    _ text: String, on id: AlertID, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> JournalEvent {
    try WrittenText.check(text, what: "the note")
    guard let alert = actor.flatMap({ alerts.noted(id, by: $0.id, text: text) }) else {
      throw WireError(why: .unknownAlert, detail: "there is no alert \(id) about you in this session")
    }
    return event(
      .alertNoted, about: actor, ["alert": id.rawValue, "note": text], payload: .alert(alert), at: now)
  }

  private func accommodate(
    _ request: AccommodationRequest, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> JournalEvent {
    let student = try present(request.student)
    if let minutes = request.minutes, !(0...1440).contains(minutes) {
      throw WireError(detail: "minutes is 0 to 1440, or absent for good, not \(minutes)")
    }
    guard Accommodation.factors.contains(request.factor) else {
      throw WireError(detail: "factor is 1 to 10, not \(request.factor)")
    }
    if request.effect == .grant, case .grant(let grant) = request.kind {
      try grant.check(request.amount)
    }
    try WrittenText.check(request.reason, what: "the reason")
    let accommodation = Accommodation(
      kind: request.kind, effect: request.effect, factor: request.factor, amount: request.amount,
      until: request.minutes.map { now.advanced(by: .seconds($0 * 60)) }, reason: request.reason,
      by: actor?.name ?? "", at: now)
    var fields = [
      "kind": request.kind.rawValue, "effect": request.effect.rawValue, "factor": "\(request.factor)",
      "reason": request.reason, "by": accommodation.by,
    ]
    fields["until"] = accommodation.until.map { "\($0)" }
    fields["amount"] = request.amount.map { "\($0)" }
    return event(.accommodated, about: student, fields, payload: .accommodation(accommodation), at: now)
  }

  /// - Parameter id: `nil`: all students.
  private func change(
    _ kind: JournalEvent.Kind, of id: ParticipantID?, _ fields: [String: String],
    payload: JournalEvent.Payload?, at now: Timestamp
  ) throws(WireError) -> JournalEvent {
    var student: ExamPerson?
    if let id { student = try present(id) }
    return event(kind, about: student, fields, payload: payload, at: now)
  }

  private func dismiss(
    _ ids: [ParticipantID], reason: String, by actor: ExamPerson?, at now: Timestamp
  ) throws(WireError) -> [JournalEvent] {
    try WrittenText.check(reason, what: "the reason")
    var seen: Set<ParticipantID> = []
    let students = ids.filter { seen.insert($0).inserted }.compactMap(student)
    // Some of several may have left meanwhile.
    guard !students.isEmpty else {
      if let id = ids.first { _ = try present(id) }
      throw WireError(detail: "students is empty")
    }
    let dismissal = Dismissal(reason: reason, by: actor?.name, at: now)
    var fields = ["reason": reason]
    fields["by"] = actor?.name
    return students.map { event(.dismissed, about: $0, fields, payload: .dismissal(dismissal), at: now) }
  }
}
