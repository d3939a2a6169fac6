import ExamModel

/// How an exam continues after a restart of the server.
extension ExamSession {
  /// How long pages have to reconnect after a restart before their silence counts.
  private static let grace = Duration.seconds(15)

  /// Resumes the session where the journal ends.
  ///
  /// - Parameter downSince: when the previous server was last known to be alive.
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
      // Those who never connected before the restart get the time to do so again, and no more.
      add(kept.id, tokenHash: tokenHash, network: nil, hasConnected: !person.connections.isEmpty)
      guard let student = students[kept.id] else { continue }
      student.restore(person, alerts: state.alerts.about(kept.id), grace: Self.grace)
      // Those who were connected when the server stopped have not been observed since.
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
