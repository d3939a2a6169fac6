/// A stretch of time in which no look was good. Trouble that changes its kind so often that no kind fills its own window is
/// trouble all the same.
struct UnbrokenTrouble: Sendable {
  typealias Instant = ContinuousClock.Instant

  private var span: (since: Instant, last: Instant)?
  /// The looks at pictures, and of these the bad ones by kind.
  private var looks = 0
  private var bad: [AlertKind: Int] = [:]

  /// - Parameters:
  ///   - kinds: what was bad.
  ///   - began: when that began, if it is known and earlier.
  mutating func look(_ kinds: [AlertKind], at now: Instant, began: Instant?) {
    if let span, now - span.last > AlertMachine.blindAfter { self = UnbrokenTrouble() }
    span = (span?.since ?? began ?? now, now)
    if kinds.contains(where: { $0.row.source == .picture }) { looks += 1 }
    for kind in kinds { bad[kind, default: 0] += 1 }
  }

  /// What is told once the stretch is as long as the longest window of the kinds that it consists of: of those that are bad
  /// now the one that was bad most often.
  ///
  /// - Returns: with the share of the looks at pictures in which it was; 1 for a video that has stopped.
  func due(
    _ kinds: [AlertKind], at now: Instant, window: (AlertKind) -> Duration?
  ) -> (kind: AlertKind, onset: Instant, share: Double)? {
    // One kind alone confirms itself.
    guard let span, bad.count > 1, let longest = bad.keys.compactMap(window).max(),
      now - span.since >= longest, let kind = kinds.max(by: { bad[$0, default: 0] < bad[$1, default: 0] })
    else { return nil }
    let share = kind.row.source == .picture ? Double(bad[kind, default: 0]) / Double(looks) : 1
    return (kind, span.since, share)
  }
}
