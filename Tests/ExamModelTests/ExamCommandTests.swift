import Testing

@testable import ExamModel

/// What commands lead to: events, and who is told of them.
@Suite struct ExamCommandTests {
  private static let ada = ParticipantID(rawValue: "ada")
  private static let bert = ParticipantID(rawValue: "bert")
  private static let hill = ParticipantID(rawValue: "hill")
  private var exam = ExamState(SessionCode("123456")!, bounds: .live)
  private let now = Timestamp(microseconds: 1_000_000)

  init() {
    for (number, (id, role)) in [(Self.ada, Role.student), (Self.bert, .student), (Self.hill, .teacher)]
      .enumerated()
    {
      exam.apply(
        JournalEvent(
          at: now, session: exam.code, kind: .joined, participant: id, name: id.rawValue,
          fields: ["role": role.rawValue, "number": "\(number + 1)"]))
    }
  }

  /// Applies it, like an exam.
  ///
  /// - Returns: who is told what.
  @discardableResult
  private mutating func perform(_ command: ExamCommand, by actor: ParticipantID?) throws -> [ExamNotice] {
    var notices: [ExamNotice] = []
    for event in try exam.decide(command, by: actor, at: now) {
      exam.apply(event)
      notices += exam.notices(of: event)
    }
    return notices
  }

  private func refusal(of command: ExamCommand, by actor: ParticipantID) -> String? {
    do {
      _ = try exam.decide(command, by: actor, at: now)
      return nil
    } catch {
      return error.detail
    }
  }

  private mutating func raiseAlert(of student: ParticipantID) -> AlertRecord {
    let alert = exam.alerts.confirmed(
      AlertRecord(
        id: AlertID(rawValue: "a-\(student)"), student: student, kind: .faceMissing, severity: .high,
        since: now, confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
      again: false)
    exam.apply(exam.event(.alertConfirmed, about: exam.person(student), payload: .alert(alert), at: now))
    return alert
  }

  @Test mutating func aHandIsRaisedOnce() throws {
    #expect(try perform(.raiseHand, by: Self.ada) == [.line(Self.ada)])
    #expect(exam.person(Self.ada)?.handSince == now)
    #expect(try perform(.raiseHand, by: Self.ada) == [])
    #expect(
      try perform(.lowerHand(of: Self.ada), by: Self.hill)
        == [.student(Self.ada, .hand(up: false)), .line(Self.ada)])
    #expect(try perform(.lowerHand(of: Self.ada), by: Self.hill) == [])
    // The student who lowered the hand is not told.
    try perform(.raiseHand, by: Self.ada)
    #expect(try perform(.lowerHand(of: Self.ada), by: Self.ada) == [.line(Self.ada)])
    #expect(exam.person(Self.ada)?.handSince == nil)
  }

  @Test mutating func whatIsSaidReachesWhomItIsFor() throws {
    func told(_ notices: [ExamNotice]) -> [ParticipantID] {
      notices.compactMap { if case .student(let id, .chat) = $0 { id } else { nil } }
    }
    #expect(told(try perform(.say(to: .all, text: "Begin"), by: Self.hill)) == [Self.ada, Self.bert])
    #expect(told(try perform(.say(to: .participant(Self.bert), text: "Light"), by: Self.hill)) == [Self.bert])
    #expect(told(try perform(.say(to: .teachers, text: "So bright"), by: Self.hill)) == [])
    #expect(told(try perform(.say(to: .teachers, text: "Yes"), by: Self.bert)) == [Self.bert])
    #expect(exam.chat.count == 4)
    for text in ["", " \n", "\u{7}", String(repeating: "x", count: ChatMessage.maximumLength + 1)] {
      #expect(refusal(of: .say(to: .all, text: text), by: Self.hill) != nil)
    }
    #expect(
      refusal(of: .say(to: .participant(ParticipantID(rawValue: "nobody")), text: "x"), by: Self.hill)
        == "there is no student nobody in this session")
    #expect(exam.chat.count == 4)
  }

  @Test mutating func aPauseOfAllIsOfThoseWhoJoinLaterToo() throws {
    try perform(.pause(Self.bert, reason: "fire alarm"), by: Self.hill)
    #expect(exam.person(Self.bert)?.pause?.reason == "fire alarm" && exam.person(Self.ada)?.pause == nil)
    let told = try perform(.pause(nil, reason: "break"), by: Self.hill)
    #expect(told.count == 5 && told.last == .roster && told.contains(.line(Self.ada)))
    exam.apply(
      JournalEvent(
        at: now, session: exam.code, kind: .joined, participant: ParticipantID(rawValue: "late"),
        name: "late", fields: ["role": "student", "number": "4"]))
    #expect(exam.students.allSatisfy { $0.pause?.reason == "break" })
    try perform(.resume(nil), by: Self.hill)
    #expect(exam.students.allSatisfy { $0.pause == nil } && exam.pause == nil)
    #expect(exam.student(Self.hill) == nil, "a teacher is not paused")
  }

  @Test mutating func nothingMoreHappensToWhoWasRemoved() throws {
    let alert = raiseAlert(of: Self.ada)
    #expect(
      try perform(
        .dismiss([Self.ada, Self.ada, ParticipantID(rawValue: "nobody")], reason: "came twice"), by: Self.hill
      )
        == [.line(Self.ada)])
    #expect(exam.person(Self.ada)?.dismissal == Dismissal(reason: "came twice", by: "hill", at: now))
    let gone = "there is no student ada in this session"
    for command in [
      .dismiss([Self.ada], reason: "again"), .pause(Self.ada, reason: "x"), .resume(Self.ada),
      .lowerHand(of: Self.ada), .say(to: .participant(Self.ada), text: "x"),
      .accommodate(
        AccommodationRequest(
          student: Self.ada, kind: .alert(.cameraOff), effect: .mute, minutes: nil, reason: "x")),
    ] as [ExamCommand] {
      #expect(refusal(of: command, by: Self.hill) == gone)
    }
    #expect(refusal(of: .dismiss([], reason: "x"), by: Self.hill) == "students is empty")
    #expect(try perform(.pause(nil, reason: "break"), by: Self.hill).count == 3)
    #expect(exam.person(Self.ada)?.pause == nil)
    // Teachers can still look at the past.
    #expect(try perform(.acknowledge(alert.id, note: nil), by: Self.hill).count == 2)
  }

  @Test mutating func anAlertIsNotedByWhomItIsAbout() throws {
    let alert = raiseAlert(of: Self.ada)
    let refused = "there is no alert \(alert.id) about you in this session"
    #expect(refusal(of: .note(alert.id, text: "not me"), by: Self.bert) == refused)
    #expect(refusal(of: .note(alert.id, text: " "), by: Self.ada) == "the note is empty")
    try perform(.note(alert.id, text: "my pen fell"), by: Self.ada)
    let told = try perform(.acknowledge(alert.id, note: "seen"), by: Self.hill)
    let now = try #require(exam.alerts[alert.id])
    #expect(now.studentNote == "my pen fell" && now.note == "seen" && now.acknowledgedBy == "hill")
    #expect(told == [.teachers(.alert(AlertWithVerdict(now, nil))), .student(Self.ada, .alert(now))])
    #expect(
      refusal(of: .acknowledge(AlertID(rawValue: "none"), note: nil), by: Self.hill)
        == "there is no alert none in this session")
  }

  @Test mutating func theLastVerdictCountsAndIsForTeachersAlone() throws {
    let (alert, time) = (raiseAlert(of: Self.ada), now)
    func judged(_ verdict: AlertVerdict, by name: String) -> AlertWithVerdict {
      AlertWithVerdict(alert, AlertJudgement(verdict, by: name, at: time))
    }
    #expect(try perform(.judge(alert.id, nil), by: Self.hill) == [])
    #expect(
      try perform(.judge(alert.id, .right), by: Self.hill) == [.teachers(.alert(judged(.right, by: "hill")))])
    #expect(try perform(.judge(alert.id, .right), by: Self.hill) == [], "nothing new")
    let dale = ParticipantID(rawValue: "dale")
    exam.apply(
      JournalEvent(
        at: now, session: exam.code, kind: .joined, participant: dale, name: "dale",
        fields: ["role": "teacher", "number": "4"]))
    // A colleague who agrees is named.
    for verdict in [AlertVerdict.right, .wrong] {
      let notices = try perform(.judge(alert.id, verdict), by: dale)
      #expect(notices == [.teachers(.alert(judged(verdict, by: "dale")))])
      #expect(exam.alerts.judged(alert.id) == judged(verdict, by: "dale"))
    }
    // What happens to the alert changes no verdict, and the student is told the alert alone.
    let told = try perform(.acknowledge(alert.id, note: nil), by: Self.hill)
    let seen = try #require(exam.alerts[alert.id])
    #expect(
      told == [
        .teachers(.alert(AlertWithVerdict(seen, exam.alerts.judgement(of: alert.id)))),
        .student(Self.ada, .alert(seen)),
      ])
    #expect(exam.alerts.judgement(of: alert.id)?.verdict == .wrong)
    // Anybody takes it back.
    #expect(
      try perform(.judge(alert.id, nil), by: Self.hill) == [.teachers(.alert(AlertWithVerdict(seen, nil)))])
    #expect(exam.alerts.judged(alert.id) == AlertWithVerdict(seen, nil))
    #expect(
      refusal(of: .judge(AlertID(rawValue: "none"), .right), by: Self.hill)
        == "there is no alert none in this session")
  }

  /// One that the journal alone has is judged all the same, and stays there.
  @Test mutating func anAlertThatIsHeldNoMoreCanBeJudged() throws {
    let alert = AlertRecord(
      id: AlertID(rawValue: "old"), student: Self.ada, kind: .cameraOff, severity: .high, since: now,
      confidence: 1,
      thresholds: AlertThresholds(window: 0, share: 1, limit: nil, baseline: nil, cooldown: 30))
    for verdict in [.right, nil] as [AlertVerdict?] {
      let notices = try perform(.judge(alert.id, verdict, forgotten: alert), by: Self.hill)
      let judgement = verdict.map { AlertJudgement($0, by: "hill", at: now) }
      #expect(notices == [.teachers(.alert(AlertWithVerdict(alert, judgement)))])
      #expect(exam.alerts.judgement(of: alert.id) == nil && exam.alerts[alert.id] == nil)
    }
  }

  @Test(arguments: [(1441.0, 2.0), (-1, 2), (.nan, 2), (5, 0.5), (5, 11), (5, .nan)])
  func anAllowanceHasBounds(minutes: Double, factor: Double) {
    let request = AccommodationRequest(
      student: Self.ada, kind: .alert(.lookingAway), effect: .loosen, factor: factor, minutes: minutes,
      reason: "glasses")
    #expect(refusal(of: .accommodate(request), by: Self.hill) != nil)
  }

  @Test mutating func theLastAllowanceOfAKindCountsWhileItLasts() throws {
    func request(_ effect: Accommodation.Effect, minutes: Double?) -> ExamCommand {
      .accommodate(
        AccommodationRequest(
          student: Self.ada, kind: .alert(.lookingAway), effect: effect, minutes: minutes, reason: "x"))
    }
    #expect(try perform(request(.mute, minutes: nil), by: Self.hill) == [.line(Self.ada)])
    try perform(request(.loosen, minutes: 5), by: Self.hill)
    let later = now.advanced(by: .seconds(299))
    #expect(exam.person(Self.ada)?.allowances(at: later)[.alert(.lookingAway)]?.effect == .loosen)
    #expect(exam.person(Self.ada)?.allowances(at: now.advanced(by: .seconds(301))).isEmpty == true)
    try perform(request(.none, minutes: nil), by: Self.hill)
    #expect(exam.person(Self.ada)?.allowances(at: now).isEmpty == true)
  }

  @Test mutating func aStudentIsToldAllThatIsGranted() throws {
    func grant(_ amount: Int?) -> ExamCommand {
      .accommodate(
        AccommodationRequest(
          student: Self.ada, kind: .grant(.extraTime), effect: .grant, amount: amount, minutes: nil,
          reason: "reads slowly"))
    }
    for wrong in [nil, 0, -1, 601] {
      #expect(refusal(of: grant(wrong), by: Self.hill) == "the amount of extra_time is 1 to 600")
    }
    try perform(grant(10), by: Self.hill)
    let told = try perform(grant(15), by: Self.hill)
    let granted = exam.person(Self.ada)?.granted(at: now) ?? []
    #expect(granted.map(\.amount) == [15] && granted.map(\.by) == ["hill"])
    #expect(told == [.student(Self.ada, .granted(granted)), .line(Self.ada)])
    let end = AccommodationRequest(
      student: Self.ada, kind: .grant(.extraTime), effect: .none, minutes: nil, reason: "a mistake")
    #expect(
      try perform(.accommodate(end), by: Self.hill) == [.student(Self.ada, .granted([])), .line(Self.ada)])
  }

  @Test mutating func thoseWhoWereRemovedLongAgoAreForgotten() throws {
    for number in 0..<50 {
      let id = ParticipantID(rawValue: "s\(number)")
      exam.apply(
        JournalEvent(
          at: now, session: exam.code, kind: .joined, participant: id, name: "S",
          fields: ["role": "student", "number": "\(number + 4)"]))
      for event in try exam.decide(
        .dismiss([id], reason: "x"), by: Self.hill, at: now.advanced(by: .seconds(number)))
      {
        exam.apply(event)
      }
      exam.forgetRemoved(keeping: 10)
      #expect(exam.people.count <= 3 + 20 && exam.person(id)?.dismissal != nil)
    }
    #expect(exam.person(ParticipantID(rawValue: "s0")) == nil && exam.highestNumber == 53)
    for id in [Self.ada, Self.bert, Self.hill] { #expect(exam.person(id)?.id == id) }
    try perform(.raiseHand, by: Self.bert)
    #expect(exam.person(Self.bert)?.handSince == now && exam.person(Self.ada)?.handSince == nil)
  }
}
