import Dispatch
import ExamModel
import Foundation
import GRDB
import Synchronization

/// Writes operations into the database in the order in which they come, on a thread of its own. What cannot be written
/// waits in memory and is tried again, so that no exam depends on a disk.
///
/// Who hands over an operation waits until it is in, as a transaction of its own: in WAL mode with `synchronous = NORMAL`
/// its pages are with the system then, and so survive the end of the process, `kill -9` too. But nobody waits for longer
/// than a moment, and all together no longer than a small part of each second: where a disk is slow, or another program or
/// an erasure holds the database, operations stay in line and nobody waits for a while. `trouble` says so meanwhile.
///
/// A loss of power may cost the last moments (never the rest: the database stays sound). `synchronous = FULL` would keep
/// those too, for an fsync with every event.
final class JournalWriter: Sendable {
  /// How long to leave a disk alone that would not take a write.
  static let pause = Duration.seconds(1)
  /// Operations written in one transaction when many wait.
  static let batch = 500

  let database: DatabasePool
  let evidence: EvidenceFolder
  let identity: FileIdentity
  private let limits: StoreLimits
  let report: @Sendable (String) -> Void
  /// Held for moments only, never for a transaction.
  let state: Mutex<State>
  let sentence = Mutex<String?>(nil)
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  struct State {
    var waiting = WaitingLine<WriteOperation>()
    var pictures = WaitingLine<PictureTask>()
    var pictureBytes = 0
    /// What else the thread has to do, between two transactions.
    var tasks = WaitingLine<@Sendable () -> Void>()
    var alive: ClockRecord?
    /// Operations that found no room in the line and are lost, since it was empty last.
    var dropped = 0
    /// Transactions begun and ended so far.
    var begun = 0
    var finished = 0
    /// Operations that were taken from the line, for those who wait for theirs.
    var written = 0
    var waiters: [(position: Int, semaphore: DispatchSemaphore)] = []
    var patience: WriterPatience
    /// The thread that waits once for many operations, while it hands them over.
    var gatherer: pthread_t?
    var failure: (cause: String, advice: String)?
    var lastTry = ContinuousClock.now
    /// Sessions that were erased: what comes in late for them is dropped, and no surprise.
    var erased: Set<SessionCode> = []
    var isClosing = false
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
    state = Mutex(State(patience: WriterPatience(perSecond: limits.patiencePerSecond)))
    let thread = Thread { [weak self, arrivals, ended] in
      while true {
        // Now and then without being called, for what could not be written.
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
  var trouble: String? { sentence.withLock { $0 } }

  // MARK: For those who write

  func write(_ operation: WriteOperation) {
    enqueue { state in
      if case .create(let session) = operation {
        state.erased.remove(session.code)
        state.pictures.append(.begin(session.code))
      }
      guard state.waiting.count < limits.operations else {
        if state.dropped == 0 {
          report(
            "\(limits.operations) entries wait for the database \(database.path); what else happens is lost")
        }
        state.dropped += 1
        return false
      }
      state.waiting.append(operation)
      return true
    }
  }

  /// Keeps a picture before any operation that comes after it.
  ///
  /// - Returns: whether there was room for it in memory.
  func keep(_ jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode) -> Bool {
    let isTaken = state.withLock { state in
      guard state.pictureBytes + jpeg.count <= limits.pictureBytes else { return false }
      state.pictures.append(.keep(session: session, alert: alert, bytes: Array(jpeg)))
      state.pictureBytes += jpeg.count
      return true
    }
    if isTaken {
      enqueue { _ in true }
    } else {
      report("a picture of session \(session) finds no room in memory, since the disk is slow, and is lost")
    }
    return isTaken
  }

  /// Tries again what waits, and notes the time. The time itself never waits in line: another one follows soon. So nothing
  /// is amiss where it comes late, and nobody is told.
  func retry(at clocks: ClockRecord) {
    enqueue(isKept: false) { state in
      state.alive = clocks
      return true
    }
  }

  /// Waits once for all that `body` hands over.
  func together(_ body: () -> Void) {
    let thread = pthread_self()
    let isOutermost = state.withLock { state in
      guard state.gatherer == nil else { return false }
      state.gatherer = thread
      return true
    }
    body()
    guard isOutermost else { return }
    enqueue { state in
      state.gatherer = nil
      return true
    }
  }

  /// Hands something to the thread and waits for a moment until it is done.
  ///
  /// - Parameter isKept: whether it is something that happened, which must not wait unnoticed.
  private func enqueue(isKept: Bool = true, _ change: (inout State) -> Bool) {
    let waiter: DispatchSemaphore? = state.withLock { state in
      if state.isClosing, state.failure == nil { state.failure = ("the server is stopping", "") }
      guard change(&state), state.failure == nil, !state.patience.isResting else {
        tell(&state)
        return nil
      }
      guard state.gatherer != pthread_self() else { return nil }
      let semaphore = DispatchSemaphore(value: 0)
      state.waiters.append((state.written + state.waiting.count, semaphore))
      return semaphore
    }
    arrivals.signal()
    guard let waiter else { return }
    let beginning = ContinuousClock.now
    _ = waiter.wait(timeout: .now() + limits.patience.inSeconds)
    let now = ContinuousClock.now
    state.withLock { state in
      let isInVain = state.waiters.contains { $0.semaphore === waiter }
      state.waiters.removeAll { $0.semaphore === waiter }
      guard isKept else { return }
      state.patience.waited(now - beginning, inVain: isInVain, at: now)
      if state.patience.isResting { tell(&state) }
    }
  }

  /// Runs `body` in a transaction once nothing waits any more; from then on nothing of `session` is taken. Waits as long
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
      throw StoreError(.notErased, "session \(session) is not erased: the server is stopping")
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

  /// Reads the database together with what waits to be written, as of one moment: while no transaction is under way.
  ///
  /// - Parameter read: may be called several times.
  func reading<Result>(_ read: (WaitingLine<WriteOperation>) throws -> Result) throws -> Result {
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

/// What is to be done in the folder of pictures, in order.
enum PictureTask: Sendable {
  case begin(SessionCode)
  case keep(session: SessionCode, alert: AlertID, bytes: [UInt8])
}
