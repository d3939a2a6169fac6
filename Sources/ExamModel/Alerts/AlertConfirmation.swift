/// A suspicion that has lasted.
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

  /// What was seen, in a sentence for a teacher.
  var detail: String {
    let seconds = Int(thresholds.window.rounded())
    let share = "\(Int((confidence * 100).rounded())) % of the checks"
    return switch kind {
    case .faceMissing: "No face in the picture for \(seconds) s (\(share))."
    case .severalFaces: "More than one face in the picture for \(seconds) s (\(share))."
    case .lookingAway:
      "The head turned by more than \(Int((thresholds.limit ?? 0).rounded())) degrees from where it usually points "
        + "for \(seconds) s (\(share))."
    case .cameraCovered: "The picture is dark or empty for \(seconds) s (\(share))."
    case .pictureFrozen: "The picture has not changed for \(seconds) s (\(share))."
    case .videoStopped: "No picture has arrived for \(seconds) s."
    case .pageHidden: "The exam page is not in front."
    case .cameraOff: "The camera is off, unplugged or refused."
    }
  }
}
