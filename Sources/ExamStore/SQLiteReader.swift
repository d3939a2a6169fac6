import ExamModel
import GRDB

/// Reads the database and the pictures folder, on the calling thread.
struct SQLiteReader: ArchiveReader, Sendable {
  /// Events and bytes of a page: small enough to be read and sent in a moment.
  private static let eventsPerPage = 256
  private static let bytesPerPage = 256 * 1024

  let folder: DataFolder
  let database: DatabasePool
  let evidence: EvidenceFolder
  let room: ReadingRoom
  /// `nil` if nobody writes.
  let writer: JournalWriter?

  /// A session with the reason why it ended: in the last event of one that ended, or one near it.
  private static let sessionColumns = """
    *, CASE WHEN ended_at IS NOT NULL THEN (
      SELECT json_extract(fields, '$.reason') FROM events
      WHERE session = sessions.code AND kind = 'session_ended' ORDER BY id DESC LIMIT 1
    ) END AS end_reason
    """

  func sessions(isLive: Bool?) throws -> [SessionRecord] {
    try read { db in
      try db.rows(
        "SELECT \(Self.sessionColumns) FROM sessions ORDER BY created_at, id", [], as: "a session",
        RecordCoding.session)
    } adding: { sessions, waiting in
      switch waiting {
      case .create(let session) where !sessions.contains { $0.code == session.code }: sessions.append(session)
      case .end(let code, let time):
        if let index = sessions.firstIndex(where: { $0.code == code }) { sessions[index].endedAt = time }
      default: break
      }
    }.filter { isLive == nil || isLive == ($0.endedAt == nil) }
  }

  func session(_ code: SessionCode) throws -> SessionRecord? {
    try read { db in
      try db.rows(
        "SELECT \(Self.sessionColumns) FROM sessions WHERE code = ?", [code.digits], as: "a session",
        RecordCoding.session
      ).first
    } adding: { session, waiting in
      switch waiting {
      case .create(let new) where new.code == code: session = session ?? new
      case .end(code, let time): session?.endedAt = time
      default: break
      }
    }
  }

  func participants(of session: SessionCode) throws -> [ParticipantRecord] {
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

  func participant(of session: SessionCode, tokenHash: String) throws -> ParticipantRecord? {
    try read { db in
      try db.rows(
        "SELECT * FROM participants WHERE session = ? AND token_hash = ?", [session.digits, tokenHash],
        as: "a participant", RecordCoding.participant
      ).first
    } adding: { person, waiting in
      switch waiting {
      case .add(let new) where new.session == session && new.tokenHash == tokenHash: person = new
      case .remove(let id, session) where person?.id == id: person = nil
      default: break
      }
    }
  }

  // MARK: The journal

  func events(
    of session: SessionCode, _ choice: EventChoice, after position: JournalPosition?
  ) throws -> JournalPage {
    var arguments: StatementArguments = [session.digits, position?.row ?? 0]
    switch choice {
    case .all: break
    case .about(let participant), .chat(let participant): arguments += [participant.rawValue]
    }
    return try read { db in
      let statement = try db.cachedStatement(sql: Self.sql(choice))
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      var events: [JournalEvent] = []
      var bytes = 0
      while let row = try rows.next() {
        guard let event = try? RecordCoding.event(row) else { throw UnreadableRow("an event", row) }
        events.append(event)
        bytes += (row["fields"] as String).utf8.count + ((row["payload"] as String?)?.utf8.count ?? 0)
        if events.count >= Self.eventsPerPage || bytes >= Self.bytesPerPage {
          return JournalPage(events: events, next: JournalPosition(row: row["id"]))
        }
      }
      return JournalPage(events: events, next: nil)
    } adding: { page, waiting in
      // Queued events follow the last row, in full: they are in memory anyway.
      guard page.next == nil, case .event(let event) = waiting, event.session == session,
        choice.includes(event)
      else { return }
      page.events.append(event)
    }
  }

  func alert(_ id: AlertID, in session: SessionCode) throws -> AlertRecord? {
    try read { db in
      try db.rows(
        Self.alertSQL, [session.digits, id.rawValue], as: "an event", RecordCoding.event
      ).first?.alert
    } adding: { alert, waiting in
      if case .event(let event) = waiting, event.session == session, let new = event.alert, new.id == id {
        alert = new
      }
    }
  }

  func alerts(about student: ParticipantID, in session: SessionCode) throws -> [AlertRecord] {
    try read { db in
      try db.rows(
        Self.alertsSQL, [session.digits, student.rawValue], as: "an event", RecordCoding.event
      ).compactMap(\.alert)
    } adding: { alerts, waiting in
      guard case .event(let event) = waiting, event.session == session, let new = event.alert,
        new.student == student
      else { return }
      if let index = alerts.firstIndex(where: { $0.id == new.id }) {
        alerts[index] = new
      } else {
        alerts.append(new)
      }
    }
  }

  // MARK: Statements

  /// Without the columns that are computed for look-ups.
  private static let columns = "id, session, at, kind, format, participant, name, fields, payload"

  static func sql(_ choice: EventChoice) -> String {
    let condition =
      switch choice {
      case .all: ""
      case .about: "AND participant = ? "
      // The kind is a literal: only then does SQLite see that the chat index contains all of them.
      case .chat:
        "AND kind = 'chat' AND (participant = ? OR json_extract(payload, '$.chat.role') = 'teacher') "
      }
    return "SELECT \(columns) FROM events WHERE session = ? AND id > ? \(condition)ORDER BY id"
  }

  static let alertSQL =
    "SELECT \(columns) FROM events WHERE session = ? AND alert = ? ORDER BY id DESC LIMIT 1"

  static let alertsSQL = """
    SELECT \(columns) FROM events JOIN (
      SELECT min(id) AS first, max(id) AS last FROM events WHERE session = ? AND subject = ? GROUP BY alert
    ) ON id = last ORDER BY first
    """

  // MARK: Pictures and receipts

  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]? {
    try evidence.picture(of: alert, in: session)
  }

  func keptPicture(of alert: AlertID, in session: SessionCode) throws -> KeptPicture? {
    try evidence.keptPicture(of: alert, in: session)
  }

  func receipts() throws -> [ErasureReceipt] {
    try read { db in
      try db.rows("SELECT * FROM receipts ORDER BY id", [], as: "a receipt", RecordCoding.receipt)
    }
  }

  func lastAlive() throws -> Timestamp? {
    try read { db in
      // An event is evidence too, and may be later.
      try Int64.fetchOne(
        db,
        sql: """
          SELECT max(time) FROM (
            SELECT value AS time FROM meta WHERE key = 'last_alive'
            UNION ALL SELECT * FROM (SELECT at FROM events ORDER BY id DESC LIMIT 1))
          """)
    }.map { Timestamp(microseconds: $0) }
  }

  /// - Throws: also for values that no server ever wrote.
  func clocks() throws -> ClockRecord? {
    try read { db in
      try db.rows("SELECT rowid AS id, value FROM meta WHERE key = 'clocks'", [], as: "the clocks") { row in
        try RecordCoding.clocks(row)
      }.first
    }
  }

  /// - Parameter change: applies a queued operation to what was read.
  /// - Throws: `ArchiveClosed` also in the middle of a long read: the database is about to be closed.
  private func read<Result: Sendable>(
    _ body: (Database) throws -> Result, adding change: (inout Result, JournalEntry) -> Void = { _, _ in }
  ) throws -> Result {
    guard !room.isClosed else { throw ArchiveClosed() }
    do {
      guard let writer else { return try database.read(body) }
      return try writer.reading { waiting in
        var result = try database.read(body)
        for entry in waiting { change(&result, entry) }
        return result
      }
    } catch let row as UnreadableRow {
      throw StoreError.unreadable(row.description, in: folder.database)
    } catch let error as DatabaseError {
      throw StoreError(error, at: folder.database)
    }
  }
}

extension EventChoice {
  fileprivate func includes(_ event: JournalEvent) -> Bool {
    switch self {
    case .all: true
    case .about(let participant): event.participant == participant
    case .chat(let student):
      if case .chat(let message) = event.payload {
        event.participant == student || message.role == .teacher
      } else {
        false
      }
    }
  }
}

extension JournalEvent {
  fileprivate var alert: AlertRecord? {
    if case .alert(let alert) = payload { alert } else { nil }
  }
}

private struct UnreadableRow: Error {
  let description: String

  init(_ name: String, _ row: Row) { description = "\(name) (row \(row["id"] as Int64))" }
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
      guard let record = try? decode(row) else { throw UnreadableRow(name, row) }
      records.append(record)
    }
    return records
  }
}
