/// How well one kind of alert did on many clips.
public struct AlertFigures: Sendable, Hashable {
  public private(set) var found = 0
  public private(set) var missed = 0
  public private(set) var falseAlerts = 0
  public private(set) var repeats = 0
  /// Seconds from an event's onset to its alert.
  public private(set) var delays: [Double] = []

  public init() {}

  /// The figures of each kind.
  public static func by(kindOf judgements: [Judgement]) -> [AlertKind: AlertFigures] {
    var figures = Dictionary(uniqueKeysWithValues: AlertKind.allCases.map { ($0, AlertFigures()) })
    for judgement in judgements {
      for one in judgement.found {
        figures[one.kind]!.found += 1
        figures[one.kind]!.delays.append(one.seconds)
      }
      for one in judgement.missed { figures[one.kind]!.missed += 1 }
      for one in judgement.falseAlerts { figures[one.kind]!.falseAlerts += 1 }
      for kind in judgement.repeats { figures[kind]!.repeats += 1 }
    }
    return figures
  }

  public var events: Int { found + missed }
  /// `nil` without events.
  public var recall: Double? { events == 0 ? nil : Double(found) / Double(events) }
  public var medianDelay: Double? { delay(share: 0.5) }
  public var p95Delay: Double? { delay(share: 0.95) }

  /// By nearest rank: a value that occurred.
  private func delay(share: Double) -> Double? {
    guard !delays.isEmpty else { return nil }
    let rank = Int((Double(delays.count) * share).rounded(.up))
    return delays.sorted()[max(0, rank - 1)]
  }
}
