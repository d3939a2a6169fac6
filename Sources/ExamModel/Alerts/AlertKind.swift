/// What an alert is about. A new kind needs a case here, a row in `AlertTable`, and a source: what the page reports and
/// the stream need nothing else, what is seen in pictures needs a place in `AlertPolicy.observe`.
public enum AlertKind: String, Sendable, Codable, CaseIterable, Hashable {
  case faceMissing = "face_missing"
  case severalFaces = "several_faces"
  case lookingAway = "looking_away"
  case cameraCovered = "camera_covered"
  case pictureFrozen = "picture_frozen"
  case videoStopped = "video_stopped"
  case pageHidden = "page_hidden"
  case cameraOff = "camera_off"
  case virtualCamera = "virtual_camera"

  /// Everything that is specific to this kind.
  public var row: AlertRow { AlertTable.rows[self]! }
}

/// Everything that is specific to one kind of alert. Rules, masks, settings, metrics, the report, `GET
/// /api/alert-kinds` and what a page may report about itself are derived from it.
public struct AlertRow: Sendable {
  /// What detects it.
  public enum Source: Sendable, Hashable {
    /// The checks of pictures, of which a share must agree.
    case picture
    /// The arrival time of the last frame.
    case stream
    /// What the page reports: a field of its `status`, the values that mean "yes", and those that mean "no".
    case page(field: String, bad: [String], good: [String])
  }

  /// What `AlertRule.limit` measures.
  public struct Measure: Sendable {
    public enum Unit: String, Sendable, Codable {
      /// Yaw to either side, relative to where this student's head usually points.
      case degrees
      /// Steps of brightness, of 255.
      case levels
    }

    public let unit: Unit
    /// Whether a look is bad above the limit, or below it.
    public let isBadAbove: Bool
    /// How far the limit can be raised for a student who is allowed more; `nil`: it stays.
    public var farthest: Double?
  }

  /// Used unless the operator sets another.
  public let rule: AlertRule
  public let source: Source
  /// The kinds that this one explains: while it is raised, they are neither suspected nor raised.
  public var masks: [AlertKind] = []
  /// Whether a mere suspicion of it holds them back, for its window.
  public var explainsWhileSuspected = false
  /// For kinds with a limit.
  public var measure: Measure?
}

public enum AlertSeverity: String, Sendable, Codable, Hashable, Comparable {
  /// A hint: it may well be harmless, and nobody is called away for it. It makes no sound and comes after all other alerts.
  case low
  case medium, high

  /// The more severe of two alerts is shown where only one fits.
  public var weight: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }

  public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool { left.weight < right.weight }
}

/// The state of a confirmed alert. A suspicion has no record: teachers are never told of it.
public enum AlertState: String, Sendable, Codable, Hashable {
  case confirmed, acknowledged, cleared
}
