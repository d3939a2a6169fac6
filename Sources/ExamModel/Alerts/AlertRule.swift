/// When a suspicion of one kind becomes an alert.
public struct AlertRule: Sendable, Hashable {
  /// How long it must last. Zero: the first look is enough.
  public var window: Duration
  /// The share of looks in the window that must agree, 0...1.
  public var share: Double
  public var severity: AlertSeverity
  /// The limit beyond which a look is bad, for kinds that measure something: `AlertRow.measure`.
  public var limit: Double?
  /// How many good looks in a row drop a suspicion.
  public var goodLooks: Int
  /// How long all must be well before the alert clears.
  public var clearAfter: Duration
  /// An alert that recurs sooner than this after clearing is the same alert again, not a new one.
  public var cooldown: Duration

  public init(
    window: Duration, share: Double, severity: AlertSeverity, limit: Double? = nil,
    goodLooks: Int = 3, clearAfter: Duration = .milliseconds(1500), cooldown: Duration = .seconds(30)
  ) {
    self.window = window
    self.share = share
    self.severity = severity
    self.limit = limit
    self.goodLooks = goodLooks
    self.clearAfter = clearAfter
    self.cooldown = cooldown
  }

  /// The rule with a tolerance of `factor`: a longer window, and a head that may turn further.
  func loosened(_ kind: AlertKind, by factor: Double) -> AlertRule {
    var rule = self
    rule.window = window * factor
    if let farthest = kind.row.measure?.farthest, let limit { rule.limit = min(limit * factor, farthest) }
    return rule
  }
}

/// The rule of each kind, and what pictures are judged by besides.
public struct AlertRules: Sendable, Hashable {
  public var rules: [AlertKind: AlertRule]
  public var pictures: PictureThresholds

  public init(rules: [AlertKind: AlertRule], pictures: PictureThresholds = PictureThresholds()) {
    self.rules = rules
    self.pictures = pictures
  }

  public static let standard = AlertRules(
    rules: Dictionary(uniqueKeysWithValues: AlertKind.allCases.map { ($0, $0.row.rule) }))
}
