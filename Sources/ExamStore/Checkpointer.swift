import Dispatch
import Foundation
import GRDB
import Synchronization

/// Moves what was written from the write-ahead log into the database, on a thread and a connection of its own: this
/// waits for the disk, and the writing thread must not. Of 20,000 writes at a thousand a second, 8 took more than 5 ms
/// this way, and 70 with SQLite's own checkpoints, which run on the writing thread.
final class Checkpointer: Sendable {
  private static let interval = 5
  /// A log smaller than this is left alone.
  private static let threshold: Int64 = 1 << 20

  private let database: DatabaseQueue
  private let pagesRebuiltAtAnyTime: Int
  private let report: @Sendable (String) -> Void
  private let queue = DispatchQueue(label: "exam-monitoring.checkpoints")
  private let state = Mutex(State())

  private struct State {
    /// Something was erased, and the log may still contain it.
    var mustTruncate = false
    /// Traces that the database itself no longer contains; they are cleared once the log is clean too.
    var rebuilt: Int?
    var hasFailed = false
  }

  init(path: String, pagesRebuiltAtAnyTime: Int, report: @escaping @Sendable (String) -> Void) throws {
    var configuration = Configuration()
    configuration.label = "checkpoints"
    // Waiting for readers or the writer would delay the writer; it is simply tried again.
    configuration.busyMode = .immediateError
    configuration.prepareDatabase { db in
      try db.execute(
        sql: "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON")
    }
    database = try DatabaseQueue(path: path, configuration: configuration)
    self.pagesRebuiltAtAnyTime = pagesRebuiltAtAnyTime
    self.report = report
    schedule()
  }

  private func schedule() {
    queue.asyncAfter(deadline: .now() + .seconds(Checkpointer.interval)) { [weak self] in
      guard let self else { return }
      run()
      schedule()
    }
  }

  /// As the last connection this empties the log and removes it.
  func close() { try? database.close() }

  private func run() {
    do {
      if state.withLock({ $0.mustTruncate }) {
        try truncate()
      } else if size >= Checkpointer.threshold {
        try checkpoint()
      }
      state.withLock { $0.hasFailed = false }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // It will be tried again.
    } catch {
      let isNew = state.withLock { state in
        defer { state.hasFailed = true }
        return !state.hasFailed
      }
      if isNew { report("the log of the database \(database.path) cannot be emptied and grows: \(error)") }
    }
  }

  private var size: Int64 {
    var status = stat()
    return stat(database.path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Copies as much as it can without making anybody wait.
  private func checkpoint() throws {
    let (frames, copied) = try database.writeWithoutTransaction { try $0.checkpoint(.passive) }
    guard frames > 0, frames == copied else { return }
    // The next transaction restarts the log and waits for the disk to have its header. Better done here.
    try database.write { db in
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO meta (key, value) VALUES ('checkpoints', ifnull((SELECT value FROM meta WHERE key = 'checkpoints'), 0) + 1)"
      )
    }
  }

  /// Makes sure that nothing erased is left in the database's free space or in the log. Readers can delay the latter;
  /// then it is retried for a moment, and after that every few seconds until it succeeds.
  ///
  /// SQLite overwrites what it deletes (`secure_delete`), but not the copies left in the gaps of pages when it merges
  /// them after a deletion: copies of rows that still exist, and are erased later. Only rewriting the whole database is
  /// sure to remove those. That keeps writers waiting; a large database is therefore left for later unless nobody would
  /// have to wait.
  func scrub(isQuiet: Bool) {
    state.withLock { state in
      state.mustTruncate = true
      state.rebuilt = nil
    }
    var failure = ""
    for attempt in 0..<20 {
      if attempt > 0 { usleep(50_000) }
      do {
        try rebuild(isQuiet: isQuiet)
        try truncate()
        return
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        failure = "somebody else uses it"
      } catch {
        failure = "\(error)"
        break
      }
    }
    report(
      "traces of what was erased may still be in the database \(database.path): \(failure). It is tried again."
    )
  }

  private func rebuild(isQuiet: Bool) throws {
    guard state.withLock({ $0.rebuilt == nil }) else { return }
    let (traces, pages) = try database.read { db in
      (try Erasure.traces(in: db), try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
    }
    guard traces > 0, isQuiet || pages <= pagesRebuiltAtAnyTime else { return }
    try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    state.withLock { $0.rebuilt = traces }
  }

  private func truncate() throws {
    _ = try database.writeWithoutTransaction { db in
      // Most of it without blocking writers.
      try db.checkpoint(.passive)
      try db.checkpoint(.truncate)
    }
    let rebuilt = state.withLock { state in
      state.mustTruncate = false
      return state.rebuilt
    }
    if let rebuilt { try database.write { try Erasure.forgetTraces(rebuilt, in: $0) } }
  }
}
