/// When a suspicion of one kind becomes an alert.
public struct AlertRule: Sendable, Hashable {
  /// How long it must last. Zero: the first look is enough.
  public var window: Duration
  /// The share of looks in the window that must agree, 0...1.
  public var share: Double
  public var severity: AlertSeverity
  /// Beyond which a look is bad, for kinds that measure something: `AlertRow.measure`.
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
    if let farthest = kind.row.measure?.farthest, let limit { rule.limit = min(limit * factor, farthest) }
    return rule
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

  public static let standard = AlertRules(
    rules: Dictionary(uniqueKeysWithValues: AlertKind.allCases.map { ($0, $0.row.rule) }))
}
