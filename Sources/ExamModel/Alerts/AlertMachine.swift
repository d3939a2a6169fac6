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
    var isBad: Bool
  }

  /// May change between looks, when a teacher makes or withdraws an exception for a student.
  var rule: AlertRule
  private(set) var state = State.clear
  /// The looks since the suspicion began, oldest first, none older than the window.
  private var looks: [Look] = []
  /// The last look, and the start of the unbroken period of observation it belongs to.
  private var watch: (since: Instant, last: Instant)?
  private var clearedAt: Instant?

  /// After a longer gap than this between looks nothing is known about the student, so suspicions start over.
  private static let blindAfter = Duration.seconds(2)

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
  /// - Parameter began: when what the look saw began, if that is known and earlier than the look. What began while
  ///   nobody was looking counts from the moment somebody did.
  mutating func look(isBad: Bool, at now: Instant, began: Instant? = nil) -> [Change] {
    var changes: [Change] = []
    let before = watch?.last
    if let watch, now - watch.last <= Self.blindAfter {
      self.watch = (watch.since, now)
    } else {
      watch = (now, now)
      if case .suspected = state { changes.append(dismiss()) }
    }

    switch state {
    case .clear:
      guard isBad else { break }
      let onset = max(began ?? backdated(now, since: before), watch!.since)
      looks = [Look(at: now, isBad: true)]
      state = .suspected(onset: onset)
      changes.append(.suspected(onset: onset))
      changes += confirmIfDue(onset: onset, at: now)
    case .suspected(let onset):
      looks.append(Look(at: now, isBad: isBad))
      let window = rule.window
      looks.removeAll { now - $0.at > window }
      // Where looks can be wrong, dropping a suspicion takes several good ones in a row, or a whole window with too few
      // bad ones: what comes later is a new suspicion.
      let isOver =
        rule.share >= 1
        || (looks.count >= rule.goodLooks && !looks.suffix(rule.goodLooks).contains(where: \.isBad))
        || (now - onset >= rule.window && badShare < rule.share)
      if isBad {
        changes += confirmIfDue(onset: onset, at: now)
      } else if isOver {
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
    switch state {
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

  /// The share of bad looks in the window. Must not be called without any looks.
  private var badShare: Double { Double(looks.count(where: \.isBad)) / Double(looks.count) }

  private mutating func confirmIfDue(onset: Instant, at now: Instant) -> [Change] {
    let share = badShare
    guard now - onset >= rule.window, share >= rule.share else { return [] }
    state = .confirmed(goodSince: nil)
    let again = clearedAt.map { onset - $0 < rule.cooldown } ?? false
    return [.confirmed(onset: onset, confidence: share, again: again)]
  }

  private mutating func dismiss() -> Change {
    state = .clear
    looks = []
    return .dismissed
  }

  private mutating func clear(at time: Instant) -> Change {
    state = .clear
    looks = []
    clearedAt = time
    return .cleared(at: time)
  }
}
