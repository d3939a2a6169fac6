import ExamModel
import GRDB

/// What an erasure does to the database, in one transaction with its receipt.
enum Erasure {
  /// `nil` for a session that is not there.
  static func erase(
    _ session: SessionCode, reason: ErasureReceipt.Reason, pictures: Int, in db: Database
  ) throws -> ErasureReceipt? {
    // First the session itself: its events can go only without it.
    try db.execute(sql: "DELETE FROM sessions WHERE code = ?", arguments: [session.digits])
    guard db.changesCount > 0 else { return nil }
    try db.execute(sql: "DELETE FROM participants WHERE session = ?", arguments: [session.digits])
    let participants = db.changesCount
    try db.execute(sql: "DELETE FROM events WHERE session = ?", arguments: [session.digits])
    let events = db.changesCount
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('traces', \(try traces(in: db) + 1))")
    return try leaveReceipt(
      .now, session, reason, participants: participants, events: events, pictures: pictures, in: db)
  }

  static func leaveReceipt(
    _ time: Timestamp, _ session: SessionCode, _ reason: ErasureReceipt.Reason, participants: Int,
    events: Int,
    pictures: Int, in db: Database
  ) throws -> ErasureReceipt {
    try db.execute(
      sql: """
        INSERT INTO receipts (at, session, reason, participants, events, pictures) VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [time.microseconds, session.digits, reason.rawValue, participants, events, pictures])
    return ErasureReceipt(
      at: time, session: session, reason: reason, participants: participants, events: events,
      pictures: pictures)
  }

  /// How many sessions were erased since the database was last written anew.
  static func traces(in db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'traces'") ?? 0
  }

  /// - Parameter traces: how many there were before: more may have come since, and then none is forgotten.
  static func forgetTraces(_ traces: Int, in db: Database) throws {
    try db.execute(sql: "DELETE FROM meta WHERE key = 'traces' AND value = ?", arguments: [traces])
  }
}
