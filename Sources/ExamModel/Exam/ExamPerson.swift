/// What the events of an exam say about one participant.
public struct ExamPerson: Sendable, Identifiable {
  public let id: ParticipantID
  /// 0 if an old journal does not say.
  public internal(set) var number: UInt32
  public let name: String
  public let role: Role
  public let joinedAt: Timestamp
  /// When there was a connection.
  public internal(set) var connections: [ExamState.Span] = []
  /// Whether the last connection ended because the server stopped; until the server is back.
  public internal(set) var isCutOff = false
  public internal(set) var blindSpots: [BlindSpot] = []
  /// When this student's exam was paused, alone or with everybody's.
  public internal(set) var pauses: [(span: ExamState.Span, pause: Pause)] = []
  /// Every exception ever made, the oldest first; the last of each kind counts.
  public internal(set) var accommodations: [Accommodation] = []
  public internal(set) var baseline: Baseline?
  /// When the hand was raised, while it is.
  public internal(set) var handSince: Timestamp?
  /// Whether a picture stream ever began.
  public internal(set) var hasStreamed = false
  /// Whether a picture was ever decoded.
  public internal(set) var hasBeenSeen = false
  /// How the person was removed, if at all.
  public internal(set) var dismissal: Dismissal?

  init(id: ParticipantID, number: UInt32, name: String, role: Role, joinedAt: Timestamp) {
    self.id = id
    self.number = number
    self.name = name
    self.role = role
    self.joinedAt = joinedAt
  }

  /// The current pause, if any.
  public var pause: Pause? { pauses.last.flatMap { $0.span.until == nil ? $0.pause : nil } }

  /// The exceptions in force now, by kind.
  public func allowances(at now: Timestamp) -> [Accommodation.Kind: Accommodation] {
    var last: [Accommodation.Kind: Accommodation] = [:]
    for accommodation in accommodations { last[accommodation.kind] = accommodation }
    return last.filter { $0.value.isInForce(at: now) }
  }

  /// What is granted now, the oldest first.
  public func granted(at now: Timestamp) -> [Accommodation] {
    allowances(at: now).values.filter { $0.effect == .grant }.sorted { $0.at < $1.at }
  }
}
