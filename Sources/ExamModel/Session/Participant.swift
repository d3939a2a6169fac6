public enum Role: String, Sendable, Codable {
  case student, teacher
}

/// The state of a participant that a teacher needs at a glance.
public enum PresenceState: String, Sendable, Codable {
  /// Connected, and for a student: pictures are arriving.
  case live
  /// Connected, but no picture arrives.
  case noPicture = "no_picture"
  /// The connection is gone; the participant may come back.
  case left
}

/// What a student's page reports about itself.
public enum PageVisibility: String, Sendable, Codable {
  case visible, hidden
}

/// What a student's page reports about its camera.
public enum CameraState: String, Sendable, Codable {
  case live
  /// Unplugged, or taken by the system.
  case ended
  /// Delivers no new pictures.
  case stalled
  /// The student or the browser denied access.
  case denied
}

/// Why a student who is connected shows no picture.
public struct NoPictureReason: Sendable, Codable, Hashable {
  /// Those that the student gets as errors have the same names there.
  public enum Code: String, Sendable, Codable, CaseIterable {
    case badFrame = "bad_frame"
    case badStream = "bad_stream"
    case undecodable
    case unsupportedMedia = "unsupported_media"
    case pipelineFailed = "pipeline_failed"
    case decoderStuck = "decoder_stuck"
    /// Several pipelines in a row made no picture of it.
    case noPictureMade = "no_picture_made"
  }

  /// Limit for each parameter, in code points: they come from the page.
  public static let maximumLength = 80

  public let code: Code
  /// What the page says it sends.
  public let media: String
  /// The codec for which there is no pipeline file.
  public let codec: String?

  public init(code: Code, media: String, codec: String? = nil) {
    self.code = code
    self.media = media.prefix(codePoints: Self.maximumLength)
    self.codec = codec?.prefix(codePoints: Self.maximumLength)
  }
}

/// The state of a participant's connection. It is not kept: after a restart all are absent until the page reconnects.
public struct Presence: Sendable, Hashable {
  public var state: PresenceState {
    didSet { if state != .noPicture { noPictureReason = nil } }
  }
  /// Why no picture arrives, if the server knows.
  public var noPictureReason: NoPictureReason?
  /// What the page last reported.
  public var said = PageReport()

  public init(_ state: PresenceState = .left) { self.state = state }
}

/// One line of the roster: what is kept about a participant, and the state of the connection.
public struct Participant: Sendable, Codable, Hashable, Identifiable {
  /// Leaves numbers above them for those who join later: no server will ever see so many.
  public static let numbers: ClosedRange<UInt32> = 1...UInt32(Int32.max)

  public let id: ParticipantID
  /// Small number by which binary messages name the participant, one of `numbers`; never reused in a session.
  public let number: UInt32
  public let name: String
  public let role: Role
  public let joinedAt: Timestamp
  public var state: PresenceState
  public let noPictureReason: NoPictureReason?
  /// Whether the hand is raised, and since when: those who have waited longest come first.
  public let hand: Bool
  public let handSince: Timestamp?
  public let page: PageVisibility
  public let camera: CameraState?
  /// The exceptions a teacher has made for this student, by kind.
  public let accommodations: [String: Accommodation]
  /// Set while this student is paused.
  public let paused: Pause?
  /// Whether a picture of this student was ever decoded.
  public let hasBeenSeen: Bool
  /// Set once this student has been removed.
  public var dismissed: Dismissal?

  public init(_ person: ExamPerson, presence: Presence = Presence(), at now: Timestamp) {
    id = person.id
    number = person.number
    name = person.name
    role = person.role
    joinedAt = person.joinedAt
    state = presence.state
    noPictureReason = presence.noPictureReason
    hand = person.handSince != nil
    handSince = person.handSince
    page = presence.said.page ?? .visible
    camera = presence.said.camera
    accommodations = Dictionary(
      uniqueKeysWithValues: person.allowances(at: now).map { ($0.key.rawValue, $0.value) })
    paused = person.pause
    hasBeenSeen = person.hasBeenSeen
    dismissed = person.dismissal
  }

  private enum CodingKeys: String, CodingKey {
    case id, number, name, role
    case joinedAt = "joined_at"
    case state
    case noPictureReason = "no_picture_reason"
    case hand
    case handSince = "hand_since"
    case page, camera, accommodations, paused
    case hasBeenSeen = "seen"
    case dismissed
  }
}

/// A name as typed, made safe to show and to log: see `ReadableText.line`.
public struct PersonName: Sendable, Hashable {
  public static let maximumLength = 80
  public let text: String

  /// `nil` if nothing readable is left, or more than `maximumLength` characters.
  public init?(_ typed: String) {
    guard let text = ReadableText.line(typed, maximumLength: Self.maximumLength) else { return nil }
    self.text = text
  }
}

/// The title of an exam, made safe like a name.
public struct ExamTitle: Sendable, Hashable {
  public static let maximumLength = 120
  public let text: String

  /// `nil` if nothing readable is left, or more than `maximumLength` characters.
  public init?(_ typed: String) {
    guard let text = ReadableText.line(typed, maximumLength: Self.maximumLength) else { return nil }
    self.text = text
  }
}
