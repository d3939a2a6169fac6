import GRDB

/// What the database looks like, and how an older one becomes like it.
///
/// A version that is out is never changed; a change is a new migration at the end, and an older server refuses a database
/// with a migration that it does not know. What is inside an event needs none: a kind that is not known, and a `format`
/// that is higher than what is known, are kept and told as such.
enum Schema {
  /// In the header of the file, so that no other program's database is taken for one: "EXAM".
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
    return migrator
  }()

  /// Times are microseconds since the Unix epoch. Rows refer to a session by its code; there are no foreign keys, since
  /// the order in which an erasure goes is what lets the journal's triggers tell it from tampering.
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

  /// The journal can be looked up by participant, by alert, by the student an alert is about, and for its chat, without
  /// reading the rest. What is looked up in a payload are columns computed from it, which cannot say anything else than
  /// it does; a payload that is no JSON (somebody tampered with it) has none, and is told of when it is read.
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

  /// The link for students has a secret, so that whoever comes by it does not wait behind those who guess codes.
  private static let version4 = """
    ALTER TABLE sessions ADD COLUMN invite_hash TEXT;
    """

  /// The version of what an event means.
  private static let version6 = """
    ALTER TABLE events ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
    """
}
