import Dispatch
import ExamModel
import GRDB
import Synchronization

/// The writer's work on its thread.
extension JournalWriter {
  /// - Returns: whether there will be more.
  func work() -> Bool {
    while step() {}
    evidence.retry()
    return state.withLock { state in
      if state.waiting.isEmpty, state.pictures.isEmpty {
        state.rest.finish(at: .now)
        setTrouble(&state)
        release(&state)
      }
      // What has just arrived is still written.
      return !state.isClosing || (state.failure == nil && !state.waiting.isEmpty)
    }
  }

  private enum Step {
    case picture(PictureTask)
    case task(@Sendable () -> Void)
    case entries([JournalEntry])
    case alive(ClockRecord)
  }

  /// Does the next piece of work.
  /// - Returns: whether there may be more at once.
  private func step() -> Bool {
    let step: Step? = state.withLock { state in
      if let picture = state.pictures.popFirst() { return .picture(picture) }
      if let task = state.tasks.popFirst() { return .task(task) }
      guard state.failure == nil || .now - state.lastTry >= JournalWriter.pause else { return nil }
      if !state.waiting.isEmpty { return .entries(Array(state.waiting.prefix(JournalWriter.batch))) }
      defer { state.alive = nil }
      return state.alive.map { .alive($0) }
    }
    switch step {
    case .picture(.begin(let session)): evidence.begin(session)
    case .picture(.keep(let session, let alert, let bytes)):
      bytes.withUnsafeBytes { evidence.keep($0, of: alert, in: session) }
      state.withLock { $0.pictureBytes -= bytes.count }
    case .task(let task): task()
    case .entries(let batch): return perform(batch)
    case .alive(let clocks):
      return transact {
        try clocks.write(to: $0)
      } finished: { _, _ in
      }
    case nil: return false
    }
    return true
  }

  func performErasure<Result>(
    of session: SessionCode, _ body: (Database) throws -> Result
  ) throws -> Result {
    while true {
      let batch = state.withLock { Array($0.waiting.prefix(JournalWriter.batch)) }
      guard !batch.isEmpty else { break }
      guard perform(batch) else {
        throw StoreError("session \(session) is not erased: \(failure?.detail ?? "")")
      }
    }
    guard identity.isInPlace else { throw FileIdentity.Lost() }
    let result = try database.write(body)
    state.withLock { _ = $0.erased.insert(session) }
    return result
  }

  /// - Returns: whether it is written.
  private func perform(_ batch: [JournalEntry]) -> Bool {
    transact { db in
      try batch.map { (entry: $0, refusal: try $0.perform(in: db)) }
    } finished: { refusals, state in
      for case (let entry, let refusal?) in refusals where !state.erased.contains(entry.session) {
        report(refusal)
      }
      state.waiting.removeFirst(batch.count)
      state.written += batch.count
    }
  }

  /// - Returns: whether it is written.
  private func transact<Result>(
    _ body: (Database) throws -> Result, finished: (Result, inout State) -> Void
  ) -> Bool {
    state.withLock { $0.begun += 1 }
    let outcome = Swift.Result {
      guard identity.isInPlace else { throw FileIdentity.Lost() }
      return try database.write(body)
    }
    return state.withLock { state in
      state.finished += 1
      switch outcome {
      case .success(let result):
        finished(result, &state)
        if state.waiting.isEmpty { recover(&state) }
        release(&state)
        return true
      case .failure(let error):
        if state.failure == nil {
          report("the database \(database.path) cannot be written: \(explain(error).cause)")
        }
        state.failure = explain(error)
        state.lastTry = .now
        setTrouble(&state)
        release(&state, everybody: true)
        return false
      }
    }
  }

  /// Calls back those whose entries are written.
  func release(_ state: inout State, everybody: Bool = false) {
    let ready = state.waiters.filter { everybody || $0.position <= state.written }
    state.waiters.removeAll { everybody || $0.position <= state.written }
    for waiter in ready { waiter.goOn() }
  }

  /// Nothing is waiting.
  private func recover(_ state: inout State) {
    state.rest.finish(at: .now)
    if state.failure != nil || state.dropped > 0 {
      let loss = state.dropped == 0 ? "" : "; \(state.dropped) entries found no room in memory and are lost"
      report("the database \(database.path) is written again, and all that waited is in it\(loss)")
      state.failure = nil
      state.dropped = 0
    }
    setTrouble(&state)
  }

  func setTrouble(_ state: inout State) {
    let loss = state.dropped == 0 ? "" : " \(state.dropped) more found no room in memory and are lost."
    var trouble: (StoreState, String)?
    if let failure = state.failure {
      let text = """
        The database \(database.path) cannot be written (\(failure.cause)). The exam goes on; \
        \(StoreWords.waiting(state.waiting.count, "entry", "entries")).\(loss) \(failure.advice)
        """
      trouble = (state.dropped > 0 ? .losing : .failing, text)
    } else if state.rest.isOn || state.dropped > 0 {
      let text = """
        The disk of the database \(database.path) is slow, or another program holds it. The exam goes on; \
        \(StoreWords.waiting(state.waiting.count, "entry", "entries")).\(loss)
        """
      trouble = (state.dropped > 0 ? .losing : .slow, text)
    }
    sentence.withLock { $0 = trouble }
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
