import ExamModel
import WebGateway

/// Who may come in, who makes room, and who is removed.
extension ExamSession {
  /// Whether one more may join; where the session is full, whoever is least entitled to a place makes room.
  func makesRoom(for role: Role, newcomerFrom address: String) -> Bool {
    guard members.isFull(for: role) else { return true }
    guard let id = members.leastEntitled(role, newcomerFrom: address, at: .now), let member = members[id]
    else { return false }
    if role == .student, member.hasConnected {
      dismiss(
        [id], reason: "The exam was full, and your page had not sent a picture. You can join once more.",
        by: nil)
    } else {
      forget(id)
    }
    return true
  }

  /// How long somebody who connects again and again has to wait; that is journalled now and then. `nil`: not at all.
  func connectionWait(of id: ParticipantID) -> Duration? {
    guard let wait = members.connectionWait(of: id, at: .now) else { return nil }
    if let count = members.refusedConnection(of: id, at: .now) {
      record(
        .uploadRefused, participant: participant(id),
        [
          "code": "too_many_connections", "detail": "connected again and again; some tries were refused",
          "count": "\(count)",
        ])
    }
    return wait
  }

  /// Takes back the place of somebody who is not connected. What the journal tells of this one stays.
  private func forget(_ id: ParticipantID) {
    guard var participant = members.remove(id)?.participant else { return }
    services.store.remove(id, from: code)
    takeOut(id)
    participant.dismissed = Dismissal(reason: "The exam was full.", by: nil, at: .now)
    tellTeachers(.participant(participant))
  }

  /// Removes students for good: their alerts end, their tokens are void, and they are told why.
  ///
  /// - Parameter by: the teacher's name; `nil` where the server does it.
  func dismiss(_ ids: [ParticipantID], reason: String, by name: String?) {
    let dismissal = Dismissal(reason: reason, by: name, at: .now)
    for id in ids {
      guard let student = students[id] else { continue }
      student.hearLastWords()
      let socket = student.leave(reason: "removed")
      student.participant.hand = false
      student.participant.handSince = nil
      student.participant.dismissed = dismissal
      // What stands is over, as with a pause: nobody can be asked about it any more.
      student.monitor.pause()
      var fields = ["reason": reason]
      fields["by"] = name
      record(.dismissed, participant: student.participant, fields, payload: .dismissal(dismissal))
      if let member = members.remove(id) {
        members.remember(dismissed: student.participant, tokenHash: member.tokenHash)
      }
      takeOut(id)
      socket?.send(text: WireJSON.text(StudentNotice.dismissed(dismissal)))
      socket?.close(code: CloseCode.dismissed, reason: "removed from the exam")
      tellTeachers(.participant(student.participant))
    }
  }

  /// Nobody looks at this one any more, and nothing is kept ready.
  private func takeOut(_ id: ParticipantID) {
    fanOut.end(id)
    guard let student = removeStudent(id) else { return }
    student.owner = nil
    Task { await student.letGo() }
  }

  func teacher(_ teacher: ParticipantID, dismisses students: [ParticipantID], reason: String) -> WireError? {
    guard let participant = participant(teacher) else { return nil }
    if let problem = ChatRoom.problem(with: reason, what: "the reason") { return problem }
    let known = students.filter { self.students[$0] != nil }
    // Of several some may have gone by themselves meanwhile.
    guard !known.isEmpty else {
      return students.first.map { .noStudent($0) } ?? WireError(detail: "students is empty")
    }
    did(Double(known.count), by: teacher)
    dismiss(known, reason: reason, by: participant.name)
    return nil
  }
}
