import GRDB

/// The database's schema, and how an older one is upgraded.
///
/// A released version is never changed; a change is a new migration at the end, and an older server refuses a database
/// with a migration that it does not know. Changes inside an event need none: an unknown kind, and a `format` higher
/// than known, are kept and reported as such.
enum Schema {
  /// In the file's header, so that no other program's database is mistaken for one: "EXAM".
  static let applicationID: UInt32 = 0x4558_414D

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in try db.execute(sql: version1) }
    migrator.registerMigration("2") { db in try db.execute(sql: version2) }
    // `dismissed`, `first_seen`.
    migrator.registerMigration("3") { _ in }
    migrator.registerMigration("4") { db in try db.execute(sql: version4) }
    // `number` among the fields of `joined`.
    migrator.registerMigration("5") { _ in }
    migrator.registerMigration("6") { db in try db.execute(sql: version6) }
    // Alerts without `detail`, which an older version requires, and streams of another source than the camera.
    migrator.registerMigration("7") { _ in }
    // Alerts of the severity `low`, which an older version does not know.
    migrator.registerMigration("8") { _ in }
    return migrator
  }()

  /// Times are microseconds since the Unix epoch. Rows refer to a session by its code; there are no foreign keys, since
  /// the journal's triggers tell an erasure from tampering by its order.
  private static let version1 = """
    PRAGMA application_id = \(applicationID);

    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY,
      code TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      teacher_key_hash TEXT NOT NULL,
      ended_at INTEGER
    );

    CREATE TABLE participants (
      id INTEGER PRIMARY KEY,
      session TEXT NOT NULL,
      participant TEXT NOT NULL,
      number INTEGER NOT NULL,
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      token_hash TEXT NOT NULL,
      joined_at INTEGER NOT NULL,
      UNIQUE (session, participant)
    );

    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      session TEXT NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      participant TEXT,
      name TEXT,
      fields TEXT NOT NULL,
      payload TEXT
    );
    CREATE INDEX events_by_session ON events (session, id);

    CREATE TABLE receipts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      session TEXT NOT NULL,
      reason TEXT NOT NULL,
      participants INTEGER NOT NULL,
      events INTEGER NOT NULL,
      pictures INTEGER NOT NULL
    );

    CREATE TABLE meta (
      key TEXT NOT NULL PRIMARY KEY,
      value INTEGER NOT NULL
    );

    CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal only grows: no event can be changed'); END;

    CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the journal only grows: no event can be replaced'); END;

    CREATE TRIGGER events_go_with_their_session BEFORE DELETE ON events
    WHEN EXISTS (SELECT 1 FROM sessions WHERE code = OLD.session)
    BEGIN SELECT RAISE(ABORT, 'the journal only grows: events go with their whole session alone'); END;

    CREATE TRIGGER receipts_never_change BEFORE UPDATE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts stay as they are'); END;

    CREATE TRIGGER receipts_stay BEFORE DELETE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts stay as they are'); END;
    """

  /// Indexes the journal by participant, by alert, by the student an alert is about, and for its chat. Values inside a
  /// payload are indexed by columns computed from it, which cannot contradict it; a payload that is not JSON (somebody
  /// tampered with it) has none, and is reported when it is read.
  private static let version2 = """
    ALTER TABLE events ADD COLUMN alert TEXT GENERATED ALWAYS AS
      (CASE WHEN json_valid(payload) THEN json_extract(payload, '$.alert.alert_id') END) VIRTUAL;
    ALTER TABLE events ADD COLUMN subject TEXT GENERATED ALWAYS AS
      (CASE WHEN json_valid(payload) THEN json_extract(payload, '$.alert.student') END) VIRTUAL;
    CREATE INDEX events_by_participant ON events (session, participant, id);
    CREATE INDEX events_by_alert ON events (session, alert, id) WHERE alert IS NOT NULL;
    CREATE INDEX events_by_subject ON events (session, subject, alert, id) WHERE subject IS NOT NULL;
    CREATE INDEX events_chat ON events (session, id) WHERE kind = 'chat';
    """

  /// The link for students has a secret, so that its holders do not queue behind those who guess codes.
  private static let version4 = """
    ALTER TABLE sessions ADD COLUMN invite_hash TEXT;
    """

  /// The format of an event's meaning.
  private static let version6 = """
    ALTER TABLE events ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
    """
}
