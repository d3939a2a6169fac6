import ExamModel
import Foundation
import GRDB
import Synchronization

/// Writes operations into the database in the order in which they come. What cannot be written waits in memory and is
/// tried again, so that no exam depends on a disk.
///
/// A write is a transaction of its own on the caller's thread. In WAL mode with `synchronous = NORMAL` its pages are with
/// the system when it returns, and so survive the end of the process, `kill -9` too. A loss of power may cost the last
/// moments (never the rest: the database stays sound). `synchronous = FULL` would keep those too, for an fsync with
/// every event on the thread that serves every socket: milliseconds, or a second on a busy disk, in which no
/// student is heard.
///
/// An alert with its payload takes 60 us at full speed, 150 us when one comes every millisecond (medians, release build,
/// two busy cores, ext4).
final class JournalWriter: Sendable {
  /// How long to leave a disk alone that would not take a write.
  static let pause = Duration.seconds(1)
  /// Operations written in one transaction when many wait, and the time after which the rest is left to the next call.
  private static let batch = 500
  private static let patience = Duration.milliseconds(100)

  private let database: DatabasePool
  private let identity: FileIdentity
  private let capacity: Int
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())
  /// Kept apart from the state, so that asking never waits for a transaction.
  private let sentence = Mutex<String?>(nil)

  private struct State {
    var waiting = WaitingLine<WriteOperation>()
    var dropped = 0
    var failure: (cause: String, advice: String)?
    var lastTry = ContinuousClock.now
    /// Sessions that were erased: what comes in late for them is dropped, and no surprise.
    var erased: Set<SessionCode> = []
  }

  init(
    _ database: DatabasePool, identity: FileIdentity, capacity: Int,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.database = database
    self.identity = identity
    self.capacity = capacity
    self.report = report
  }

  /// `nil` while everything is in the database.
  var trouble: String? { sentence.withLock { $0 } }

  func write(_ operation: WriteOperation) {
    state.withLock { state in
      if case .create(let session) = operation { state.erased.remove(session.code) }
      if state.waiting.count >= capacity { drain(&state) }
      if state.waiting.count < capacity {
        state.waiting.append(operation)
      } else {
        state.dropped += 1
      }
      drain(&state)
      tell(&state)
    }
  }

  /// Tries again what waits, and notes the time. The time itself never waits: another one follows soon.
  func retry(at time: Timestamp?) {
    state.withLock { state in
      drain(&state)
      if let time, state.waiting.isEmpty, mayTry(state) { perform([.noteAlive(at: time)], &state) }
      tell(&state)
    }
  }

  /// What waits, for readers to add to what they find in the database. `body` runs before anything else is written, and
  /// so sees each operation once.
  func withWaiting<Result: Sendable>(_ body: ([WriteOperation]) throws -> Result) throws -> Result? {
    try state.withLock { state in
      guard !state.waiting.isEmpty else { return nil }
      return try body(Array(state.waiting))
    }
  }

  /// Runs `body` in a transaction once nothing waits any more; from then on nothing of `session` is taken.
  func erase<Result: Sendable>(_ session: SessionCode, _ body: (Database) throws -> Result) throws -> Result {
    try state.withLock { state in
      state.lastTry -= JournalWriter.pause
      while !state.waiting.isEmpty, mayTry(state) { drain(&state) }
      tell(&state)
      if let trouble, !state.waiting.isEmpty {
        throw StoreError(.notErased, "session \(session) is not erased: \(trouble)")
      }
      guard identity.isInPlace else { throw FileIdentity.Lost() }
      let result = try database.write(body)
      state.erased.insert(session)
      return result
    }
  }

  private func mayTry(_ state: State) -> Bool {
    state.failure == nil || .now - state.lastTry >= JournalWriter.pause
  }

  private func drain(_ state: inout State) {
    guard mayTry(state) else { return }
    let deadline = ContinuousClock.now + JournalWriter.patience
    while !state.waiting.isEmpty, ContinuousClock.now < deadline {
      let batch = state.waiting.prefix(JournalWriter.batch)
      guard perform(batch, &state) else { return }
      state.waiting.removeFirst(batch.count)
    }
  }

  @discardableResult
  private func perform(_ batch: [WriteOperation], _ state: inout State) -> Bool {
    do {
      guard identity.isInPlace else { throw FileIdentity.Lost() }
      let refusals = try database.write { db in
        try batch.map { (operation: $0, refusal: try $0.perform(in: db)) }
      }
      for case (let operation, let refusal?) in refusals {
        if let session = operation.session, state.erased.contains(session) { continue }
        report(refusal)
      }
      if state.waiting.count <= batch.count { recover(&state) }
      return true
    } catch {
      if state.failure == nil {
        report("the database \(database.path) cannot be written: \(explain(error).cause)")
      }
      state.failure = explain(error)
      state.lastTry = .now
      return false
    }
  }

  private func recover(_ state: inout State) {
    guard state.failure != nil else { return }
    state.failure = nil
    let loss = state.dropped == 0 ? "" : "; \(state.dropped) entries found no room in memory and are lost"
    report("the database \(database.path) is written again, and all that waited is in it\(loss)")
    state.dropped = 0
  }

  private func tell(_ state: inout State) {
    let text = state.failure.map { failure in
      let loss = state.dropped == 0 ? "" : " \(state.dropped) more found no room in memory and are lost."
      return """
        The database \(database.path) cannot be written (\(failure.cause)). The exam goes on; \(state.waiting.count) \
        entries wait in memory and are lost if the server ends now.\(loss) \(failure.advice)
        """
    }
    sentence.withLock { $0 = text }
  }

  private func explain(_ error: any Error) -> (cause: String, advice: String) {
    guard let error = error as? DatabaseError else {
      return (
        "it was removed or replaced while the server runs",
        "Put the same file back by moving it, or end the exam and restart the server."
      )
    }
    let advice =
      switch error.resultCode {
      case .SQLITE_FULL, .SQLITE_IOERR:
        "Free some space on its disk or mend the disk; the server then goes on by itself."
      case .SQLITE_BUSY, .SQLITE_LOCKED: "End the program that holds it; the server then goes on by itself."
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        "It is damaged: restart the server with --fresh-database when the exam allows; the file is kept."
      default:
        "Check that the file and its folder belong to the user who runs the server; it then goes on by itself."
      }
    return (error.cause, advice)
  }
}
