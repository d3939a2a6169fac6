import ExamModel
import WebGateway

/// What teachers' connections ask of the exam. Each answers with what is wrong with it, if anything.
extension ExamSession: TeacherConnectionOwner {
  var studentIDs: [ParticipantID] { Array(students.keys) }

  func teacher(_ teacher: ParticipantID, wrote text: String, to recipient: ChatRecipient) -> WireError? {
    if let problem = ChatRoom.problem(with: text) { return problem }
    if case .participant(let id) = recipient, students[id] == nil { return .noStudent(id) }
    guard let from = participant(teacher) else { return nil }
    say(ChatMessage(from: from.id, name: from.name, role: .teacher, to: recipient, text: text, at: .now))
    return nil
  }

  func teacher(_ teacher: ParticipantID, acknowledged alert: AlertID, note: String?) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    if let note, let problem = ChatRoom.problem(with: note, what: "the note") { return problem }
    guard let changed = alerts.acknowledge(alert, by: participant.name, note: note) else {
      return WireError(detail: "there is no alert \(alert) in this session")
    }
    var fields = [
      "kind": changed.kind.rawValue, "alert": alert.rawValue, "student": changed.student.rawValue,
    ]
    fields["note"] = note
    record(.alertAcknowledged, participant: participant, fields, payload: .alert(changed), by: teacher)
    tell(changed)
    return nil
  }

  func teacher(_ teacher: ParticipantID, asks request: AccommodationRequest) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    guard let student = students[request.student] else { return .noStudent(request.student) }
    if let minutes = request.minutes, !(0...1440).contains(minutes) {
      return WireError(detail: "minutes is 0 to 1440, or absent for good, not \(minutes)")
    }
    guard Accommodation.factors.contains(request.factor) else {
      return WireError(detail: "factor is 1 to 10, not \(request.factor)")
    }
    if let problem = ChatRoom.problem(with: request.reason, what: "the reason") { return problem }
    let accommodation = Accommodation(
      kind: request.kind, effect: request.effect, factor: request.factor,
      until: request.minutes.map { Timestamp.now.advanced(by: .seconds($0 * 60)) }, reason: request.reason,
      by: participant.name, at: .now)
    record(
      .accommodated, participant: student.participant,
      [
        "kind": request.kind.rawValue, "effect": request.effect.rawValue, "factor": "\(request.factor)",
        "until": accommodation.until.map { "\($0)" } ?? "for good", "reason": request.reason,
        "by": participant.name,
      ], payload: .accommodation(accommodation), by: teacher)
    student.accommodate(accommodation)
    return nil
  }

  func teacher(_ teacher: ParticipantID, pauses student: ParticipantID?, reason: String) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    if let problem = ChatRoom.problem(with: reason, what: "the reason") { return problem }
    let pause = Pause(reason: reason, by: participant.name, at: .now)
    return change(pause, of: student, .paused, ["reason": reason, "by": participant.name], by: teacher)
  }

  func teacher(_ teacher: ParticipantID, resumes student: ParticipantID?) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    return change(nil, of: student, .resumed, ["by": participant.name], by: teacher)
  }

  private func change(
    _ pause: Pause?, of student: ParticipantID?, _ kind: JournalEvent.Kind, _ fields: [String: String],
    by teacher: ParticipantID
  ) -> WireError? {
    let payload = pause.map { JournalEvent.Payload.pause($0) }
    guard let student else {
      record(kind, participant: nil, fields, payload: payload, by: teacher)
      did(costOfAll, by: teacher)
      self.pause = pause
      for session in students.values { session.pause(pause) }
      tellTeachers(.roster(members.roster, pause: pause, dismissed: members.dismissed))
      return nil
    }
    guard let session = students[student] else { return .noStudent(student) }
    record(kind, participant: session.participant, fields, payload: payload, by: teacher)
    session.pause(pause)
    return nil
  }

  func teacher(_ teacher: ParticipantID, lowersHandOf student: ParticipantID) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    guard let session = students[student] else { return .noStudent(student) }
    did(1, by: teacher)
    session.raiseHand(false, by: participant.name)
    return nil
  }
}

extension WireError {
  static func noStudent(_ id: ParticipantID) -> WireError {
    WireError(detail: "there is no student \(id) in this session")
  }
}
