/// One reading of the server's `/metrics`.
struct ScrapedMetrics: Sendable {
  /// By name with labels, such as `exam_frames_dropped_total{cause="refused"}`.
  let values: [String: Double]

  init() { values = [:] }

  /// - Parameter text: the Prometheus text format.
  init(parsing text: String) {
    var values: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
        continue
      }
      values[String(line[..<space])] = value
    }
    self.values = values
  }

  /// How much each counter grew since `earlier`.
  func growth(since earlier: ScrapedMetrics) -> [String: Double] {
    var growth: [String: Double] = [:]
    for (name, value) in values where Self.isCounter(name) {
      growth[name] = value - (earlier.values[name] ?? 0)
    }
    return growth
  }

  private static func isCounter(_ name: String) -> Bool {
    let name = name.prefix { $0 != "{" }
    return ["_total", "_bucket", "_sum", "_count"].contains { name.hasSuffix($0) }
  }

  /// Frames not decoded since `earlier`, by cause.
  func drops(since earlier: ScrapedMetrics) -> [String: Int] {
    var drops: [String: Int] = [:]
    for (name, value) in growth(since: earlier) {
      guard let match = name.wholeMatch(of: /exam_frames_dropped_total\{cause="(.*)"\}/) else { continue }
      drops[String(match.1)] = Int(value)
    }
    return drops
  }

  /// The longest time from one check of a student to the next since `earlier`, in seconds, rounded up to a bucket of
  /// the server's histogram; one still going on counts too. Nil if the server does not say.
  func longestUnchecked(since earlier: ScrapedMetrics) -> Double? {
    let name = "exam_time_between_checks_seconds"
    let growth = growth(since: earlier)
    var buckets: [(bound: Double, count: Double)] = []
    for (key, value) in growth {
      guard key.hasPrefix(name + "_bucket{le=\""), let text = key.split(separator: "\"").dropFirst().first,
        let bound = text == "+Inf" ? .infinity : Double(text)
      else { continue }
      buckets.append((bound, value))
    }
    guard let count = growth[name + "_count"] else { return nil }
    buckets.sort { $0.bound < $1.bound }
    let longest = count > 0 ? buckets.first { $0.count >= count }?.bound ?? .infinity : 0
    return max(longest.isFinite ? longest : 61, values["exam_longest_time_unchecked_seconds"] ?? 0)
  }
}
