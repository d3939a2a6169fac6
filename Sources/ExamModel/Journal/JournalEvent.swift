/// Something that happened in a session, as the journal keeps it.
///
/// An older server may read it. It keeps what it does not know, passes it on and says so in the report, so a new kind
/// needs nothing else. If the meaning of an existing kind changes, its `format` goes up.
public struct JournalEvent: Sendable, Hashable {
  /// The highest format that this version understands.
  public static let format = 1

  public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    case sessionCreated = "session_created"
    case sessionEnded = "session_ended"
    /// The server came back and the session continues.
    case sessionRestored = "session_restored"
    case joined, connected, disconnected
    case alertConfirmed = "alert_confirmed"
    case alertAcknowledged = "alert_acknowledged"
    case alertCleared = "alert_cleared"
    /// The student wrote a note on an alert about himself or herself.
    case alertNoted = "alert_noted"
    /// A teacher said whether an alert was right, or took that back.
    case alertJudged = "alert_judged"
    case chat
    /// A teacher muted or relaxed one kind of alert for one student, or undid that.
    case accommodated
    /// The student's own baseline was determined.
    case calibrated
    case paused, resumed
    case handUp = "hand_up"
    case handDown = "hand_down"
    /// The server could not use what a student sent.
    case uploadRefused = "upload_refused"
    /// GStreamer's message about a student's stream.
    case pipelineWarning = "pipeline_warning"
    /// The server itself could not observe a student for a while.
    case blindSpot = "blind_spot"
    /// A student began to send pictures.
    case streamBegan = "stream_began"
    /// The first picture of a student was decoded.
    case firstSeen = "first_seen"
    /// A student was removed.
    case dismissed
    /// Written by a newer version; `kindName` says what.
    case unknown
  }

  public let at: Timestamp
  public let session: SessionCode
  public let kind: Kind
  /// As written in the journal, including unknown kinds.
  public let kindName: String
  /// The version of its meaning, from 1.
  public let format: Int
  /// Who it is about.
  public let participant: ParticipantID?
  public let name: String?
  /// Further details, by field name.
  public let fields: [String: String]
  /// The same in full for programs: what a restart restores and the report shows.
  public let payload: Payload?

  /// What the event created or changed, as it is after the event.
  public enum Payload: Sendable, Hashable {
    case alert(AlertRecord)
    case judgedAlert(AlertWithVerdict)
    case chat(ChatMessage)
    case accommodation(Accommodation)
    case baseline(Baseline)
    case blindSpot(BlindSpot)
    case pause(Pause)
    case dismissal(Dismissal)
    /// Of an event that is unknown, or has unknown values.
    case unknown(JSONValue)
  }

  public init(
    at: Timestamp, session: SessionCode, kind: Kind, participant: ParticipantID? = nil, name: String? = nil,
    fields: [String: String] = [:], payload: Payload? = nil
  ) {
    self.at = at
    self.session = session
    self.kind = kind
    kindName = kind.rawValue
    format = Self.format
    self.participant = participant
    self.name = name
    self.fields = fields
    self.payload = payload
  }

  /// Somebody joined.
  public init(joining person: ParticipantRecord) {
    self.init(
      at: person.joinedAt, session: person.session, kind: .joined, participant: person.id, name: person.name,
      fields: ["role": person.role.rawValue, "number": "\(person.number)"])
  }
}

extension JournalEvent {
  /// Reads an event from a journal.
  ///
  /// - Parameter decode: decodes the payload, as a known type or as any JSON.
  public init(
    at: Timestamp, session: SessionCode, kindName: String, format: Int, participant: ParticipantID?,
    name: String?, fields: [String: String], payload decode: (_ isKnown: Bool) throws -> Payload?
  ) rethrows {
    self.at = at
    self.session = session
    self.kindName = kindName
    self.format = format
    let known = format <= Self.format ? Kind(rawValue: kindName) ?? .unknown : .unknown
    payload = try decode(known != .unknown)
    // If it cannot read the payload, such as an alert of a new kind, a server knows only that it happened.
    kind = if case .unknown = payload { .unknown } else { known }
    self.participant = participant
    self.name = name
    self.fields = fields
  }
}

extension JournalEvent: Codable {
  private enum CodingKeys: String, CodingKey {
    case at, session, kind, format, participant, name, fields, payload
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      at: try keys.decode(Timestamp.self, forKey: .at),
      session: try keys.decode(SessionCode.self, forKey: .session),
      kindName: try keys.decode(String.self, forKey: .kind),
      format: try keys.decodeIfPresent(Int.self, forKey: .format) ?? 1,
      participant: try keys.decodeIfPresent(ParticipantID.self, forKey: .participant),
      name: try keys.decodeIfPresent(String.self, forKey: .name),
      fields: try keys.decode([String: String].self, forKey: .fields)
    ) { isKnown in
      isKnown
        ? try keys.decodeIfPresent(Payload.self, forKey: .payload)
        : try keys.decodeIfPresent(JSONValue.self, forKey: .payload).map { .unknown($0) }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(at, forKey: .at)
    try keys.encode(session, forKey: .session)
    try keys.encode(kindName, forKey: .kind)
    try keys.encode(format, forKey: .format)
    try keys.encodeIfPresent(participant, forKey: .participant)
    try keys.encodeIfPresent(name, forKey: .name)
    try keys.encode(fields, forKey: .fields)
    try keys.encodeIfPresent(payload, forKey: .payload)
  }
}

extension JournalEvent.Payload: Codable {
  private enum CodingKeys: String, CodingKey {
    case alert, chat, accommodation, baseline, pause, dismissal
    case judgedAlert = "judged_alert"
    case blindSpot = "blind_spot"
  }

  /// A value that this version does not know, such as a kind of alert, makes it unknown. Damaged data is an error.
  public init(from decoder: any Decoder) throws {
    do {
      try self.init(known: decoder)
    } catch DecodingError.dataCorrupted {
      self = .unknown(try JSONValue(from: decoder))
    }
  }

  private init(known decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    guard let key = fields.allKeys.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a payload of no known kind"))
    }
    switch key {
    case .alert: self = .alert(try fields.decode(AlertRecord.self, forKey: key))
    case .judgedAlert: self = .judgedAlert(try fields.decode(AlertWithVerdict.self, forKey: key))
    case .chat: self = .chat(try fields.decode(ChatMessage.self, forKey: key))
    case .accommodation: self = .accommodation(try fields.decode(Accommodation.self, forKey: key))
    case .baseline: self = .baseline(try fields.decode(Baseline.self, forKey: key))
    case .blindSpot: self = .blindSpot(try fields.decode(BlindSpot.self, forKey: key))
    case .pause: self = .pause(try fields.decode(Pause.self, forKey: key))
    case .dismissal: self = .dismissal(try fields.decode(Dismissal.self, forKey: key))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .unknown(let value) = self { return try value.encode(to: encoder) }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .alert(let alert): try fields.encode(alert, forKey: .alert)
    case .judgedAlert(let alert): try fields.encode(alert, forKey: .judgedAlert)
    case .chat(let message): try fields.encode(message, forKey: .chat)
    case .accommodation(let accommodation): try fields.encode(accommodation, forKey: .accommodation)
    case .baseline(let baseline): try fields.encode(baseline, forKey: .baseline)
    case .blindSpot(let spot): try fields.encode(spot, forKey: .blindSpot)
    case .pause(let pause): try fields.encode(pause, forKey: .pause)
    case .dismissal(let dismissal): try fields.encode(dismissal, forKey: .dismissal)
    case .unknown: break
    }
  }
}
