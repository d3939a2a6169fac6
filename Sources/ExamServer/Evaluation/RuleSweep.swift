import ExamModel

/// What many recorded clips come to under other values of one kind's rule, one threshold at a time.
struct RuleSweep: Sendable {
  struct Point: Sendable {
    let value: Double
    let isPresent: Bool
    let figures: [AlertKind: AlertFigures]
  }

  struct Curve: Sendable {
    let knob: RuleKnob
    let points: [Point]
  }

  let kind: AlertKind
  let curves: [Curve]

  /// The figures of each kind, judged by the windows of the rules in force whatever was told: what counts as an event must
  /// not depend on the rule that is tried.
  static func figures(
    of clips: [RecordedClip], under rules: AlertRules, judgedBy present: AlertRules
  ) -> [AlertKind: AlertFigures] {
    AlertFigures.by(
      kindOf: clips.map { clip in
        Judgement(
          of: clip.alerts(rules: rules), labels: clip.labels, seconds: clip.seconds, rules: present)
      })
  }

  /// Tries every value of every threshold of one kind, on all cores.
  ///
  /// - Parameter base: the figures under the rules in force.
  static func run(
    _ kind: AlertKind, clips: [RecordedClip], rules: AlertRules, base: [AlertKind: AlertFigures]
  ) async -> RuleSweep {
    guard let rule = rules.rules[kind] else { return RuleSweep(kind: kind, curves: []) }
    var curves: [Curve] = []
    for knob in RuleKnob.all(of: rule) {
      let values = knob.values(around: rule)
      let points = await withTaskGroup(of: (Int, Point).self) { group in
        for (index, value) in values.enumerated() {
          group.addTask {
            guard value != knob.value(of: rule) else {
              return (index, Point(value: value, isPresent: true, figures: base))
            }
            var tried = rules
            knob.set(value, in: &tried.rules[kind]!)
            let figures = figures(of: clips, under: tried, judgedBy: rules)
            return (index, Point(value: value, isPresent: false, figures: figures))
          }
        }
        return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
      }
      curves.append(Curve(knob: knob, points: points))
    }
    return RuleSweep(kind: kind, curves: curves)
  }
}
