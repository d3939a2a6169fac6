import ExamModel
import GRDB

/// Keeps sessions in an SQLite database and the pictures of alerts as files, in one folder.
///
/// How writes become durable, and what they cost, is told at `JournalWriter`.
public final class SQLiteStore: SessionStore {
  private let folder: DataFolder
  private let database: DatabasePool
  private let evidence: EvidenceFolder
  private let report: @Sendable (String) -> Void
  /// `nil` in a store that only reads.
  private let writing: Writing?
  public let lastAlive: Timestamp?

  private struct Writing {
    let lock: StoreLock
    let writer: JournalWriter
    let checkpointer: Checkpointer
  }

  /// Opens the store of a server: makes it where there is none, upgrades an older one, and keeps other servers out.
  ///
  /// - Parameters:
  ///   - isFresh: move a damaged database and the pictures aside and begin anew. Does nothing to a sound one.
  ///   - report: takes lines for an operator, in the order of events. It must not call the store.
  /// - Throws: `StoreError`.
  public convenience init(
    folder: DataFolder, isFresh: Bool = false, report: @escaping @Sendable (String) -> Void
  ) throws {
    try self.init(folder: folder, isFresh: isFresh, limits: StoreLimits(), report: report)
  }

  init(
    folder: DataFolder, isFresh: Bool = false, limits: StoreLimits,
    report: @escaping @Sendable (String) -> Void
  ) throws {
    let lock = try StoreLock(folder)
    let file = DatabaseFile(folder: folder, report: report)
    database = try file.openToWrite(isFresh: isFresh)
    guard let identity = FileIdentity(folder.database) else {
      throw StoreError(.unusable, "the database \(folder.database) was removed while it was opened")
    }
    evidence = EvidenceFolder(folder, capacity: limits.pictureBytes, report: report)
    writing = Writing(
      lock: lock,
      writer: JournalWriter(database, identity: identity, capacity: limits.operations, report: report),
      checkpointer: try Checkpointer(
        path: folder.database, pagesRebuiltAtAnyTime: limits.pagesRebuiltAtAnyTime, report: report))
    self.folder = folder
    self.report = report
    lastAlive = try SQLiteStore.lastAlive(in: database)
    for name in file.keptAside() {
      report("\(folder.path)/\(name) was moved aside after damage; nothing erases it by itself")
    }
    evidence.removePartial()
    try removeLeftovers(olderThan: nil)
    // In case the process before this one ended in the middle of an erasure, or could not finish it during exams.
    try scrub(isQuiet: true)
  }

  /// Opens the store of a server, which may be running, to read it only.
  /// - Throws: `StoreError`.
  public init(reading folder: DataFolder, report: @escaping @Sendable (String) -> Void = { _ in }) throws {
    database = try DatabaseFile(folder: folder, report: report).openToRead()
    evidence = EvidenceFolder(folder, capacity: 0, report: report)
    writing = nil
    self.folder = folder
    self.report = report
    lastAlive = try SQLiteStore.lastAlive(in: database)
  }

  /// Ends all use of the files; whoever writes afterwards is told that nothing is kept.
  public func close() {
    writing?.writer.retry(at: nil)
    evidence.retry()
    try? database.close()
    writing?.checkpointer.close()
    writing?.lock.release()
  }

  // MARK: Writing

  public func create(_ session: SessionRecord) {
    evidence.begin(session.code)
    write(.create(session))
  }

  public func add(_ participant: ParticipantRecord) { write(.add(participant)) }

  public func remove(_ participant: ParticipantID, from session: SessionCode) {
    write(.remove(participant, from: session))
  }

  public func append(_ event: JournalEvent) { write(.append(event)) }

  public func end(_ session: SessionCode, at time: Timestamp) { write(.end(session, at: time)) }

  public func keep(picture jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode) {
    guard writing != nil else { return refuse() }
    evidence.keep(jpeg, of: alert, in: session)
  }

  public func noteAlive(at time: Timestamp) {
    guard let writing else { return refuse() }
    writing.writer.retry(at: time)
    evidence.retry()
  }

  private func write(_ operation: WriteOperation) {
    guard let writing else { return refuse() }
    writing.writer.write(operation)
  }

  private func refuse() { report("nothing is written: \(folder.path) is open for reading only") }

  public var trouble: String? {
    guard let writing else { return "\(folder.path) is open for reading only" }
    let sentences = [writing.writer.trouble, evidence.trouble].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  // MARK: Reading

  public func sessions(isLive: Bool?) throws -> [SessionRecord] {
    try read { db in
      try db.rows("SELECT * FROM sessions ORDER BY created_at, id", [], as: "a session", RecordCoding.session)
    } adding: { sessions, waiting in
      switch waiting {
      case .create(let session) where !sessions.contains { $0.code == session.code }: sessions.append(session)
      case .end(let code, let time):
        if let index = sessions.firstIndex(where: { $0.code == code }) { sessions[index].endedAt = time }
      default: break
      }
    }.filter { isLive == nil || isLive == ($0.endedAt == nil) }
  }

  public func session(_ code: SessionCode) throws -> SessionRecord? {
    try read { db in
      try db.rows(
        "SELECT * FROM sessions WHERE code = ?", [code.digits], as: "a session", RecordCoding.session
      ).first
    } adding: { session, waiting in
      switch waiting {
      case .create(let new) where new.code == code: session = session ?? new
      case .end(code, let time): session?.endedAt = time
      default: break
      }
    }
  }

  public func participants(of session: SessionCode) throws -> [ParticipantRecord] {
    try read { db in
      try db.rows(
        "SELECT * FROM participants WHERE session = ? ORDER BY id", [session.digits], as: "a participant",
        RecordCoding.participant)
    } adding: { people, waiting in
      switch waiting {
      case .add(let person) where person.session == session: people.append(person)
      case .remove(let id, session): people.removeAll { $0.id == id }
      default: break
      }
    }
  }

  public func events(of session: SessionCode) throws -> [JournalEvent] {
    try read { db in
      try db.rows(
        "SELECT * FROM events WHERE session = ? ORDER BY id", [session.digits], as: "an event",
        RecordCoding.event)
    } adding: { events, waiting in
      if case .append(let event) = waiting, event.session == session { events.append(event) }
    }
  }

  public func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]? {
    try evidence.picture(of: alert, in: session)
  }

  public func receipts() throws -> [ErasureReceipt] {
    try read { db in
      try db.rows("SELECT * FROM receipts ORDER BY id", [], as: "a receipt", RecordCoding.receipt)
    } adding: { _, _ in
    }
  }

  /// - Parameter change: brings what was read up to date with an operation that waits to be written.
  private func read<Result: Sendable>(
    _ body: (Database) throws -> Result, adding change: (inout Result, WriteOperation) -> Void
  ) throws -> Result {
    do {
      let current = try writing?.writer.withWaiting { waiting in
        var result = try database.read(body)
        for operation in waiting { change(&result, operation) }
        return result
      }
      return try current ?? database.read(body)
    } catch let row as UnreadableRow {
      throw StoreError.unreadable(row.description, in: folder.database)
    } catch let error as DatabaseError {
      throw StoreError(error, at: folder.database)
    }
  }

  private static func lastAlive(in database: DatabasePool) throws -> Timestamp? {
    do {
      return try database.read { db in
        // An event proves it too, and may be later.
        try Int64.fetchOne(
          db,
          sql: """
            SELECT max(time) FROM (
              SELECT value AS time FROM meta WHERE key = 'last_alive'
              UNION ALL SELECT * FROM (SELECT at FROM events ORDER BY id DESC LIMIT 1))
            """)
      }.map { Timestamp(microseconds: $0) }
    } catch let error as DatabaseError {
      throw StoreError(error, at: database.path)
    }
  }

  // MARK: Erasing

  public func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) throws -> ErasureReceipt? {
    let (receipt, failure) = try eraseEverything(of: session, reason: reason)
    try scrub()
    if let failure { throw failure }
    return receipt
  }

  public func eraseSessions(endedBefore time: Timestamp) throws -> [ErasureReceipt] {
    var receipts: [ErasureReceipt] = []
    for session in try sessions(isLive: false) {
      guard let end = session.endedAt, end < time else { continue }
      let (receipt, failure) = try eraseEverything(of: session.code, reason: .retention)
      if let failure { report(failure.description) }
      if let receipt { receipts.append(receipt) }
    }
    receipts += try removeLeftovers(olderThan: time)
    try scrub()
    return receipts
  }

  /// - Parameter isQuiet: nobody waits for writes; by default, if no session is on.
  private func scrub(isQuiet: Bool? = nil) throws {
    guard let writing, try database.read(Erasure.traces) > 0 else { return }
    writing.checkpointer.scrub(isQuiet: try isQuiet ?? sessions(isLive: true).isEmpty)
  }

  /// - Returns: the receipt, and why the pictures are still there although the rows are gone.
  private func eraseEverything(
    of session: SessionCode, reason: ErasureReceipt.Reason
  ) throws -> (ErasureReceipt?, StoreError?) {
    guard let writing else { throw StoreError(.notErased, "\(folder.path) is open for reading only") }
    let pictures = evidence.close(session)
    let receipt: ErasureReceipt?
    do {
      receipt = try writing.writer.erase(session) { db in
        try Erasure.erase(session, reason: reason, pictures: pictures, in: db)
      }
    } catch {
      evidence.reopen(session)
      if let error = error as? StoreError { throw error }
      throw StoreError(
        .notErased,
        "session \(session) is not erased: the database \(folder.database) cannot be written (\(error)). Try again."
      )
    }
    guard let receipt else {
      evidence.reopen(session)
      return (nil, nil)
    }
    do {
      try evidence.erase(session)
      return (receipt, nil)
    } catch {
      return (receipt, error)
    }
  }

  /// Removes the pictures of sessions that were erased while the process ended. Pictures of which the database knows
  /// nothing (it was moved away, say) are told of and stay for the usual time.
  /// - Parameter time: erase pictures older than this that belong to nothing.
  @discardableResult
  private func removeLeftovers(olderThan time: Timestamp?) throws -> [ErasureReceipt] {
    var receipts: [ErasureReceipt] = []
    let erased = Set(try self.receipts().map(\.session))
    for (session, changed) in evidence.folders() where try self.session(session) == nil {
      if erased.contains(session) {
        if erasePictures(of: session) {
          report("the pictures in \(evidence.folder(session)) are deleted: their session was erased before")
        }
      } else if let time, changed < time {
        if let receipt = try eraseUnknown(session) { receipts.append(receipt) }
      } else if time == nil {
        report(
          """
          the pictures in \(evidence.folder(session)) belong to no session in the database; they are kept for as long \
          as a session would be
          """)
      }
    }
    return receipts
  }

  private func eraseUnknown(_ session: SessionCode) throws -> ErasureReceipt? {
    let pictures = evidence.close(session)
    let receipt = try writing?.writer.erase(session) { db in
      try Erasure.leaveReceipt(
        .now, session, .retention, participants: 0, events: 0, pictures: pictures, in: db)
    }
    erasePictures(of: session)
    return receipt
  }

  /// - Returns: whether they are gone.
  @discardableResult
  private func erasePictures(of session: SessionCode) -> Bool {
    do {
      try evidence.erase(session)
      return true
    } catch {
      report(error.description)
      return false
    }
  }
}

private struct UnreadableRow: Error {
  let description: String
}

extension Database {
  /// All rows, or an error that says which one cannot be understood.
  fileprivate func rows<Record>(
    _ sql: String, _ arguments: StatementArguments, as name: String, _ decode: (Row) throws -> Record?
  ) throws -> [Record] {
    let statement = try cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    var records: [Record] = []
    while let row = try rows.next() {
      guard let record = try decode(row) else {
        throw UnreadableRow(description: "\(name) (row \(row["id"] as Int64))")
      }
      records.append(record)
    }
    return records
  }
}
