/// The limits beyond which a picture counts as covered, frozen or turned away, for one student: those of the rules,
/// shifted by the student's own baseline.
struct PictureLimits {
  /// A baseline further to the side than this is not trusted: nobody calibrates a look into the lap. Degrees.
  static let farthestBaseline: Float = 20
  /// How much further a head may turn until the baseline is known, in degrees.
  static let yawBeforeBaseline = 10.0
  /// A head turned further than this is turning away, in degrees: a face at rest stays within it.
  static let turning = 12.0
  /// A picture below both shows nothing: mean luma (video range, so black is 16) and its standard deviation.
  static let black: (luminance: Float, contrast: Float) = (20, 2.5)
  /// If a student's usual picture has weak edges (a dim room), those of a covered lens are weaker by this factor.
  static let shareOfEdges: Float = 0.5
  /// An encoder leaves this much of a picture's edges, whatever covers the lens.
  static let leastEdges: Float = 1.2
  /// Below this a picture without a face counts as still: an empty room is, except for the camera's noise.
  static let motionOfEmptyRoom = 0.05
  /// Above this a picture has certainly moved. Below it an encoder may be refining a static picture, which takes it no
  /// longer than `polishing`.
  static let surelyMoved: Float = 1.5
  static let polishing = Duration.milliseconds(2500)

  let rules: AlertRules
  let baseline: Baseline?

  /// Edges below which a picture without a face shows nothing.
  private var leastEdges: Float {
    let limit = Float(rules.rules[.cameraCovered]?.limit ?? 0)
    guard let baseline else { return limit }
    return min(limit, max(Self.leastEdges, baseline.edges * Self.shareOfEdges))
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
    return Double(motion) < (observation.faces.isEmpty ? min(limit, Self.motionOfEmptyRoom) : limit)
  }

  /// Where this student's head usually points to, in degrees.
  var usualYaw: Float {
    min(Self.farthestBaseline, max(-Self.farthestBaseline, baseline?.yaw ?? 0))
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
