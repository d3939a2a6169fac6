import ExamModel

/// How an exam goes on after a restart of the server.
extension ExamSession {
  /// How long pages get to come back after a restart before their silence counts.
  private static let grace = Duration.seconds(15)

  /// Takes the session up where the journal leaves it.
  ///
  /// - Parameter downSince: when the server before this one was last known to be alive.
  func restore(
    _ participants: [ParticipantRecord], _ state: ExamState, journalBytes: Int, downSince: Timestamp?
  ) {
    let now = Timestamp.now
    self.state = state
    quota.add(bytes: journalBytes)
    conditions.quota = quota.level
    for kept in participants {
      if (self.state.person(kept.id)?.number ?? 0) == 0 {
        self.state.apply(
          joining(kept.id, number: kept.number, name: kept.name, role: kept.role, at: kept.joinedAt))
      }
      guard let person = self.state.person(kept.id) else { continue }
      let tokenHash = SecretHash(digest: kept.tokenHash)
      guard person.dismissal == nil else {
        members.remember(dismissed: Participant(person, at: now), tokenHash: tokenHash)
        continue
      }
      // Who never came before the restart gets the time to do so anew, and no more.
      add(kept.id, tokenHash: tokenHash, network: nil, hasConnected: !person.connections.isEmpty)
      guard let student = students[kept.id] else { continue }
      student.restore(person, alerts: state.alerts.about(kept.id), grace: Self.grace)
      // Who was there when the server went was not looked at from then on.
      let last = person.connections.last
      let lost = last?.until == nil ? downSince : person.isCutOff ? last?.until : nil
      if let from = lost, last != nil, from < now {
        self.student(student, found: .blindSpot(BlindSpot(from: from, until: now, cause: .restart)))
      }
    }
    self.state.forgetRemoved(keeping: Members.rememberedDismissals)
    record(.sessionRestored, about: nil)
    tellWatchers()
  }
}
