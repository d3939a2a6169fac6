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
    var state = state
    for kept in participants where (state.person(kept.id)?.number ?? 0) == 0 {
      state.apply(JournalEvent(joining: kept))
    }
    commands.take(state)
    quota.add(bytes: journalBytes)
    conditions.quota = quota.level
    for kept in participants {
      guard let person = state.person(kept.id) else { continue }
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
        found(.blindSpot(BlindSpot(from: from, until: now, cause: .restart)), of: kept.id)
      }
    }
    commands.forgetRemoved()
    record(.sessionRestored, about: nil)
    tellWatchers()
  }
}
