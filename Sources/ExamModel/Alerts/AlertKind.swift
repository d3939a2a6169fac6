/// What an alert is about. A new kind is a case here with its row in `AlertTable`, and what looks for it: of the page's own
/// word and of the stream nothing else, of pictures a place in `AlertPolicy.observe`.
public enum AlertKind: String, Sendable, Codable, CaseIterable, Hashable {
  case faceMissing = "face_missing"
  case severalFaces = "several_faces"
  case lookingAway = "looking_away"
  case cameraCovered = "camera_covered"
  case pictureFrozen = "picture_frozen"
  case videoStopped = "video_stopped"
  case pageHidden = "page_hidden"
  case cameraOff = "camera_off"

  /// All that is true of it.
  public var row: AlertRow { AlertTable.rows[self]! }

  /// By which a page finds a text of its own, such as `alert.face_missing.title`.
  public func textKey(_ text: String) -> String { "alert.\(rawValue).\(text)" }
}

/// All that is true of one kind of alert. Rules, masks, settings, metrics, the report, `GET /api/alert-kinds` and what a
/// page may say of itself come of it.
public struct AlertRow: Sendable {
  /// Whose looks it is found by.
  public enum Source: Sendable, Hashable {
    /// The checks of pictures, of which a share must agree.
    case picture
    /// When the last frame came.
    case stream
    /// The page's own word: a field of its `status`, which words mean that it is so, and which that it is not.
    case page(field: String, bad: [String], good: [String])
  }

  /// What `AlertRule.limit` is of.
  public struct Measure: Sendable {
    public enum Unit: String, Sendable, Codable {
      /// Of yaw, to either side of where this student's head usually points.
      case degrees
      /// Steps of brightness, of 255.
      case levels
    }

    public let unit: Unit
    /// Whether a look is bad above the limit, or below it.
    public let isBadAbove: Bool
    /// How far the limit goes for a student who is allowed more; `nil`: it stays.
    public var farthest: Double?
    /// For the report, with `{limit}` in it.
    public let words: String
  }

  /// Where no operator sets another.
  public let rule: AlertRule
  public let source: Source
  /// The kinds that this one explains: while it stands or is suspected, they are neither suspected nor raised.
  public var masks: [AlertKind] = []
  /// Whether it explains them already while it is only suspected.
  public var explainsWhileSuspected = false
  /// Of kinds with a limit.
  public var measure: Measure?
  public let title: String
  /// For a table, a tile or beside a timeline.
  public var short: String
  /// What was seen, in a sentence for a teacher, with `{seconds}`, `{share}` and `{limit}` in it.
  public let seen: String
  /// What the student can do about it, in words for somebody who is nervous.
  public let hint: String
}

public enum AlertSeverity: String, Sendable, Codable, Hashable, Comparable {
  case medium, high

  /// Of two alerts the heavier one is shown where there is room for one.
  public var weight: Int { self == .high ? 2 : 1 }

  public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool { left.weight < right.weight }
}

/// Where a confirmed alert stands. A suspicion has no record: teachers never hear of it.
public enum AlertState: String, Sendable, Codable, Hashable {
  case confirmed, acknowledged, cleared
}
