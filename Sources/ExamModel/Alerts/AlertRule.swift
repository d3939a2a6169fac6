/// When a suspicion of one kind becomes an alert.
public struct AlertRule: Sendable, Hashable {
  /// How long it must last. Zero: the first look is enough.
  public var window: Duration
  /// The share of looks in the window that must agree, 0...1.
  public var share: Double
  public var severity: AlertSeverity
  /// How long all must be well before the alert clears.
  public var clearAfter: Duration
  /// An alert that comes back sooner than this after it cleared is the same alert again, not a new one.
  public var cooldown: Duration

  public init(
    window: Duration, share: Double, severity: AlertSeverity,
    clearAfter: Duration = .milliseconds(1500), cooldown: Duration = .seconds(30)
  ) {
    self.window = window
    self.share = share
    self.severity = severity
    self.clearAfter = clearAfter
    self.cooldown = cooldown
  }
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
    .videoStopped: AlertRule(window: .seconds(5), share: 1, severity: .high, clearAfter: .zero),
    .pageHidden: AlertRule(window: .seconds(1), share: 1, severity: .medium, clearAfter: .zero),
    .cameraOff: AlertRule(window: .zero, share: 1, severity: .high, clearAfter: .zero),
  ])
}
