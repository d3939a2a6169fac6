import ExamModel

/// What teachers said of the alerts of one kind.
struct ReportVerdicts: Sendable, Hashable {
  /// With fewer judged the interval below can cover more than half of the scale: it would tell nothing.
  static let fewest = 12
  /// The quantile of the normal distribution for an interval of 95 %.
  private static let quantile = 1.959964

  let kind: AlertKind
  let alerts: Int
  let right: Int
  let wrong: Int

  /// How many of the judged ones were right, 0...1, and the bounds of Wilson's 95 % interval.
  struct Share: Sendable, Hashable {
    let right: Double
    let low: Double
    let high: Double
  }

  var judged: Int { right + wrong }
  var notJudged: Int { alerts - judged }

  /// `nil` if too few were judged.
  var share: Share? {
    guard judged >= Self.fewest else { return nil }
    let (count, square) = (Double(judged), Self.quantile * Self.quantile)
    let share = Double(right) / count
    let centre = share + square / (2 * count)
    let reach = Self.quantile * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
    let scale = 1 + square / count
    return Share(right: share, low: max(0, (centre - reach) / scale), high: min(1, (centre + reach) / scale))
  }
}

extension SessionReport {
  /// Of each kind that occurs, in the usual order.
  var verdicts: [ReportVerdicts] {
    let alerts = Dictionary(grouping: students.flatMap(\.alerts), by: \.record.kind)
    return AlertKind.allCases.compactMap { kind in
      alerts[kind].map { alerts in
        func count(_ verdict: AlertVerdict) -> Int { alerts.count { $0.judgement?.verdict == verdict } }
        return ReportVerdicts(kind: kind, alerts: alerts.count, right: count(.right), wrong: count(.wrong))
      }
    }
  }
}
