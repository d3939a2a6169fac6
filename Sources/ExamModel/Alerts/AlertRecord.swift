/// A confirmed alert as teachers see it.
public struct AlertRecord: Sendable, Codable, Hashable, Identifiable {
  public let id: AlertID
  public let student: ParticipantID
  public let kind: AlertKind
  public let severity: AlertSeverity
  public var state: AlertState
  /// When the condition began, not when it was confirmed.
  public var since: Timestamp
  public var until: Timestamp?
  /// Seconds from `since` to `until`.
  public var duration: Double?
  /// The share of looks that agreed, 0...1.
  public var confidence: Double
  /// The thresholds in force for this student when it was confirmed.
  public var thresholds: AlertThresholds
  /// What the page said when it was confirmed, one of the words of its kind; `nil` for kinds that pages do not report.
  public var said: String?
  /// Path of the picture taken at the onset, if there is one.
  public var picture: String?
  /// What became of the picture; `nil` for alerts kept by an older version.
  public var pictureState: PictureState?
  /// The name of the teacher who acknowledged it.
  public var acknowledgedBy: String?
  public var note: String?
  /// The name of the teacher who wrote the note.
  public var noteBy: String?
  /// The student's own comment on it.
  public var studentNote: String?
  /// How often it recurred within the cooldown.
  public var repeats = 0

  public init(
    id: AlertID, student: ParticipantID, kind: AlertKind, severity: AlertSeverity, since: Timestamp,
    confidence: Double, thresholds: AlertThresholds, said: String? = nil
  ) {
    self.id = id
    self.student = student
    self.kind = kind
    self.severity = severity
    self.state = .confirmed
    self.since = since
    self.confidence = confidence
    self.thresholds = thresholds
    self.said = said
  }

  /// Whether it is still open.
  public var isOpen: Bool { until == nil }

  private enum CodingKeys: String, CodingKey {
    case id = "alert_id"
    case student, kind, severity, state, since, until, duration, confidence, thresholds, said, picture
    case pictureState = "picture_state"
    case acknowledgedBy = "acknowledged_by"
    case note
    case noteBy = "note_by"
    case studentNote = "student_note"
    case repeats
  }
}

/// The thresholds that confirmed an alert: its kind's rule, adjusted by accommodations and the student's baseline.
public struct AlertThresholds: Sendable, Codable, Hashable {
  /// Seconds it had to last.
  public var window: Double
  /// Share of the looks that had to agree, 0...1.
  public var share: Double
  /// The limit beyond which a look is bad, in the unit of `AlertRule.limit`; `nil` for kinds without one.
  public var limit: Double?
  /// The student's usual value, in the same unit; `nil` where the limit is absolute.
  public var baseline: Double?
  /// Seconds within which a recurrence counts as the same alert.
  public var cooldown: Double

  public init(window: Double, share: Double, limit: Double?, baseline: Double?, cooldown: Double) {
    self.window = window
    self.share = share
    self.limit = limit
    self.baseline = baseline
    self.cooldown = cooldown
  }
}
