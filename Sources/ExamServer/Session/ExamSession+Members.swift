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
      makeRoom(id, "The exam was full, and your page had not sent a picture. You can join once more.")
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
        .uploadRefused, about: id,
        [
          "code": "too_many_connections", "detail": "connected again and again; some tries were refused",
          "count": "\(count)",
        ])
    }
    return wait
  }

  /// Takes back the place of somebody who never came. What the journal tells of this one stays.
  private func forget(_ id: ParticipantID) {
    members.remove(id)
    commands.add { [code] _ in [.remove(id, from: code)] }
    makeRoom(id, "The exam was full.")
  }

  private func makeRoom(_ id: ParticipantID, _ reason: String) {
    showOut(id)
    record(
      .dismissed, about: id, ["reason": reason],
      payload: .dismissal(Dismissal(reason: reason, by: nil, at: .now)))
  }

  /// Somebody is about to be removed for good: the place is free, and what was written and seen until now comes into the
  /// journal first.
  func showOut(_ id: ParticipantID) {
    members.showOut(id)
    guard let student = students[id] else { return }
    student.hearLastWords()
    leaving[id] = student.leave(reason: "removed") ?? leaving[id]
    // What stands is over, as with a pause: nobody can be asked about it any more.
    student.pause(true)
    // What was seen before and is told only now comes too late.
    student.exam = nil
  }

  /// Nobody looks at this one any more, and nothing is kept ready.
  func letGo(_ id: ParticipantID) {
    if let member = members.remove(id), let person = state.person(id) {
      members.remember(dismissed: Participant(person, at: .now), tokenHash: member.tokenHash)
    }
    fanOut.end(id)
    if let student = removeStudent(id) { Task { await student.letGo() } }
  }

  /// Tells somebody who was removed why; the token is void by now.
  func farewell(_ event: JournalEvent) {
    guard case .dismissal(let dismissal) = event.payload, let id = event.participant else { return }
    commands.forgetRemoved()
    guard let socket = leaving.removeValue(forKey: id) else { return }
    socket.send(text: WireJSON.text(StudentNotice.dismissed(dismissal)))
    socket.close(code: CloseCode.dismissed, reason: "removed from the exam")
  }
}
