import ExamModel
import GRDB

/// The database part of an erasure, in one transaction with its receipt.
enum Erasure {
  /// `nil` if there is no such session.
  static func erase(
    _ session: SessionCode, reason: ErasureReceipt.Reason, pictures: Int, in db: Database
  ) throws -> ErasureReceipt? {
    // The session itself first: its events can only be deleted once it is gone.
    try db.change("DELETE FROM sessions WHERE code = ?", [session.digits])
    guard db.changesCount > 0 else { return nil }
    try db.change("DELETE FROM participants WHERE session = ?", [session.digits])
    let participants = db.changesCount
    try db.change("DELETE FROM events WHERE session = ?", [session.digits])
    let events = db.changesCount
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('traces', \(try traces(in: db) + 1))")
    let receipt = ErasureReceipt(
      at: .now, session: session, reason: reason, participants: participants, events: events,
      pictures: pictures)
    try receipt.write(to: db)
    return receipt
  }

  /// How many sessions were erased since the database was last rewritten.
  static func traces(in db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'traces'") ?? 0
  }

  /// - Parameter traces: how many there were before: if more have been added since, none are cleared.
  static func forgetTraces(_ traces: Int, in db: Database) throws {
    try db.change("DELETE FROM meta WHERE key = 'traces' AND value = ?", [traces])
  }
}
