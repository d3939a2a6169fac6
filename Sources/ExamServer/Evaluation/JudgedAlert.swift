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

/// What teachers' verdicts say about stricter rules of one kind.
struct VerdictTable: CustomStringConvertible {
  let description: String

  init(_ alerts: [JudgedAlert], kind: AlertKind, rule: AlertRule) {
    let alerts = alerts.filter { $0.kind == kind }
    func count(_ verdict: AlertVerdict, _ isCounted: (JudgedAlert) -> Bool = { _ in true }) -> Int {
      alerts.count { $0.verdict == verdict && isCounted($0) }
    }
    var text = "\(kind.rawValue): \(count(.right)) alerts judged right, \(count(.wrong)) wrong\n"
    for knob in [RuleKnob.window, .share] {
      let rows = knob.values(around: rule).filter { $0 > knob.value(of: rule) }.map { value in
        [
          knob.text(value, of: kind), "\(count(.right) { $0.isLost(under: knob, value) == true })",
          "\(count(.wrong) { $0.isLost(under: knob, value) == true })",
        ]
      }
      if !rows.isEmpty {
        text += SweepTable.aligned([[knob.rawValue, "right not told", "wrong not told"]] + rows)
      }
    }
    description = text
  }

  /// What the numbers cannot show.
  static let caveat = """
    Verdicts are about alerts that were told. They show which of them a longer window or a higher share would not have told \
    (it was over before the window, or fewer of its looks agreed when it was confirmed); what a shorter window or a lower \
    share would tell besides, only recorded clips show.

    """
}
