import ExamModel
import GRDB

/// Keeps sessions in an SQLite database and the pictures of alerts as files, in one folder.
///
/// `JournalWriter` explains how writes become durable, and what they cost.
public final class SQLiteStore: SessionStore {
  let reader: SQLiteReader
  /// `nil` in a read-only store.
  private let writing: Writing?
  private let room = ReadingRoom()
  private let pictures: PictureRoom
  private let report: @Sendable (String) -> Void
  public let lastAlive: Timestamp?
  public let clocks: ClockRecord?

  private struct Writing {
    let lock: StoreLock
    let writer: JournalWriter
    let eraser: StoreEraser
  }

  private var folder: DataFolder { reader.folder }
  private var evidence: EvidenceFolder { reader.evidence }

  /// Opens the store of a server: creates it if needed, upgrades an older one, and keeps other servers out.
  ///
  /// - Parameters:
  ///   - isFresh: move a damaged database and the pictures aside and start over. Does nothing to a sound one.
  ///   - pictures: how many may be kept.
  ///   - report: receives lines for an operator, in the order of events. It must not call the store.
  /// - Throws: `StoreError`.
  public convenience init(
    folder: DataFolder, isFresh: Bool = false, pictures: PictureQuota,
    report: @escaping @Sendable (String) -> Void
  ) throws {
    try self.init(
      folder: folder, isFresh: isFresh, limits: StoreLimits(pictures: pictures), report: report)
  }

  init(
    folder: DataFolder, isFresh: Bool = false, limits: StoreLimits,
    report: @escaping @Sendable (String) -> Void
  ) throws {
    let lock = try StoreLock(folder)
    let file = DatabaseFile(folder: folder, report: report)
    let database = try file.openToWrite(isFresh: isFresh)
    guard let identity = FileIdentity(folder.database) else {
      throw StoreError("the database \(folder.database) was removed while it was opened")
    }
    pictures = PictureRoom(limits.pictures, report: report)
    let evidence = EvidenceFolder(
      folder, capacity: limits.pictureBytes, room: pictures, report: report)
    let writer = JournalWriter(
      database, evidence: evidence, identity: identity, limits: limits, report: report)
    let reader = SQLiteReader(
      folder: folder, database: database, evidence: evidence, room: room, writer: writer)
    let checkpointer = try Checkpointer(
      path: folder.database, pagesRebuiltAtAnyTime: limits.pagesRebuiltAtAnyTime, report: report)
    let eraser = StoreEraser(reader: reader, writer: writer, checkpointer: checkpointer, report: report)
    writing = Writing(lock: lock, writer: writer, eraser: eraser)
    self.reader = reader
    self.report = report
    lastAlive = try reader.lastAlive()
    clocks = try reader.clocks()
    for name in file.keptAside() {
      report("\(folder.path)/\(name) was moved aside after damage; nothing erases it by itself")
    }
    try evidence.takeUp()
    try eraser.removeLeftovers(olderThan: nil)
    // In case the previous process ended in the middle of an erasure, or could not finish one during exams.
    try eraser.scrub(isQuiet: true)
  }

  /// Opens the store of a server, which may be running, read-only.
  /// - Throws: `StoreError`.
  public init(reading folder: DataFolder, report: @escaping @Sendable (String) -> Void = { _ in }) throws {
    pictures = PictureRoom(StoreLimits().pictures, report: report)
    reader = SQLiteReader(
      folder: folder, database: try DatabaseFile(folder: folder, report: report).openToRead(),
      evidence: EvidenceFolder(folder, capacity: 0, room: pictures, report: report), room: room, writer: nil)
    writing = nil
    self.report = report
    lastAlive = try reader.lastAlive()
    clocks = try reader.clocks()
  }

  /// From now on no read or erasure can begin, and those that wait to begin are told that the server is stopping. What
  /// has begun continues.
  public func turnAwayNewcomers() { room.closeToNewcomers() }

  /// Reads and erasures in progress are also told that the server is stopping, and are abandoned.
  public func turnAwayEverybody() { room.close() }

  /// Ends all use of the files; later writes are told that nothing is kept, reads that the server is stopping. May take
  /// seconds: for what is still to be written, and for a page being read.
  ///
  /// - Returns: whether everything is closed. What is still in use after that time is left open, since closing a
  ///   database under its readers ends the process.
  @discardableResult
  public func close() -> Bool {
    room.close()
    let isWritten = writing?.writer.close() ?? true
    evidence.retry()
    guard room.isEmpty(within: .seconds(1)), isWritten else { return false }
    try? reader.database.close()
    writing?.eraser.checkpointer.close()
    writing?.lock.release()
    return true
  }

  // MARK: Writing

  public func append(_ entries: [JournalEntry], by deadline: ContinuousClock.Instant) async {
    guard let writing else { return refuse() }
    await withCheckedContinuation { continuation in
      writing.writer.append(entries, by: deadline) { continuation.resume() }
    }
  }

  @discardableResult
  public func keep(
    picture jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode
  ) -> PictureState {
    guard let writing else {
      refuse()
      return .lost
    }
    let outcome = pictures.take(jpeg.count, for: session)
    guard outcome == .kept, !writing.writer.keep(jpeg, of: alert, in: session) else { return outcome }
    pictures.giveBack(jpeg.count, of: session)
    return .lost
  }

  public func pictureRoom(of session: SessionCode) -> (exam: RoomLevel, all: RoomLevel) {
    pictures.level(of: session)
  }

  public func noteAlive(_ clocks: ClockRecord) {
    guard let writing else { return refuse() }
    writing.writer.noteAlive(clocks)
  }

  private func refuse() { report("nothing is written: \(folder.path) is open for reading only") }

  public var failure: (state: StoreState, detail: String)? {
    guard let writing else { return (.failing, "\(folder.path) is open for reading only") }
    let (events, pictures) = (writing.writer.failure, evidence.trouble)
    guard let state = events?.state ?? pictures.map({ _ in StoreState.pictures }) else { return nil }
    return (state, [events?.detail, pictures].compactMap(\.self).joined(separator: " "))
  }

  // MARK: Reading and erasing

  public func read<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws -> Value {
    let reader = reader
    return try await room.run(extent) { try body(reader) }
  }

  public func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) async throws -> ErasureReceipt? {
    let eraser = try eraser()
    return try await room.run(.whole) { try eraser.erase(session, reason: reason) }
  }

  public func eraseSessions(endedBefore time: Timestamp) async throws -> [ErasureReceipt] {
    let eraser = try eraser()
    // Nobody waits for the answer, but what is due has to go.
    return try await room.run(.further) { try eraser.eraseSessions(endedBefore: time) }
  }

  func eraser() throws -> StoreEraser {
    guard let writing else {
      throw StoreError("\(folder.path) is open for reading only")
    }
    return writing.eraser
  }
}
