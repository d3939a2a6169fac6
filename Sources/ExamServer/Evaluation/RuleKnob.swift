import ExamModel

/// A threshold of a rule that `exam-monitoring tune` varies.
enum RuleKnob: String, CaseIterable {
  case window, share, limit

  /// The knobs that a rule has.
  static func all(of rule: AlertRule) -> [RuleKnob] {
    allCases.filter { $0 != .limit || rule.limit != nil }
  }

  func value(of rule: AlertRule) -> Double {
    switch self {
    case .window: rule.window.inSeconds
    case .share: rule.share
    case .limit: rule.limit ?? 0
    }
  }

  /// The values that are tried, the present one among them, in ascending order.
  func values(around rule: AlertRule) -> [Double] {
    let present = value(of: rule)
    let others: [Double] =
      switch self {
      case .window where present == 0: [0.5, 1, 2, 3, 5]
      case .window: [0.25, 0.5, 0.75, 1.25, 1.5, 2, 3].map { $0 * present }
      case .share: stride(from: 3.0, through: 10, by: 1).map { $0 / 10 }
      case .limit: [0.25, 0.5, 0.7, 0.85, 1.15, 1.3, 1.6, 2, 3].map { $0 * present }
      }
    return ([present] + others.map(thousandths).filter { abs($0 - present) > 1e-6 })
      .sorted()
  }

  func set(_ value: Double, in rule: inout AlertRule) {
    switch self {
    case .window: rule.window = .seconds(value)
    case .share: rule.share = value
    case .limit: rule.limit = value
    }
  }

  /// - Parameter kind: decides what the limit measures.
  func text(_ value: Double, of kind: AlertKind) -> String {
    switch self {
    case .window: return "\(short(value)) s"
    case .share: return "\(short(value * 100)) %"
    case .limit:
      guard case .degrees = kind.row.measure?.unit else { return "\(short(value)) of 255" }
      return "\(short(value)) degrees"
    }
  }
}
