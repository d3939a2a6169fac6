import ExamModel
import WebGateway

/// Who may come in, who makes room, and who is removed.
extension ExamSession {
  /// Whether one more may join; if the session is full, the one with the weakest claim to a place makes room.
  func makesRoom(for role: Role, newcomerFrom address: String) -> Bool {
    guard members.isFull(for: role) else { return true }
    guard let id = members.leastEntitled(role, newcomerFrom: address, at: .now), let member = members[id]
    else { return false }
    if role == .student, member.hasConnected {
      makeRoom(id, .unseen)
    } else {
      forget(id)
    }
    return true
  }

  /// How long somebody who reconnects again and again has to wait; journalled occasionally. `nil`: not at all.
  func connectionWait(of id: ParticipantID) -> Duration? {
    guard let wait = members.connectionWait(of: id, at: .now) else { return nil }
    if let count = members.refusedConnection(of: id, at: .now) {
      record(.uploadRefused, about: id, ["code": "too_many_connections", "count": "\(count)"])
    }
    return wait
  }

  /// Frees the place of somebody whose joining was undone. What the journal says about this one stays.
  private func forget(_ id: ParticipantID) {
    members.remove(id)
    commands.add { [code] _ in [.remove(id, from: code)] }
    makeRoom(id, .absent)
  }

  private func makeRoom(_ id: ParticipantID, _ cause: Dismissal.Cause) {
    beginRemoval(id)
    let dismissal = Dismissal(cause: cause, at: .now)
    record(.dismissed, about: id, ["cause": cause.rawValue], payload: .dismissal(dismissal))
  }

  /// Somebody is about to be removed for good: the place is free, and what was written and observed until now goes into
  /// the journal first.
  func beginRemoval(_ id: ParticipantID) {
    members.beginRemoval(id)
    guard let student = students[id] else { return }
    student.handleAllPending()
    leaving[id] = student.leave(.removed) ?? leaving[id]
    // Open alerts end, as with a pause: nobody can be asked about them any more.
    student.pause(true)
    // What was observed before but is only reported now comes too late.
    student.exam = nil
  }

  /// This one is no longer observed, and nothing is kept ready.
  func release(_ id: ParticipantID) {
    if let member = members.remove(id), let person = state.person(id) {
      members.remember(dismissed: Participant(person, at: .now), tokenHash: member.tokenHash)
    }
    fanOut.end(id)
    if let student = students.removeValue(forKey: id) { Task { await student.release() } }
  }

  /// Tells somebody who was removed why; the token is already void.
  func tellRemoved(_ event: JournalEvent) {
    guard case .dismissal(let dismissal) = event.payload, let id = event.participant else { return }
    commands.forgetRemoved()
    guard let socket = leaving.removeValue(forKey: id) else { return }
    socket.send(text: WireJSON.text(StudentNotice.dismissed(dismissal)))
    socket.close(.removed)
  }
}
