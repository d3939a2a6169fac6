/// The limits beyond which a picture counts as covered, frozen or turned away, for one student: those of the rules,
/// shifted by the student's own baseline.
struct PictureLimits {
  /// A picture below both shows nothing: mean luma (video range, so black is 16) and its standard deviation.
  static let black: (luminance: Float, contrast: Float) = (20, 2.5)

  let rules: AlertRules
  let baseline: Baseline?

  private var pictures: PictureThresholds { rules.pictures }

  /// Edges below which a picture without a face shows nothing.
  private var leastEdges: Float {
    let limit = Float(rules.rules[.cameraCovered]?.limit ?? 0)
    guard let baseline else { return limit }
    return min(limit, max(Float(pictures.leastEdges), baseline.edges * Float(pictures.shareOfEdges)))
  }

  /// Where a face is found, or the room as it was around the face, nothing covers the lens, however dark or plain it is.
  func isCovered(_ observation: FaceObservation) -> Bool {
    guard observation.faces.isEmpty, !observation.showsSurroundings else { return false }
    let isBlack =
      observation.luminance < Self.black.luminance && observation.contrast < Self.black.contrast
    return isBlack || observation.edges < leastEdges
  }

  /// Whether a picture differs from the one before by less than a live camera's would.
  func isStill(_ observation: FaceObservation, motion: Float) -> Bool {
    let limit = rules.rules[.pictureFrozen]?.limit ?? 0
    return Double(motion) < (observation.faces.isEmpty ? min(limit, pictures.motionOfEmptyRoom) : limit)
  }

  /// Where this student's head usually points to, in degrees.
  var usualYaw: Float {
    let farthest = Float(pictures.farthestBaseline)
    return min(farthest, max(-farthest, baseline?.yaw ?? 0))
  }

  /// The limit in force for one kind, as stored with an alert.
  func thresholds(of kind: AlertKind, rule: AlertRule) -> AlertThresholds {
    var limit = rule.limit
    var usual: Double?
    switch kind {
    case .lookingAway: usual = baseline?.yaw.map { _ in Double(usualYaw) }
    case .cameraCovered:
      limit = Double(leastEdges)
      usual = baseline.map { Double($0.edges) }
    default: break
    }
    return AlertThresholds(
      window: rule.window.inSeconds, share: rule.share, limit: limit, baseline: usual,
      cooldown: rule.cooldown.inSeconds)
  }
}
