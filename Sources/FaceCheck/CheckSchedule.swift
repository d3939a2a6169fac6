import ExamModel

/// Who is checked next: pure bookkeeping over lanes, pictures and a clock that the caller reads.
///
/// Earliest deadline first: a lane is due one interval after its last check began; of the due lanes with a waiting
/// picture the one due longest goes first. A lane that has just been checked so goes behind all others, and under
/// overload every lane's rate falls equally.
///
/// After their first check lanes fall due on the beats of one clock, not whenever they like: what is checked in one go shares a wake-up, and finds
/// the networks' weights in the caches.
struct CheckSchedule: Sendable {
  typealias Instant = SuspendingClock.Instant
  typealias LaneID = Int

  enum Decision {
    /// Check this now. `delay` is how long the picture's lane has been due with a picture waiting.
    case check(LaneID, AnalysisPicture, delay: Duration)
    /// Nothing is due before this instant.
    case sleep(until: Instant)
    /// No picture waits for a free lane.
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

  /// Pictures are of use from this share of the interval before a check on. Of an upload with 5 pictures a second one
  /// comes within it, and at most two have to be made for each check.
  private static let leadShare = 0.45
  private static let beatsPerInterval = 25

  private let interval: Duration
  private let firstBeat: Instant
  /// When the workers look again by themselves; nil while they wait for news or are at work.
  private var wakesAt: Instant?
  private var lanes: [LaneID: Lane] = [:]
  private var nextID: LaneID = 0
  /// The lane of least priority that is being checked, even if it was removed meanwhile.
  private var leastBusy: LaneID?

  /// - Parameters:
  ///   - interval: from when a lane's check was due to when it is due again. Where the check came late, the next may
  ///     follow it after half of this, and no sooner.
  ///   - start: one of the beats.
  init(interval: Duration, start: Instant = .now) {
    self.interval = interval
    firstBeat = start
  }

  var laneCount: Int { lanes.count }

  /// Whether a picture waits for a lane that is not being checked, due or not.
  var hasWork: Bool { lanes.values.contains(where: canBeChecked) }

  private func canBeChecked(_ lane: Lane) -> Bool {
    lane.waiting != nil && !lane.isBusy && (lane.priority == .exam || leastBusy == nil)
  }

  /// How long the lane that is behind most has waited past its due time. Nobody is behind with lanes of least priority.
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

  /// Puts a picture in the place of the one that waits.
  ///
  /// - Returns: the picture that was replaced, and whether a worker may have to wake for this one.
  mutating func offer(_ picture: AnalysisPicture, to id: LaneID, at now: Instant) -> (
    replaced: AnalysisPicture?, isNews: Bool
  ) {
    guard let lane = lanes[id] else { return (nil, false) }
    let since = lane.waiting?.since ?? now
    lanes[id]!.waiting = (picture, since)
    let isInTime = wakesAt.map { $0 <= lane.due } ?? false
    return (lane.waiting?.picture, lane.waiting == nil && canBeChecked(lanes[id]!) && !isInTime)
  }

  /// Whether a picture that comes now may be the one the lane's next check looks at: it is due, or nearly.
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

  /// Of the lanes that can be checked the one that is due first.
  private func firstDue(_ priority: FaceCheckPriority) -> (id: LaneID, due: Instant)? {
    var first: (id: LaneID, due: Instant)?
    for (id, lane) in lanes where lane.priority == priority && canBeChecked(lane) {
      // Of two that are due at the same instant the older lane goes first: a dictionary has no order of its own.
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
    // A lane that is a little late keeps its beat, or many small delays would add up to fewer checks than promised. But
    // what was missed is not made up for at the cost of others.
    lanes[id]!.due = beat(from: max(due + interval, now + interval / 2))
    return .check(id, lane.waiting!.picture, delay: lane.delay(at: now))
  }

  /// The first beat at or after an instant, give or take a thousandth of one: a quotient that is a little more than whole
  /// by rounding must not skip a beat.
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
