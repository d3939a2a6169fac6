/// One thing that happened in a session, as the journal keeps it.
public struct JournalEvent: Sendable, Codable, Hashable {
  public enum Kind: String, Sendable, Codable, Hashable {
    case sessionCreated = "session_created"
    case sessionEnded = "session_ended"
    case joined, connected, disconnected
    case alertConfirmed = "alert_confirmed"
    case alertAcknowledged = "alert_acknowledged"
    case alertCleared = "alert_cleared"
    case chat
    /// A teacher muted one kind of alert of one student.
    case muted
    case handUp = "hand_up"
    case handDown = "hand_down"
    /// The server could not use what a student sent.
    case uploadRefused = "upload_refused"
    /// What GStreamer said of a student's stream.
    case pipelineWarning = "pipeline_warning"
    /// The server itself did not look for a while.
    case blindSpot = "blind_spot"
    /// A student began to send pictures.
    case streamBegan = "stream_began"
  }

  public let at: Timestamp
  public let session: SessionCode
  public let kind: Kind
  /// Whom it is about.
  public let participant: ParticipantID?
  public let name: String?
  /// What there is to know beyond that, by field name.
  public let fields: [String: String]

  public init(
    at: Timestamp, session: SessionCode, kind: Kind, participant: ParticipantID? = nil, name: String? = nil,
    fields: [String: String] = [:]
  ) {
    self.at = at
    self.session = session
    self.kind = kind
    self.participant = participant
    self.name = name
    self.fields = fields
  }
}

/// Where the events of sessions are kept.
public protocol EventJournal: Sendable {
  /// Takes an event; when this returns it is kept as well as this journal keeps anything.
  func append(_ event: JournalEvent)

  /// The events of one session, the oldest first.
  func events(of session: SessionCode) -> [JournalEvent]

  /// Lets go of the events of a session that is over and that nobody can ask for any more.
  func forget(_ session: SessionCode)
}
