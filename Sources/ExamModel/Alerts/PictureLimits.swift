/// Beyond which a picture is covered, frozen or turned away, for one student: the rules' limits as the student's own
/// baseline moves them.
struct PictureLimits {
  /// A baseline further to the side than this is not believed: nobody calibrates a look into the lap, in degrees.
  static let farthestBaseline: Float = 20
  /// A picture of less contrast than this shows nothing, in standard deviations of luma: tape, a hand, a closed lid.
  static let leastContrast: Float = 8
  /// In a dim room a covered lens is darker still by this factor, and an empty dim room is not.
  static let shareOfBaseline: Float = 0.35
  /// Below this even a dim room does not fall, of 255.
  static let darkest: Float = 5

  let rules: AlertRules
  let baseline: Baseline?

  /// Mean luma below which a picture without a face is dark.
  private var leastLuminance: Float {
    let limit = Float(rules.rules[.cameraCovered]?.limit ?? 0)
    guard let baseline else { return limit }
    return min(limit, max(Self.darkest, baseline.luminance * Self.shareOfBaseline))
  }

  private var leastContrast: Float {
    guard let baseline else { return Self.leastContrast }
    return min(Self.leastContrast, max(1, baseline.contrast * Self.shareOfBaseline))
  }

  /// Where a face is found, nothing covers the lens, however dark it is.
  func isCovered(_ observation: FaceObservation) -> Bool {
    guard observation.faces.isEmpty else { return false }
    return observation.luminance < leastLuminance || observation.contrast < leastContrast
  }

  /// Mean difference of luma below which nothing has moved.
  var leastMotion: Double { rules.rules[.pictureFrozen]?.limit ?? 0 }

  /// Where this student's head usually points to, in degrees.
  var usualYaw: Float {
    min(Self.farthestBaseline, max(-Self.farthestBaseline, baseline?.yaw ?? 0))
  }

  /// What is in force for one kind, as an alert tells it.
  func thresholds(of kind: AlertKind, rule: AlertRule) -> AlertThresholds {
    var limit = rule.limit
    var usual: Double?
    switch kind {
    case .lookingAway: usual = baseline?.yaw.map { _ in Double(usualYaw) }
    case .cameraCovered:
      limit = Double(leastLuminance)
      usual = baseline.map { Double($0.luminance) }
    default: break
    }
    return AlertThresholds(
      window: rule.window.inSeconds, share: rule.share, limit: limit, baseline: usual,
      cooldown: rule.cooldown.inSeconds)
  }
}

extension AlertKind {
  /// Whether this kind explains its effects already while it is only suspected. Darkness hides a face at once and is
  /// confirmed before a missing face would be; the others do not look like a missing face at first.
  var explainsWhileSuspected: Bool { self == .cameraCovered }
}

extension AlertMachine {
  /// Whether it stands or is suspected.
  var explains: Bool { state != .clear }
}
