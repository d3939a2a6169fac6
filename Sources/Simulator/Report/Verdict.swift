/// Whether the server withstood the load, and which limit was exceeded first. A pure value.
struct Verdict: Sendable {
  enum Limit: String, Sendable, CaseIterable, Encodable {
    case tileLatency = "tile_latency_p99_ms"
    case unchecked = "longest_unchecked_s"
    case connectionLosses = "connection_losses"
    case lostFrames = "lost_frames_share"
    case missedAlerts = "missed_alerts"
    case falseAlerts = "false_alerts"

    /// As text.
    var words: String {
      switch self {
      case .tileLatency: "capture to tile, p99 (ms)"
      case .unchecked: "longest time a student was unchecked (s)"
      case .connectionLosses: "connections lost"
      case .lostFrames: "share of frames lost"
      case .missedAlerts: "alerts that did not come"
      case .falseAlerts: "false alerts"
      }
    }
  }

  struct Violation: Sendable, Encodable {
    let limit: Limit
    let value: Double
    let allowed: Double
    /// Seconds since the start at which it was first seen.
    let since: Double
  }

  private let allowed: [Limit: Double]
  private var firstSeen: [Limit: Double] = [:]

  init(limits: [Limit: Double]) { allowed = limits }

  /// The limits that are judged, with their values.
  var limits: [String: Double] { Dictionary(uniqueKeysWithValues: allowed.map { ($0.rawValue, $1) }) }

  /// The state `seconds` after the start.
  mutating func look(at seconds: Double, _ values: [Limit: Double]) {
    for (limit, value) in values where value > allowed[limit] ?? .infinity && firstSeen[limit] == nil {
      firstSeen[limit] = seconds
    }
  }

  /// The limits exceeded by the final values, in the order in which that happened.
  func violations(at seconds: Double, _ values: [Limit: Double]) -> [Violation] {
    Limit.allCases.compactMap { limit in
      guard let allowed = allowed[limit], let value = values[limit], value > allowed else { return nil }
      return Violation(limit: limit, value: value, allowed: allowed, since: firstSeen[limit] ?? seconds)
    }.sorted { $0.since < $1.since }
  }
}
