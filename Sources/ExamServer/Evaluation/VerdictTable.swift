import ExamModel

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
