import Dispatch
import Foundation
import GRDB
import Synchronization

/// Moves what was written from the write-ahead log into the database, on a thread and a connection of its own: that waits
/// for the disk, and the thread that writes serves sockets and must not. Of 20,000 writes at a thousand a second 8 took
/// more than 5 ms so, and 70 with SQLite's own checkpoints, which the writing thread runs.
final class Checkpointer: Sendable {
  private static let interval = 5
  /// A log below this size is left alone.
  private static let threshold: Int64 = 1 << 20

  private let database: DatabaseQueue
  private let pagesRebuiltAtAnyTime: Int
  private let report: @Sendable (String) -> Void
  private let queue = DispatchQueue(label: "exam-monitoring.checkpoints")
  private let state = Mutex(State())

  private struct State {
    /// Something was erased, and the log may still have it.
    var mustTruncate = false
    /// The traces of which the database itself is free; they are forgotten once the log is too.
    var rebuilt: Int?
    var hasFailed = false
  }

  init(path: String, pagesRebuiltAtAnyTime: Int, report: @escaping @Sendable (String) -> Void) throws {
    var configuration = Configuration()
    configuration.label = "checkpoints"
    // Waiting for readers or the writer would hold up the writer; there is always a next time.
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
      // There is a next time.
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

  /// Copies all it can without making anybody wait.
  private func checkpoint() throws {
    let (frames, copied) = try database.writeWithoutTransaction { try $0.checkpoint(.passive) }
    guard frames > 0, frames == copied else { return }
    // The next transaction begins the log anew and waits for the disk to have its header. That is better done here.
    try database.write { db in
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO meta (key, value) VALUES ('checkpoints', ifnull((SELECT value FROM meta WHERE key = 'checkpoints'), 0) + 1)"
      )
    }
  }

  /// Sees to it that nothing erased is left in the database's free space or in the log. Readers can hold up the latter;
  /// then it is tried again for a moment, and after that every few seconds until it succeeds.
  ///
  /// SQLite overwrites what it deletes (`secure_delete`), but not the copies it leaves behind in the gaps of pages when
  /// it joins them after a deletion: of rows that are still there, and are erased later. Only writing the whole database
  /// anew is sure to leave those out. That keeps writers waiting; a large database is therefore left for later unless
  /// there is nobody to wait.
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
      // The bulk of it without keeping writers out.
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
