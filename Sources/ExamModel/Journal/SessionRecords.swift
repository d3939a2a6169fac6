/// A session as stored, besides its events.
public struct SessionRecord: Sendable, Hashable {
  public let code: SessionCode
  public let title: String
  public let createdAt: Timestamp
  /// SHA-256 of the key with which further teachers join, in hexadecimal.
  public let teacherKeyHash: String
  /// SHA-256 of the secret in the link for students, in hexadecimal; `nil` for a session older than that feature.
  public let inviteHash: String?
  /// `nil` while it is running.
  public var endedAt: Timestamp?
  /// Why it ended, according to its journal; `nil` while it is running.
  public var endReason: EndReason?

  public init(
    code: SessionCode, title: String, createdAt: Timestamp, teacherKeyHash: String,
    inviteHash: String? = nil, endedAt: Timestamp? = nil, endReason: EndReason? = nil
  ) {
    self.code = code
    self.title = title
    self.createdAt = createdAt
    self.teacherKeyHash = teacherKeyHash
    self.inviteHash = inviteHash
    self.endedAt = endedAt
    self.endReason = endReason
  }
}

/// A participant as stored: what the server needs after a restart to recognise the token.
public struct ParticipantRecord: Sendable, Hashable, Identifiable {
  public let id: ParticipantID
  public let session: SessionCode
  public let number: UInt32
  public let name: String
  public let role: Role
  /// SHA-256 of the participant's token, in hexadecimal.
  public let tokenHash: String
  public let joinedAt: Timestamp

  public init(
    id: ParticipantID, session: SessionCode, number: UInt32, name: String, role: Role, tokenHash: String,
    joinedAt: Timestamp
  ) {
    self.id = id
    self.session = session
    self.number = number
    self.name = name
    self.role = role
    self.tokenHash = tokenHash
    self.joinedAt = joinedAt
  }
}

/// What was erased, when and why: the evidence that remains of a session whose data are gone. It names nobody.
public struct ErasureReceipt: Sendable, Hashable, Codable {
  public enum Reason: String, Sendable, Codable {
    /// Older than the retention time.
    case retention
    /// A teacher of the session requested it.
    case request
  }

  public let at: Timestamp
  public let session: SessionCode
  public let reason: Reason
  public let participants: Int
  public let events: Int
  public let pictures: Int

  public init(
    at: Timestamp, session: SessionCode, reason: Reason, participants: Int, events: Int, pictures: Int
  ) {
    self.at = at
    self.session = session
    self.reason = reason
    self.participants = participants
    self.events = events
    self.pictures = pictures
  }
}
