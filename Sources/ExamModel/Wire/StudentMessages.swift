/// What a student's page sends as text.
public enum StudentMessage: Sendable, Hashable {
  /// What the binary messages of a source will be.
  case hello(media: String, source: StreamSource = .camera)
  case status(PageReport)
  case chat(text: String)
  case hand(up: Bool)
  /// The student's comment on one of his or her own alerts.
  case note(alert: AlertID, text: String)
  /// A page of the past.
  case history(HistoryRequest)
  /// A type this version does not know; ignored, so that newer pages can talk to older servers.
  case unknown(type: String)
}

extension StudentMessage: Decodable {
  private enum Key: String, CodingKey {
    case type, media, source, text, up
    case alertID = "alert_id"
  }

  /// In code points: one visible character can consist of any number of these. It stands in refusals and in the roster.
  private static let maximumMediaLength = 200

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    switch try fields.decode(String.self, forKey: .type) {
    case "hello":
      self = .hello(
        // One too long stays too long, and so is refused.
        media: try fields.decode(String.self, forKey: .media).prefix(codePoints: Self.maximumMediaLength + 1),
        source: try fields.decodeSource(forKey: .source))
    case "status": self = .status(try PageReport(from: decoder))
    case "chat": self = .chat(text: try fields.decodeProse(forKey: .text))
    case "hand": self = .hand(up: try fields.decode(Bool.self, forKey: .up))
    case "note":
      self = .note(
        alert: try fields.decode(AlertID.self, forKey: .alertID),
        text: try fields.decodeProse(forKey: .text))
    case "history": self = .history(try HistoryRequest(from: decoder))
    case let type: self = .unknown(type: type)
    }
  }
}

/// What the server sends a student.
public enum StudentNotice: Sendable, Hashable {
  /// `window`: frames of this source that may be unacknowledged.
  case welcome(participant: ParticipantID, window: Int, source: StreamSource)
  /// Send a key frame now.
  case keyframe(StreamSource)
  case check(StudentCheck)
  /// `number`: its position in the session's chat.
  case chat(from: ParticipantID, name: String, text: String, at: Timestamp, number: Int, history: Bool)
  /// An alert about this student, as teachers see it.
  case alert(AlertRecord)
  /// The names of the teachers whose page is open, and of those among them who watch this student's large picture.
  case watchers(teachers: [String], focus: [String])
  /// All that is granted to this student now.
  case granted([Accommodation])
  /// The exam is paused for this student; `nil`: it continues.
  case pause(Pause?)
  /// A teacher has lowered the student's hand, or it was still up when the page came back.
  case hand(up: Bool)
  /// Restart the stream.
  case restart(StreamSource)
  /// The end of a page of the past.
  case history(HistoryMark)
  /// Removed from the exam; close code 4002 follows.
  case dismissed(Dismissal)
  /// The exam is over; close code 1000 follows.
  case ended(EndReason)
  case error(ErrorNotice)
}

/// How the server sees the student, sent to the student alone.
public struct StudentCheck: Sendable, Hashable, Encodable {
  public enum State: String, Sendable, Codable { case ok, suspected, alert }
  public enum Light: String, Sendable, Codable { case ok, dark }
  public enum Distance: String, Sendable, Codable { case ok, far }

  public var state: State
  public var kind: AlertKind?
  /// Of the alert, if there is one.
  public var severity: AlertSeverity?
  public var faces: Int
  public var light: Light
  public var distance: Distance

  public init(
    state: State, kind: AlertKind? = nil, faces: Int, light: Light = .ok,
    distance: Distance = .ok
  ) {
    self.state = state
    self.kind = kind
    self.faces = faces
    self.light = light
    self.distance = distance
  }
}

extension StudentNotice: Encodable {
  private enum Key: String, MessageKey {
    case type
    case participantID = "participant_id"
    case window, source, from, name, text, at, number, history, reason, teachers, focus, paused, up, granted
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .welcome(let participant, let window, let source):
      try fields.encode([
        .type: "welcome", .participantID: participant, .window: window, .source: source.named,
      ])
    case .keyframe(let source): try fields.encode([.type: "keyframe", .source: source.named])
    case .check(let check): try fields.encode("check", and: check, by: encoder)
    case .chat(let from, let name, let text, let at, let number, let history):
      try fields.encode([
        .type: "chat", .from: from, .name: name, .text: text, .at: at, .number: number,
        .history: history ? true : nil,
      ])
    case .alert(let alert): try fields.encode("alert", and: alert, by: encoder)
    case .watchers(let teachers, let focus):
      try fields.encode([.type: "watchers", .teachers: teachers, .focus: focus])
    case .granted(let accommodations): try fields.encode([.type: "granted", .granted: accommodations])
    case .pause(let pause):
      try fields.encode([.type: "pause", .paused: pause != nil])
      try pause?.encode(to: encoder)
    case .hand(let up): try fields.encode([.type: "hand", .up: up])
    case .restart(let source): try fields.encode([.type: "restart", .source: source.named])
    case .history(let mark): try fields.encode("history", and: mark, by: encoder)
    case .dismissed(let dismissal): try fields.encode("dismissed", and: dismissal, by: encoder)
    case .ended(let reason): try fields.encode([.type: "ended", .reason: reason])
    case .error(let error): try fields.encode("error", and: error, by: encoder)
    }
  }
}
