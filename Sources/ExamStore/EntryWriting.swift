import ExamModel
import GRDB

extension JournalEntry {
  /// - Returns: why it was not written although the database works, if that is the case.
  func perform(in db: Database) throws -> String? {
    do {
      guard try write(to: db) else { return "\(self) is not kept: the session is not in the database" }
      return nil
    } catch let error as DatabaseError where error.isAboutTheValues {
      return "\(self) is not kept: \(error.cause)"
    } catch is EncodingError {
      return "\(self) is not kept: a number in it is not finite"
    }
  }

  private func write(to db: Database) throws -> Bool {
    switch self {
    case .create(let session):
      try db.change(
        """
        INSERT INTO sessions (code, title, created_at, teacher_key_hash, invite_hash, ended_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
          session.code.digits, session.title, session.createdAt.microseconds, session.teacherKeyHash,
          session.inviteHash, session.endedAt?.microseconds,
        ])
    // Late entries for an erased session must not stay behind, where no erasure would find them.
    case .add(let person):
      try db.change(
        """
        INSERT INTO participants (session, participant, number, name, role, token_hash, joined_at)
        SELECT code, ?, ?, ?, ?, ?, ? FROM sessions WHERE code = ?
        """,
        [
          person.id.rawValue, Int64(person.number), person.name, person.role.rawValue, person.tokenHash,
          person.joinedAt.microseconds, person.session.digits,
        ])
    case .event(let event):
      try db.change(
        """
        INSERT INTO events (session, at, kind, format, participant, name, fields, payload)
        SELECT code, ?, ?, ?, ?, ?, ?, ? FROM sessions WHERE code = ?
        """,
        [
          event.at.microseconds, event.kindName, event.format, event.participant?.rawValue, event.name,
          event.fields.isEmpty ? "{}" : RecordCoding.json(event.fields), event.payload.map(RecordCoding.json),
          event.session.digits,
        ])
    case .remove(let participant, let session):
      try db.change(
        "DELETE FROM participants WHERE session = ? AND participant = ?",
        [session.digits, participant.rawValue])
      return true
    case .end(let session, let time):
      try db.change("UPDATE sessions SET ended_at = ? WHERE code = ?", [time.microseconds, session.digits])
    }
    return db.changesCount > 0
  }
}

extension ClockRecord {
  func write(to db: Database) throws {
    try db.change(
      "INSERT OR REPLACE INTO meta (key, value) VALUES ('last_alive', ?), ('clocks', ?)",
      [time.microseconds, RecordCoding.json(self)])
  }
}

extension ErasureReceipt {
  func write(to db: Database) throws {
    try db.change(
      "INSERT INTO receipts (at, session, reason, participants, events, pictures) VALUES (?, ?, ?, ?, ?, ?)",
      [at.microseconds, session.digits, reason.rawValue, participants, events, pictures])
  }
}

extension Database {
  func change(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

extension DatabaseError {
  /// Retrying would never help: the data are at fault, not the disk.
  fileprivate var isAboutTheValues: Bool {
    switch resultCode {
    case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG: true
    default: false
    }
  }
}
