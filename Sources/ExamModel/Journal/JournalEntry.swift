/// One thing to be kept, self-contained, so that it can wait for a disk that is full.
public enum JournalEntry: Sendable {
  case create(SessionRecord)
  case add(ParticipantRecord)
  /// Forgets a participant whose join was undone; the events stay.
  case remove(ParticipantID, from: SessionCode)
  /// The journal only ever grows: nothing changes an event once it is written.
  case event(JournalEvent)
  case end(SessionCode, at: Timestamp)

  public var session: SessionCode {
    switch self {
    case .create(let session): session.code
    case .add(let person): person.session
    case .remove(_, let session), .end(let session, _): session
    case .event(let event): event.session
    }
  }
}

extension JournalEntry: CustomStringConvertible {
  /// Names no person: it goes into the log.
  public var description: String {
    switch self {
    case .create(let session): "session \(session.code)"
    case .add(let person): "participant \(person.id) of session \(person.session)"
    case .remove(let participant, let session):
      "the removal of participant \(participant) of session \(session)"
    case .event(let event): "event \(event.kindName) of session \(event.session)"
    case .end(let session, _): "the end of session \(session)"
    }
  }
}
