import ExamModel

/// A teacher's verdict on one alert of a real exam: a line of an exported file, which docs/tuning.md describes. Times are
/// seconds from the exam's start.
struct JudgedAlert: Decodable, Sendable {
  let kind: AlertKind
  let verdict: AlertVerdict
  /// When it began, and when all was well again; `nil`: it was still so at the end.
  let since: Double
  let until: Double?
  /// The share of the looks that agreed when it was confirmed, 0...1.
  let confidence: Double
  /// Those that confirmed it.
  let thresholds: AlertThresholds

  /// How long it lasted.
  var seconds: Double { until.map { $0 - since } ?? .infinity }

  /// Whether it would not have been told under a longer window or a higher share; `nil` where it says nothing about that, since
  /// the rule that confirmed it was no looser.
  func isLost(under knob: RuleKnob, _ value: Double) -> Bool? {
    switch knob {
    case .window: value > thresholds.window ? seconds < value : nil
    case .share: value > thresholds.share ? confidence < value : nil
    case .limit: nil
    }
  }
}
