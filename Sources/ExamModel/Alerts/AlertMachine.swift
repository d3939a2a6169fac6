/// The state of one kind of alert for one student: `clear -> suspected -> confirmed -> clear`, driven by looks, each of
/// which says "bad" or "good" and when. It has no clock and notifies nobody: it returns what changed.
struct AlertMachine: Sendable {
  typealias Instant = ContinuousClock.Instant
  typealias Change = AlertPolicy.Transition.Change

  enum State: Hashable {
    case clear
    case suspected(onset: Instant)
    /// `goodSince`: the first in the current unbroken run of good looks.
    case confirmed(goodSince: Instant?)
  }

  private struct Look {
    var at: Instant
    /// For a bad one, when the unbroken run of bad looks that it belongs to began.
    var began: Instant?
  }

  /// May change between looks, when a teacher makes or withdraws an exception for a student.
  var rule: AlertRule
  private(set) var state = State.clear
  /// The looks since all was well, oldest first: those in the window that ends now, and the last one before it. They
  /// outlast a suspicion that was dropped, so that near the share the delay grows smoothly and does not jump by windows.
  private var looks: [Look] = []
  /// The last look, and the start of the unbroken period of observation it belongs to.
  private var watch: (since: Instant, last: Instant)?
  private var clearedAt: Instant?

  /// After a longer gap than this between looks nothing is known about the student, so suspicions start over.
  static let blindAfter = Duration.seconds(2)

  init(rule: AlertRule) { self.rule = rule }

  /// Continues from where the state machine was before the server restarted.
  ///
  /// - Parameter clearedAt: when the last alert of the kind ended; `nil` if it is still open or there was none.
  mutating func restore(isConfirmed: Bool, clearedAt: Instant?) {
    state = isConfirmed ? .confirmed(goodSince: nil) : .clear
    self.clearedAt = clearedAt
  }

  var isConfirmed: Bool {
    if case .confirmed = state { true } else { false }
  }

  /// Whether it is suspected or confirmed.
  var isOpen: Bool { state != .clear }

  /// Takes one look.
  ///
  /// - Parameters:
  ///   - began: when what the look saw began, if that is known and earlier than the look. What began while nobody was
  ///     looking counts from the moment somebody did.
  ///   - isHeld: whether a suspicion is counted on but not confirmed yet, since something else may explain it.
  mutating func look(
    isBad: Bool, at now: Instant, began: Instant? = nil, isHeld: Bool = false
  ) -> [Change] {
    var changes: [Change] = []
    let before = watch?.last
    if let watch, now - watch.last <= Self.blindAfter {
      self.watch = (watch.since, now)
    } else {
      watch = (now, now)
      looks = []
      if case .suspected = state { changes.append(dismiss()) }
    }

    let onset = isBad ? max(began ?? backdated(now, since: before), watch!.since) : nil
    remember(Look(at: now, began: isBad ? looks.last?.began ?? onset : nil))
    switch state {
    case .clear:
      guard let onset else { break }
      state = .suspected(onset: onset)
      changes.append(.suspected(onset: onset))
      if !isHeld { changes += confirmIfDue(at: now) }
    case .suspected(let onset):
      if isBad {
        if !isHeld { changes += confirmIfDue(at: now) }
      } else if looks.isEmpty || (now - onset >= rule.window && badShare(at: now) < rule.share) {
        changes.append(dismiss())
      }
    case .confirmed(let goodSince):
      if isBad {
        state = .confirmed(goodSince: nil)
      } else {
        let goodSince = goodSince ?? now
        state = .confirmed(goodSince: goodSince)
        if now - goodSince >= rule.clearAfter { changes.append(clear(at: goodSince)) }
      }
    }
    return changes
  }

  /// Clears whatever is open, because something else explains it from `now` on.
  mutating func mask(at now: Instant) -> [Change] {
    looks = []
    return switch state {
    case .clear: []
    case .suspected: [dismiss()]
    case .confirmed: [clear(at: now)]
    }
  }

  /// When something began that the previous look did not see and this one does: halfway between the two, if looks come
  /// at their usual rate.
  private func backdated(_ now: Instant, since before: Instant?) -> Instant {
    // What is reported rather than detected, such as a hidden page, began when it was reported.
    guard rule.share < 1, let before else { return now }
    return now - min((now - before) / 2, Self.halfPace)
  }

  /// Half the time between two checks.
  private static let halfPace = Duration.milliseconds(250)

  private mutating func remember(_ look: Look) {
    if look.began == nil, looks.isEmpty { return }
    looks.append(look)
    if let last = looks.lastIndex(where: { look.at - $0.at >= rule.window }) { looks.removeSubrange(..<last) }
    // Where looks can be wrong it takes several good ones in a row to say that all is well.
    let good = looks.suffix(rule.share < 1 ? rule.goodLooks : 1)
    if good.allSatisfy({ $0.began == nil }) { looks = [] }
  }

  /// The share of bad looks in the window. There must be any.
  private func badShare(at now: Instant) -> Double {
    let inWindow = looks.lazy.filter { now - $0.at <= rule.window }
    return Double(inWindow.count { $0.began != nil }) / Double(inWindow.count)
  }

  /// Confirms what several kinds together have shown, though this one alone has not.
  mutating func confirm(onset: Instant, share: Double) -> Change {
    state = .confirmed(goodSince: nil)
    return .confirmed(
      onset: onset, confidence: share, again: clearedAt.map { onset - $0 < rule.cooldown } ?? false)
  }

  private mutating func confirmIfDue(at now: Instant) -> [Change] {
    guard let onset = looks.lazy.compactMap(\.began).first, now - onset >= rule.window else { return [] }
    let share = badShare(at: now)
    return share >= rule.share ? [confirm(onset: onset, share: share)] : []
  }

  private mutating func dismiss() -> Change {
    state = .clear
    return .dismissed
  }

  private mutating func clear(at time: Instant) -> Change {
    state = .clear
    looks = []
    clearedAt = time
    return .cleared(at: time)
  }
}
