/// A stretch of time in which no look was good. Trouble that changes its kind so often that no kind fills its own window is
/// trouble all the same.
struct UnbrokenTrouble: Sendable {
  typealias Instant = ContinuousClock.Instant

  private var span: (since: Instant, last: Instant)?
  private var looks = 0
  private var bad: [AlertKind: Int] = [:]

  /// - Parameters:
  ///   - kinds: what was bad; empty for a look that says nothing.
  ///   - began: when that began, if it is known.
  mutating func look(_ kinds: [AlertKind], at now: Instant, began: Instant?) {
    if let span, now - span.last > AlertMachine.blindAfter { self = UnbrokenTrouble() }
    guard !kinds.isEmpty else { return }
    span = (span?.since ?? began ?? now, now)
    looks += 1
    for kind in kinds { bad[kind, default: 0] += 1 }
  }

  /// The kind that was bad most often, once the stretch is as long as the longest window of those that it consists of.
  func due(
    at now: Instant, window: (AlertKind) -> Duration?
  ) -> (kind: AlertKind, onset: Instant, share: Double)? {
    // One kind alone confirms itself.
    guard let span, bad.count > 1, let longest = bad.keys.compactMap(window).max(),
      now - span.since >= longest
    else { return nil }
    let most = AlertKind.allCases.filter { bad[$0] != nil }.max { bad[$0]! < bad[$1]! }
    return most.map { ($0, span.since, Double(bad[$0]!) / Double(looks)) }
  }
}
