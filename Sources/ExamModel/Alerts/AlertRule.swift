/// When a suspicion of one kind becomes an alert.
public struct AlertRule: Sendable, Hashable {
  /// How long it must last. Zero: the first look is enough.
  public var window: Duration
  /// The share of looks in the window that must agree, 0...1.
  public var share: Double
  public var severity: AlertSeverity
  /// Beyond which a look is bad, for kinds that measure something:
  /// `looking_away`: degrees of yaw to either side of the student's baseline;
  /// `camera_covered`: `FaceObservation.edges` below which a picture without a face shows nothing;
  /// `picture_frozen`: `FaceObservation.motion` below which a picture with a face has not moved.
  public var limit: Double?
  /// So many good looks in a row lay a suspicion to rest.
  public var goodLooks: Int
  /// How long all must be well before the alert clears.
  public var clearAfter: Duration
  /// An alert that comes back sooner than this after it cleared is the same alert again, not a new one.
  public var cooldown: Duration

  public init(
    window: Duration, share: Double, severity: AlertSeverity, limit: Double? = nil,
    goodLooks: Int = 2, clearAfter: Duration = .milliseconds(1500), cooldown: Duration = .seconds(30)
  ) {
    self.window = window
    self.share = share
    self.severity = severity
    self.limit = limit
    self.goodLooks = goodLooks
    self.clearAfter = clearAfter
    self.cooldown = cooldown
  }

  /// The rule for somebody who is allowed `factor` times as much: a longer window, and a head that may turn further.
  func loosened(_ kind: AlertKind, by factor: Double) -> AlertRule {
    var rule = self
    rule.window = window * factor
    if kind == .lookingAway, let limit { rule.limit = min(limit * factor, Self.farthestYaw) }
    return rule
  }

  /// A head turned further shows so little of the face that its direction cannot be told, in degrees.
  private static let farthestYaw = 75.0
}

/// The rule of each kind that is watched for, and what they share.
public struct AlertRules: Sendable, Hashable {
  public var rules: [AlertKind: AlertRule]
  /// A longer stretch without a look than this proves nothing about the student, so suspicions start anew after it.
  public var blindAfter: Duration = .seconds(2)
  /// A suspicion younger than this is not mentioned to the student: one wrong look would flicker.
  public var hintAfter: Duration = .seconds(1)

  public init(rules: [AlertKind: AlertRule]) { self.rules = rules }

  public static let standard = AlertRules(rules: [
    .faceMissing: AlertRule(window: .seconds(3), share: 0.8, severity: .high),
    .severalFaces: AlertRule(window: .seconds(2), share: 0.6, severity: .high),
    .lookingAway: AlertRule(window: .seconds(5), share: 0.8, severity: .medium, limit: 30),
    .cameraCovered: AlertRule(window: .seconds(2), share: 0.8, severity: .high, limit: 6),
    // Each key frame makes two looks at a frozen picture differ.
    .pictureFrozen: AlertRule(
      window: .seconds(10), share: 0.6, severity: .medium, limit: 0.5, goodLooks: 4, clearAfter: .seconds(2)),
    .videoStopped: AlertRule(window: .seconds(5), share: 1, severity: .high, clearAfter: .zero),
    .pageHidden: AlertRule(window: .seconds(1), share: 1, severity: .medium, clearAfter: .zero),
    .cameraOff: AlertRule(window: .zero, share: 1, severity: .high, clearAfter: .zero),
  ])
}
