/// Who a chat message is for.
public enum ChatRecipient: Sendable, Hashable, Codable {
  /// One student; all teachers see it.
  case participant(ParticipantID)
  case students
  case teachers
  case all

  /// As written on the wire and in the journal.
  public var text: String {
    switch self {
    case .participant(let id): id.rawValue
    case .students: "students"
    case .teachers: "teachers"
    case .all: "all"
    }
  }

  public init(from decoder: any Decoder) throws {
    switch try decoder.singleValueContainer().decode(String.self) {
    case "students": self = .students
    case "teachers": self = .teachers
    case "all": self = .all
    case let id: self = .participant(ParticipantID(rawValue: id))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// One line of chat.
public struct ChatMessage: Sendable, Hashable, Codable {
  /// Longest text, in characters.
  public static let maximumLength = 2000

  public let from: ParticipantID
  public let name: String
  public let role: Role
  public let to: ChatRecipient
  public let text: String
  public let at: Timestamp

  public init(
    from: ParticipantID, name: String, role: Role, to: ChatRecipient, text: String, at: Timestamp
  ) {
    self.from = from
    self.name = name
    self.role = role
    self.to = to
    self.text = text
    self.at = at
  }

  /// Whether `student` may read this message. Students see neither each other's messages nor those among teachers.
  public func isVisible(toStudent student: ParticipantID) -> Bool {
    if from == student { return true }
    guard role == .teacher else { return false }
    return switch to {
    case .participant(let id): id == student
    case .students, .all: true
    case .teachers: false
    }
  }

  /// The message as a student gets it.
  public func notice(number: Int, history: Bool) -> StudentNotice {
    .chat(from: from, name: name, text: text, at: at, number: number, history: history)
  }
}
