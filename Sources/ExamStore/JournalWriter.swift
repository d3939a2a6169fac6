import Dispatch
import ExamModel
import Foundation
import GRDB
import Synchronization

/// Writes entries into the database in the order they arrive, on a thread of its own. What cannot be written waits in
/// memory and is retried, so that no exam depends on a disk.
///
/// Callers are called back when their entries are in: in WAL mode with `synchronous = NORMAL` the system then has the pages,
/// so they survive the end of the process, even `kill -9`. Everything that arrives during one transaction goes into the next.
/// If the disk is slow, or another program or an erasure holds the database, entries stay queued, and callers that have
/// waited until their deadline are called back anyway; `trouble` says so, and nobody waits for a while.
///
/// A power failure may cost the last moments (never the rest: the database stays sound). `synchronous = FULL` would
/// keep those too, at the price of an fsync with every event.
final class JournalWriter: Sendable {
  /// How long to leave a disk alone that failed a write.
  static let pause = Duration.seconds(1)
  /// Entries written in one transaction when many wait.
  static let batch = 500

  let database: DatabasePool
  let evidence: EvidenceFolder
  let identity: FileIdentity
  private let limits: StoreLimits
  let report: @Sendable (String) -> Void
  /// Held only for moments, never for a transaction.
  let state: Mutex<State>
  let sentence = Mutex<(state: StoreState, detail: String)?>(nil)
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  struct State {
    var waiting = WaitingLine<JournalEntry>()
    var pictures = WaitingLine<PictureTask>()
    var pictureBytes = 0
    /// The thread's other tasks, between transactions.
    var tasks = WaitingLine<@Sendable () -> Void>()
    var alive: ClockRecord?
    /// Entries lost because the queue was full, since it was last empty.
    var dropped = 0
    /// Transactions begun and ended so far.
    var begun = 0
    var finished = 0
    /// Entries taken from the queue, for callers that wait for theirs.
    var written = 0
    var waiters: [Waiter] = []
    /// When the deadlines of waiting callers are checked next.
    var nextLook: ContinuousClock.Instant?
    var rest = WriterRest()
    var failure: (cause: String, advice: String)?
    var lastTry = ContinuousClock.now
    /// Sessions that were erased: late entries for them are dropped as expected.
    var erased: Set<SessionCode> = []
    var isClosing = false
  }

  struct Waiter {
    /// The number of the last entry, among all ever taken.
    let position: Int
    let deadline: ContinuousClock.Instant
    let goOn: @Sendable () -> Void
  }

  init(
    _ database: DatabasePool, evidence: EvidenceFolder, identity: FileIdentity, limits: StoreLimits,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.database = database
    self.evidence = evidence
    self.identity = identity
    self.limits = limits
    self.report = report
    state = Mutex(State())
    let thread = Thread { [weak self, arrivals, ended] in
      while true {
        // Also runs from time to time by itself, for what could not be written.
        _ = arrivals.wait(timeout: .now() + .seconds(1))
        guard let self, work() else { break }
      }
      ended.signal()
    }
    thread.name = "journal"
    thread.start()
  }

  deinit { arrivals.signal() }

  /// `nil` while everything is in the database.
  var failure: (state: StoreState, detail: String)? { sentence.withLock { $0 } }

  // MARK: For those who write

  /// - Parameter goOn: called once, from any thread: when the entries are in, or the wait is given up.
  func append(
    _ entries: [JournalEntry], by deadline: ContinuousClock.Instant, then goOn: @escaping @Sendable () -> Void
  ) {
    let isWaiting = state.withLock { state in
      let isBehind = !state.waiting.isEmpty
      for entry in entries { take(entry, &state) }
      let now = ContinuousClock.now
      if state.isClosing, state.failure == nil { state.failure = ("the server is stopping", "") }
      if deadline <= now, isBehind { state.rest.begin(at: now) }
      guard state.failure == nil, !state.rest.isOn else {
        setTrouble(&state)
        return false
      }
      state.waiters.append(
        Waiter(position: state.written + state.waiting.count, deadline: deadline, goOn: goOn))
      watchDeadlines(&state, at: now)
      return true
    }
    arrivals.signal()
    if !isWaiting { goOn() }
  }

  private func take(_ entry: JournalEntry, _ state: inout State) {
    if case .create(let session) = entry {
      state.erased.remove(session.code)
      state.pictures.append(.begin(session.code))
    }
    guard state.waiting.count < limits.entries else {
      if state.dropped == 0 {
        report("\(limits.entries) entries wait for the database \(database.path); what else happens is lost")
      }
      state.dropped += 1
      return
    }
    state.waiting.append(entry)
  }

  /// Schedules a check for when the first deadline passes: the writer's own thread may be stuck in its disk.
  private func watchDeadlines(_ state: inout State, at now: ContinuousClock.Instant) {
    guard let first = state.waiters.map(\.deadline).min() else { return }
    if let next = state.nextLook, next <= first { return }
    state.nextLook = first
    DispatchQueue.global().asyncAfter(deadline: .now() + (first - now).inSeconds) { [weak self] in
      self?.state.withLock { state in
        state.nextLook = nil
        let now = ContinuousClock.now
        if state.waiters.contains(where: { $0.deadline <= now }) {
          state.rest.begin(at: now)
          self?.setTrouble(&state)
          self?.release(&state, everybody: true)
        }
        self?.watchDeadlines(&state, at: now)
      }
    }
  }

  /// Keeps a picture before any later entry.
  ///
  /// - Returns: whether there was memory for it.
  func keep(_ jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode) -> Bool {
    let isTaken = state.withLock { state in
      guard state.pictureBytes + jpeg.count <= limits.pictureBytes else { return false }
      state.pictures.append(.keep(session: session, alert: alert, bytes: Array(jpeg)))
      state.pictureBytes += jpeg.count
      return true
    }
    if isTaken {
      arrivals.signal()
    } else {
      report("a picture of session \(session) finds no room in memory, since the disk is slow, and is lost")
    }
    return isTaken
  }

  /// Records the time. It never waits in the queue, since another one follows soon: a late one is no problem and is not
  /// reported.
  func noteAlive(_ clocks: ClockRecord) {
    state.withLock { $0.alive = clocks }
    arrivals.signal()
  }

  /// Runs `body` in a transaction once nothing is queued; from then on nothing of `session` is accepted. Waits as long
  /// as that takes.
  func erase<Result: Sendable>(
    _ session: SessionCode, _ body: @escaping @Sendable (Database) throws -> Result
  ) throws -> Result {
    let outcome = Outcome<Result>()
    let isTaken = state.withLock { state in
      guard !state.isClosing else { return false }
      state.tasks.append { [self] in outcome.set(.init { try performErasure(of: session, body) }) }
      return true
    }
    guard isTaken else {
      throw StoreError("session \(session) is not erased: the server is stopping")
    }
    arrivals.signal()
    return try outcome.wait().get()
  }

  /// Writes what it can and ends the thread.
  ///
  /// - Returns: whether it has ended.
  func close() -> Bool {
    let isNew = state.withLock { state in
      defer { state.isClosing = true }
      state.lastTry -= JournalWriter.pause
      return !state.isClosing
    }
    if isNew { arrivals.signal() }
    // A disk that hangs must not keep the process from ending.
    guard ended.wait(timeout: .now() + 2) == .success else { return false }
    ended.signal()
    return true
  }

  /// Reads the database together with the queue, as of one moment: while no transaction is in progress.
  ///
  /// - Parameter read: may be called several times.
  func reading<Result>(_ read: (WaitingLine<JournalEntry>) throws -> Result) throws -> Result {
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
      let (before, isQuiet, waiting) = state.withLock {
        ($0.begun, $0.begun == $0.finished, $0.waiting)
      }
      if isQuiet {
        let result = try read(waiting)
        if waiting.isEmpty || state.withLock({ $0.begun }) == before { return result }
      }
      usleep(1000)
    }
    throw ArchiveBusy(retryAfter: 5, "the server is writing down what has waited for its disk")
  }
}

/// What is to be done in the pictures folder, in order.
enum PictureTask: Sendable {
  case begin(SessionCode)
  case keep(session: SessionCode, alert: AlertID, bytes: [UInt8])
}
