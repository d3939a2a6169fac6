import ExamModel
import GLibRuntime

/// The picture of the onset of each open suspicion: wanted when it begins, taken from the next picture encoded.
struct OnsetPictures {
  private var wanted: Set<AlertKind> = []
  private(set) var pictures: [AlertKind: SharedBytes] = [:]

  var isWanted: Bool { !wanted.isEmpty }

  mutating func want(for kind: AlertKind) {
    wanted.insert(kind)
    pictures[kind] = nil
  }

  mutating func drop(_ kind: AlertKind) {
    wanted.remove(kind)
    pictures[kind] = nil
  }

  /// Keeps `jpeg` for all that wait for one.
  ///
  /// - Returns: whether any did.
  mutating func take(_ jpeg: SharedBytes) -> Bool {
    guard isWanted else { return false }
    for kind in wanted { pictures[kind] = jpeg }
    wanted = []
    return true
  }
}

/// Counts what was refused of one student, so that garbage sent for a minute fills neither the socket nor the log.
struct RefusalReport {
  typealias Instant = ContinuousClock.Instant
  private var lastTold: Instant?
  private var lastJournalled: Instant?
  private var unreported = 0

  /// Notes one refusal.
  ///
  /// - Returns: whether to tell the student now, and, when it is time for the journal, how many there were.
  mutating func add(at now: Instant) -> (tellStudent: Bool, journalCount: Int?) {
    unreported += 1
    let tell = lastTold.map { now - $0 >= .seconds(1) } ?? true
    if tell { lastTold = now }
    guard lastJournalled.map({ now - $0 >= .seconds(10) }) ?? true else { return (tell, nil) }
    lastJournalled = now
    defer { unreported = 0 }
    return (tell, unreported)
  }
}
