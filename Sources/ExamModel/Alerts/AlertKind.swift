/// What an alert is about. A new kind is a case here, a row in `AlertRules.standard`, and the place in `AlertPolicy`
/// that gives its verdict.
public enum AlertKind: String, Sendable, Codable, CaseIterable, Hashable {
  case faceMissing = "face_missing"
  case severalFaces = "several_faces"
  case videoStopped = "video_stopped"
  case pageHidden = "page_hidden"
  case cameraOff = "camera_off"

  /// The kinds that this one explains: while it stands, they are neither suspected nor raised.
  public var masks: [AlertKind] {
    switch self {
    case .cameraOff: [.videoStopped, .faceMissing, .severalFaces]
    case .videoStopped: [.faceMissing, .severalFaces]
    case .faceMissing, .severalFaces, .pageHidden: []
    }
  }

  /// What the student can do about it, in words for somebody who is nervous.
  public var hint: String {
    switch self {
    case .faceMissing: "We cannot see your face. Please sit so that your whole face is in the picture."
    case .severalFaces: "We see more than one person. Please make sure that you are alone in the picture."
    case .videoStopped:
      "Your picture does not reach us. The page is trying again; please check your connection."
    case .pageHidden: "Please come back to the exam page and keep it in front."
    case .cameraOff:
      "Your camera is off. Please switch it on or plug it in again; the page will continue by itself."
    }
  }
}

public enum AlertSeverity: String, Sendable, Codable, Hashable, Comparable {
  case medium, high

  public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool {
    left == .medium && right == .high
  }
}

/// Where a confirmed alert stands. A suspicion has no record: teachers never hear of it.
public enum AlertState: String, Sendable, Codable, Hashable {
  case confirmed, acknowledged, cleared
}

/// A confirmed alert as teachers see it.
public struct AlertRecord: Sendable, Codable, Hashable, Identifiable {
  public let id: AlertID
  public let student: ParticipantID
  public let kind: AlertKind
  public let severity: AlertSeverity
  public var state: AlertState
  /// When what it is about began, not when it was confirmed.
  public var since: Timestamp
  public var until: Timestamp?
  /// The share of looks that agreed, 0...1.
  public var confidence: Double
  /// What was seen, in a sentence.
  public var detail: String
  /// Path of the picture of the onset, where there is one.
  public var picture: String?
  /// The name of the teacher who acknowledged it.
  public var acknowledgedBy: String?
  public var note: String?
  /// How often it came back within the cooldown.
  public var repeats = 0

  public init(
    id: AlertID, student: ParticipantID, kind: AlertKind, severity: AlertSeverity, since: Timestamp,
    confidence: Double, detail: String
  ) {
    self.id = id
    self.student = student
    self.kind = kind
    self.severity = severity
    self.state = .confirmed
    self.since = since
    self.confidence = confidence
    self.detail = detail
  }

  /// Whether it still stands.
  public var isOpen: Bool { until == nil }

  private enum CodingKeys: String, CodingKey {
    case id = "alert_id"
    case student, kind, severity, state, since, until, confidence, detail, picture
    case acknowledgedBy = "acknowledged_by"
    case note, repeats
  }
}
