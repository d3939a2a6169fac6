import ExamModel

/// Decides who is checked next: pure bookkeeping over lanes, pictures and a clock that the caller reads.
///
/// Earliest deadline first: a lane is due one interval after its last check began; of the due lanes with a waiting
/// picture the one that has been due longest goes first. So a lane that has just been checked goes behind all others,
/// and under overload every lane's rate falls equally.
///
/// After their first check lanes are due on the beats of one clock: checks done together share a wake-up, and the weights are
/// in the caches.
struct CheckSchedule: Sendable {
  typealias Instant = SuspendingClock.Instant
  typealias LaneID = Int

  enum Decision {
    /// Check this now. `delay` is how long the lane has been due with a picture waiting.
    case check(LaneID, AnalysisPicture, delay: Duration)
    /// Nothing is due before this instant.
    case sleep(until: Instant)
    /// No picture is waiting for a free lane.
    case idle
  }

  private struct Lane {
    var due: Instant
    let priority: FaceCheckPriority
    /// The newest picture, and since when the lane has had one to check.
    var waiting: (picture: AnalysisPicture, since: Instant)?
    var isBusy = false

    func delay(at now: Instant) -> Duration {
      guard let waiting, priority == .exam else { return .zero }
      return max(.zero, max(due, waiting.since).duration(to: now))
    }
  }

  /// Pictures are useful from this share of the interval before a check. At 5 pictures a second one arrives within it,
  /// and at most two have to be produced for each check.
  private static let leadShare = 0.45
  private static let beatsPerInterval = 25

  private let interval: Duration
  private let firstBeat: Instant
  /// When the workers look again by themselves; nil while they wait for a signal or are busy.
  private var wakesAt: Instant?
  private var lanes: [LaneID: Lane] = [:]
  private var nextID: LaneID = 0
  /// The low-priority lane that is being checked, even if it was removed meanwhile.
  private var leastBusy: LaneID?

  /// - Parameters:
  ///   - interval: from when a check was due to when the next is. After a late check, the next may follow after half of
  ///     this, and no sooner.
  ///   - start: one of the beats.
  init(interval: Duration, start: Instant = .now) {
    self.interval = interval
    firstBeat = start
  }

  /// Whether a picture is waiting for a lane that is not being checked, due or not.
  var hasWork: Bool { lanes.values.contains(where: canBeChecked) }

  private func canBeChecked(_ lane: Lane) -> Bool {
    lane.waiting != nil && !lane.isBusy && (lane.priority == .exam || leastBusy == nil)
  }

  /// How far the most delayed lane is past its due time. Low-priority lanes do not count.
  func longestDelay(at now: Instant) -> Duration {
    lanes.values.lazy.map { $0.delay(at: now) }.max() ?? .zero
  }

  /// A new lane, due at once.
  mutating func add(_ priority: FaceCheckPriority = .exam, at now: Instant) -> LaneID {
    defer { nextID += 1 }
    lanes[nextID] = Lane(due: now, priority: priority)
    return nextID
  }

  mutating func remove(_ id: LaneID) {
    lanes[id] = nil
  }

  /// Replaces the waiting picture by a new one.
  ///
  /// - Returns: the replaced picture, and whether a worker may have to wake for this one.
  mutating func offer(_ picture: AnalysisPicture, to id: LaneID, at now: Instant) -> (
    replaced: AnalysisPicture?, isNews: Bool
  ) {
    guard let lane = lanes[id] else { return (nil, false) }
    let since = lane.waiting?.since ?? now
    lanes[id]!.waiting = (picture, since)
    let isInTime = wakesAt.map { $0 <= lane.due } ?? false
    return (lane.waiting?.picture, lane.waiting == nil && canBeChecked(lanes[id]!) && !isInTime)
  }

  /// Whether a picture that arrives now may be used for the lane's next check: it is due, or nearly.
  func wantsPicture(_ id: LaneID, at now: Instant) -> Bool {
    guard let lane = lanes[id] else { return false }
    return now + interval * Self.leadShare >= lane.due
  }

  /// Takes the next picture to check; its lane is busy until `finish`.
  mutating func next(at now: Instant) -> Decision {
    wakesAt = nil
    let first = firstDue(.exam)
    if first == nil || first!.due > now, let spare = firstDue(.least), spare.due <= now {
      leastBusy = spare.id
      return take(spare.id, due: spare.due, at: now)
    }
    guard let first else { return .idle }
    guard first.due <= now else {
      wakesAt = first.due
      return .sleep(until: first.due)
    }
    return take(first.id, due: first.due, at: now)
  }

  /// Of the lanes that can be checked, the one that is due first.
  private func firstDue(_ priority: FaceCheckPriority) -> (id: LaneID, due: Instant)? {
    var first: (id: LaneID, due: Instant)?
    for (id, lane) in lanes where lane.priority == priority && canBeChecked(lane) {
      // Of two that are due at the same instant the older lane goes first: a dictionary is unordered.
      if first == nil || (lane.due, id) < (first!.due, first!.id) {
        first = (id, lane.due)
      }
    }
    return first
  }

  private mutating func take(_ id: LaneID, due: Instant, at now: Instant) -> Decision {
    let lane = lanes[id]!
    lanes[id]!.waiting = nil
    lanes[id]!.isBusy = true
    // A lane that is slightly late keeps its beat, or many small delays would add up to fewer checks than promised. But
    // missed checks are not made up for at the cost of others.
    lanes[id]!.due = beat(from: max(due + interval, now + interval / 2))
    return .check(id, lane.waiting!.picture, delay: lane.delay(at: now))
  }

  /// The first beat at or after an instant, give or take a thousandth of a beat: a quotient just above a whole number
  /// because of rounding must not skip a beat.
  private func beat(from instant: Instant) -> Instant {
    let beat = interval / Self.beatsPerInterval
    return firstBeat + beat * Int((firstBeat.duration(to: instant) / beat - 0.001).rounded(.up))
  }

  /// The lane's check is over.
  mutating func finish(_ id: LaneID) {
    lanes[id]?.isBusy = false
    if leastBusy == id { leastBusy = nil }
  }
}
