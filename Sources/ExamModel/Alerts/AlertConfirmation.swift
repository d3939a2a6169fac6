/// A suspicion that lasted long enough to become an alert.
public struct AlertConfirmation {
  public let kind: AlertKind
  public let student: ParticipantID
  public let severity: AlertSeverity
  public let since: Timestamp
  /// 0...1.
  public let confidence: Double
  public let thresholds: AlertThresholds

  public init(
    kind: AlertKind, student: ParticipantID, severity: AlertSeverity, since: Timestamp, confidence: Double,
    thresholds: AlertThresholds
  ) {
    self.kind = kind
    self.student = student
    self.severity = severity
    self.since = since
    self.confidence = confidence
    self.thresholds = thresholds
  }
}
