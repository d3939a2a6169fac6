import ExamModel
import GRDB

/// Erases sessions with everything that belongs to them, on the calling thread.
struct StoreEraser: Sendable {
  let reader: SQLiteReader
  let writer: JournalWriter
  let checkpointer: Checkpointer
  let report: @Sendable (String) -> Void

  private var evidence: EvidenceFolder { reader.evidence }

  /// `nil` for an unknown session.
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) throws -> ErasureReceipt? {
    let (receipt, failure) = try eraseEverything(of: session, reason: reason)
    try scrub()
    if let failure { throw failure }
    return receipt
  }

  func eraseSessions(endedBefore time: Timestamp) throws -> [ErasureReceipt] {
    var receipts: [ErasureReceipt] = []
    for session in try reader.sessions(isLive: false) {
      guard let end = session.endedAt, end < time else { continue }
      let (receipt, failure) = try eraseEverything(of: session.code, reason: .retention)
      if let failure { report(failure.description) }
      if let receipt { receipts.append(receipt) }
    }
    receipts += try removeLeftovers(olderThan: time)
    try scrub()
    return receipts
  }

  /// - Parameter isQuiet: nobody waits for writes; by default, if no session is running.
  func scrub(isQuiet: Bool? = nil) throws {
    guard try reader.database.read(Erasure.traces) > 0 else { return }
    checkpointer.scrub(isQuiet: try isQuiet ?? reader.sessions(isLive: true).isEmpty)
  }

  /// - Returns: the receipt, and why the pictures are still there although the rows are gone.
  private func eraseEverything(
    of session: SessionCode, reason: ErasureReceipt.Reason
  ) throws -> (ErasureReceipt?, StoreError?) {
    let pictures = evidence.close(session)
    let receipt: ErasureReceipt?
    do {
      receipt = try writer.erase(session) { db in
        try Erasure.erase(session, reason: reason, pictures: pictures, in: db)
      }
    } catch {
      evidence.reopen(session)
      if let error = error as? StoreError { throw error }
      throw StoreError(
        """
        session \(session) is not erased: the database \(reader.folder.database) cannot be written (\(error)). Try again.
        """)
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

  /// Removes the pictures of sessions whose erasure was interrupted by the end of the process. Pictures unknown to the
  /// database (it was moved away, say) are reported and stay for the usual time.
  /// - Parameter time: erase pictures older than this that belong to nothing.
  @discardableResult
  func removeLeftovers(olderThan time: Timestamp?) throws -> [ErasureReceipt] {
    var receipts: [ErasureReceipt] = []
    let erased = Set(try reader.receipts().map(\.session))
    for (session, changed) in evidence.folders() where try reader.session(session) == nil {
      if erased.contains(session) {
        if erasePictures(of: session) {
          report("the pictures in \(evidence.folder(session)) are deleted: their session was erased before")
        }
      } else if let time, changed < time {
        receipts.append(try eraseUnknown(session))
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

  private func eraseUnknown(_ session: SessionCode) throws -> ErasureReceipt {
    let pictures = evidence.close(session)
    let receipt = ErasureReceipt(
      at: .now, session: session, reason: .retention, participants: 0, events: 0, pictures: pictures)
    try writer.erase(session) { try receipt.write(to: $0) }
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
