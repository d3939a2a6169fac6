/// What a teacher's page sends as text.
public enum TeacherMessage: Sendable, Hashable {
  case watch(WatchRequest)
  /// `frames` more pictures were processed since the last acknowledgement.
  case ack(frames: Int)
  /// A change in the exam that it requests.
  case command(ExamCommand)
  /// A page of the past.
  case history(HistoryRequest)
  /// A type this version does not know; ignored.
  case unknown(type: String)
}

/// An exception that a teacher makes for one student.
public struct AccommodationRequest: Sendable, Hashable {
  public var student: ParticipantID
  public var kind: Accommodation.Kind
  public var effect: Accommodation.Effect
  public var factor: Double
  /// Of what is granted.
  public var amount: Int?
  /// `nil`: for the rest of the exam.
  public var minutes: Double?
  public var reason: String

  public init(
    student: ParticipantID, kind: Accommodation.Kind, effect: Accommodation.Effect, factor: Double = 1,
    amount: Int? = nil, minutes: Double?, reason: String
  ) {
    self.student = student
    self.kind = kind
    self.effect = effect
    self.factor = factor
    self.amount = amount
    self.minutes = minutes
    self.reason = reason
  }
}

/// Which students a teacher watches, at which size and how often.
public struct WatchRequest: Sendable, Hashable {
  public enum Students: Sendable, Hashable {
    case all
    case some(Set<ParticipantID>)
  }

  /// `nil`: none.
  public var view: PictureView?
  public var source: StreamSource
  public var students: Students
  /// At most this many pictures a second of each student; `nil` leaves it to the server.
  public var framesPerSecond: Double?

  public init(
    view: PictureView?, source: StreamSource = .camera, students: Students, framesPerSecond: Double? = nil
  ) {
    self.view = view
    self.source = source
    self.students = students
    self.framesPerSecond = framesPerSecond
  }
}

extension TeacherMessage: Decodable {
  fileprivate enum Key: String, CodingKey {
    case type, view, source, students, fps, frames, to, text, note, verdict, student, kind, minutes, factor,
      amount, reason
    case alertID = "alert_id"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    switch try fields.decode(String.self, forKey: .type) {
    case "watch":
      let view = try fields.decode(String.self, forKey: .view)
      if view == "off" {
        self = .watch(WatchRequest(view: nil, students: .all))
        return
      }
      guard let view = PictureView(name: view) else {
        throw DecodingError.dataCorruptedError(
          forKey: .view, in: fields, debugDescription: "view is tile, focus or off, not \(view)")
      }
      let students: WatchRequest.Students
      if let text = try? fields.decode(String.self, forKey: .students) {
        guard text == "all" else {
          throw DecodingError.dataCorruptedError(
            forKey: .students, in: fields,
            debugDescription: "students is \"all\" or a list of participant ids")
        }
        students = .all
      } else {
        students = .some(Set(try fields.decode([ParticipantID].self, forKey: .students)))
      }
      self = .watch(
        WatchRequest(
          view: view, source: try fields.decodeSource(forKey: .source), students: students,
          framesPerSecond: try fields.decodeIfPresent(Double.self, forKey: .fps)))
    case "ack": self = .ack(frames: try fields.decode(Int.self, forKey: .frames))
    case "chat":
      self = .command(
        .say(
          to: try fields.decode(ChatRecipient.self, forKey: .to),
          text: try fields.decodeProse(forKey: .text)))
    case "acknowledge":
      self = .command(
        .acknowledge(
          try fields.decode(AlertID.self, forKey: .alertID),
          note: try fields.decodeIfPresent(String.self, forKey: .note).map(ReadableText.prose)))
    case "verdict":
      self = .command(
        .judge(try fields.decode(AlertID.self, forKey: .alertID), try Self.verdict(fields)))
    case "mute":
      // A mute of zero minutes ends the previous one.
      let request = try AccommodationRequest(fields, effect: .mute)
      self = .command(.accommodate(request.minutes == 0 ? request.with(effect: .none) : request))
    case "loosen": self = .command(.accommodate(try AccommodationRequest(fields, effect: .loosen)))
    case "grant": self = .command(.accommodate(try AccommodationRequest(fields, effect: .grant)))
    case "tighten": self = .command(.accommodate(try AccommodationRequest(fields, effect: .none)))
    case "pause":
      self = .command(
        .pause(try Self.studentOrAll(fields), reason: try fields.decodeProse(forKey: .reason)))
    case "resume": self = .command(.resume(try Self.studentOrAll(fields)))
    case "dismiss":
      let students =
        if fields.contains(.students) {
          try fields.decode([ParticipantID].self, forKey: .students)
        } else {
          [try fields.decode(ParticipantID.self, forKey: .student)]
        }
      self = .command(.dismiss(students, reason: try fields.decodeProse(forKey: .reason)))
    case "history": self = .history(try HistoryRequest(from: decoder))
    case "lower_hand":
      self = .command(.lowerHand(of: try fields.decode(ParticipantID.self, forKey: .student)))
    case let type: self = .unknown(type: type)
    }
  }
}

extension TeacherMessage {
  /// `null` takes a verdict back; leaving the field out is a mistake.
  private static func verdict(_ fields: KeyedDecodingContainer<Key>) throws -> AlertVerdict? {
    try fields.decode(String?.self, forKey: .verdict).map { word in
      guard let verdict = AlertVerdict(rawValue: word) else {
        throw DecodingError.dataCorruptedError(
          forKey: .verdict, in: fields, debugDescription: "verdict is right, wrong or null, not \(word)")
      }
      return verdict
    }
  }

  private static func studentOrAll(_ fields: KeyedDecodingContainer<Key>) throws -> ParticipantID? {
    let student = try fields.decode(ParticipantID.self, forKey: .student)
    return student.rawValue == "all" ? nil : student
  }
}

extension AccommodationRequest {
  fileprivate init(
    _ fields: KeyedDecodingContainer<TeacherMessage.Key>, effect: Accommodation.Effect
  ) throws {
    student = try fields.decode(ParticipantID.self, forKey: .student)
    kind =
      switch effect {
      case .mute, .loosen: .alert(try fields.decode(AlertKind.self, forKey: .kind))
      case .grant: .grant(try fields.decode(Grant.self, forKey: .kind))
      case .none: try fields.decode(Accommodation.Kind.self, forKey: .kind)
      }
    self.effect = effect
    factor = effect == .loosen ? try fields.decode(Double.self, forKey: .factor) : 1
    amount = effect == .grant ? try fields.decodeIfPresent(Int.self, forKey: .amount) : nil
    minutes = effect == .grant ? nil : try fields.decodeIfPresent(Double.self, forKey: .minutes)
    reason = try fields.decodeProse(forKey: .reason)
  }

  fileprivate func with(effect: Accommodation.Effect) -> AccommodationRequest {
    var request = self
    (request.effect, request.minutes) = (effect, nil)
    return request
  }
}

/// What the server sends a teacher as text.
public enum TeacherNotice: Sendable, Hashable {
  /// `credit`: pictures that may be unacknowledged. `heartbeat`: at least one message is sent in so many seconds. `at`:
  /// now, for pages that show how long ago something was.
  case welcome(participant: ParticipantID, credit: Int, heartbeat: Int, at: Timestamp)
  case heartbeat(at: Timestamp)
  /// `pause`: of everybody, including those who join later. `dismissed`: who was removed recently, the newest last.
  case roster([Participant], pause: Pause?, dismissed: [Participant])
  case participant(Participant)
  case alert(AlertWithVerdict)
  /// `number`: its place in the session's chat.
  case chat(ChatMessage, number: Int, history: Bool)
  /// The end of a page of the past.
  case history(HistoryMark)
  /// A problem of the server itself that teachers must know of. `state` is `nil` when it is over; `room` says which storage
  /// it is about; `detail` is English for the operator.
  case notice(code: String, state: String?, room: String? = nil, detail: String? = nil)
  /// The exam is over; close code 1000 follows.
  case ended(EndReason)
  case error(ErrorNotice)
}

extension TeacherNotice: Encodable {
  private enum Key: String, MessageKey {
    case type
    case participantID = "participant_id"
    case at, credit, heartbeat, participants, paused, dismissed, participant, number, history, code, detail,
      state, room, reason
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .welcome(let participant, let credit, let heartbeat, let time):
      try fields.encode([
        .type: "welcome", .participantID: participant, .credit: credit, .heartbeat: heartbeat, .at: time,
      ])
    case .heartbeat(let time): try fields.encode([.type: "heartbeat", .at: time])
    case .roster(let participants, let pause, let dismissed):
      try fields.encode([
        .type: "roster", .participants: participants, .paused: pause,
        .dismissed: dismissed.isEmpty ? nil : dismissed,
      ])
    case .participant(let participant):
      try fields.encode([.type: "participant", .participant: participant])
    case .alert(let alert): try fields.encode("alert", and: alert, by: encoder)
    case .chat(let message, let number, let history):
      try fields.encode("chat", and: message, by: encoder)
      try fields.encode([.number: number, .history: history ? true : nil])
    case .history(let mark): try fields.encode("history", and: mark, by: encoder)
    case .notice(let code, let state, let room, let detail):
      try fields.encode([.type: "notice", .code: code, .state: state, .room: room, .detail: detail])
    case .ended(let reason): try fields.encode([.type: "ended", .reason: reason])
    case .error(let error): try fields.encode("error", and: error, by: encoder)
    }
  }
}
