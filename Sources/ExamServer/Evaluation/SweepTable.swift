import ExamModel
import Foundation

/// A sweep as text, a table for each threshold.
struct SweepTable: CustomStringConvertible {
  let sweep: RuleSweep
  let hours: Double

  private static let columns = [
    "recall", "false/h", "found", "missed", "false", "repeats", "median", "95 %", "others: missed", "false",
  ]

  var description: String { sweep.curves.map(table).joined(separator: "\n") }

  private func table(_ curve: RuleSweep.Curve) -> String {
    let rows = [["", curve.knob.rawValue] + Self.columns] + curve.points.map { row($0, of: curve.knob) }
    return "\(sweep.kind.rawValue): \(curve.knob.rawValue)\n" + Self.aligned(rows)
  }

  private func row(_ point: RuleSweep.Point, of knob: RuleKnob) -> [String] {
    let own = point.figures[sweep.kind] ?? AlertFigures()
    let others = point.figures.filter { $0.key != sweep.kind }.values
    return [
      point.isPresent ? "->" : "", knob.text(point.value, of: sweep.kind),
    ] + Self.cells(own, hours: hours) + [
      "\(others.reduce(0) { $0 + $1.missed })", "\(others.reduce(0) { $0 + $1.falseAlerts })",
    ]
  }

  /// The figures of one kind, as the first of `columns` name them.
  private static func cells(_ own: AlertFigures, hours: Double) -> [String] {
    [
      own.recall.map(twoDigits) ?? "-", twoDigits(Double(own.falseAlerts) / hours), "\(own.found)",
      "\(own.missed)", "\(own.falseAlerts)", "\(own.repeats)",
      own.medianDelay.map { twoDigits($0) + " s" } ?? "-", own.p95Delay.map { twoDigits($0) + " s" } ?? "-",
    ]
  }

  static func twoDigits(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Columns to the right, with two spaces between them.
  static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      "  "
        + zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
        + "\n"
    }.joined()
  }

  /// All kinds under the rules in force.
  static func overview(_ figures: [AlertKind: AlertFigures], rules: AlertRules, hours: Double) -> String {
    aligned(
      [["kind", "window", "share", "limit"] + columns.prefix(8)]
        + AlertKind.allCases.map { kind in
          let rule = rules.rules[kind]
          return [
            kind.rawValue, rule.map { short($0.window.inSeconds) + " s" } ?? "-",
            rule.map { short($0.share * 100) + " %" } ?? "-", rule?.limit.map(short) ?? "-",
          ] + cells(figures[kind] ?? AlertFigures(), hours: hours)
        })
  }
}
