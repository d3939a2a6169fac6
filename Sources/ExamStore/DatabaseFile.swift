import ExamModel
import Foundation
import GRDB

/// The database file before it is used: creates it, checks it, and moves a damaged one aside.
struct DatabaseFile {
  let folder: DataFolder
  let report: @Sendable (String) -> Void

  private var path: String { folder.database }
  /// What SQLite keeps next to a database.
  static let companions = ["-wal", "-shm"]

  // MARK: Opening

  /// The database for the server that writes it, with this version's schema.
  func openToWrite(isFresh: Bool) throws -> DatabasePool {
    do {
      let database = try openSound()
      if isFresh { report("the database \(path) is sound and is kept; --fresh-database changed nothing") }
      return database
    } catch let error as StoreError where error.isDamage && isFresh {
      report(error.description)
      try moveAside()
      return try openSound()
    }
  }

  private func openSound() throws -> DatabasePool {
    if !isThere(path) {
      for companion in DatabaseFile.companions where isThere(path + companion) {
        throw StoreError.damaged(
          path, cause: "the file is gone, but \(path + companion), a part of it, is there")
      }
      try create()
    }
    for name in [path] + DatabaseFile.companions.map({ path + $0 }) where isThere(name) {
      chmod(name, 0o600)
      // If SQLite cannot write a file, it opens it read-only and reports nothing until the first write.
      guard access(name, R_OK | W_OK) == 0 else {
        throw StoreError.notWritable(path, cause: "\(name): \(lastError())")
      }
    }
    // A connection that can write would change the file before it can be checked.
    try reading { db in
      try checkVersion(db)
      try check(db)
    }
    do {
      let database = try DatabasePool(path: path, configuration: DatabaseFile.configuration())
      try Schema.migrator.migrate(database)
      return database
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
  }

  /// The database for a program that only reads, while a server may write.
  func openToRead() throws -> DatabasePool {
    guard isThere(path) else {
      throw StoreError("there is no database \(path). Give the server's data folder with --data-dir.")
    }
    return try reading { db in
      try checkVersion(db)
      guard try Schema.migrator.hasCompletedMigrations(db) else {
        throw StoreError(
          "the database \(path) was written by an older version. Start this version's server once, which upgrades it."
        )
      }
    }
  }

  @discardableResult
  private func reading(_ check: (Database) throws -> Void) throws -> DatabasePool {
    try checkHeader()
    do {
      var configuration = DatabaseFile.configuration()
      configuration.readonly = true
      let database = try DatabasePool(path: path, configuration: configuration)
      try database.read(check)
      return database
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.label = "store"
    configuration.foreignKeysEnabled = false
    configuration.maximumReaderCount = 3
    // Nobody else writes for long; a backup does not block writers.
    configuration.busyMode = .timeout(0.5)
    configuration.prepareDatabase { db in
      // Erased data are overwritten, not just unlinked. Checkpoints are done by the checkpointer. Most data are read
      // once, and the system caches them: half a megabyte for each connection, not two.
      try db.execute(
        sql: """
          PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -512
          """)
    }
    return configuration
  }

  /// Under another name first, so that a file with the database's name is a complete database: an empty one then means
  /// damage, never one just being created.
  private func create() throws {
    let new = path + ".new"
    unlink(new)
    let descriptor = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError("cannot make the database \(path): \(lastError())")
    }
    fchmod(descriptor, 0o600)
    close(descriptor)
    do {
      let database = try DatabaseQueue(path: new)
      try Schema.migrator.migrate(database)
      try database.close()
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
    guard rename(new, path) == 0 else {
      throw StoreError("cannot make the database \(path): \(lastError())")
    }
    report("made a new database, \(path)")
  }

  // MARK: Checks

  /// Checks without SQLite, which would change a database that it opens for writing.
  private func checkHeader() throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError(
        "cannot read the database \(path): \(lastError()). Check that it belongs to the user who runs this.")
    }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else {
      throw StoreError.damaged(
        path, cause: count == 0 ? "the file is empty" : "it cannot be read (\(lastError()))")
    }
    guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw StoreError.damaged(path, cause: "the file is not a database")
    }
    let applicationID = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard applicationID == Schema.applicationID else {
      throw StoreError(
        """
        \(path) is a database of another program, or one whose first page is damaged. Nothing has been changed. Move it \
        away, or give another folder with --data-dir.
        """)
    }
  }

  private func checkVersion(_ db: Database) throws {
    guard try Schema.migrator.hasBeenSuperseded(db) else { return }
    throw StoreError(
      """
      the database \(path) was written by a newer version of this program. Nothing has been changed. Use that version, \
      or put back the backup from before the upgrade, or give another folder with --data-dir.
      """)
  }

  /// Reads every page of the database.
  private func check(_ db: Database) throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
    guard findings != ["ok"] else { return }
    throw StoreError.damaged(path, cause: findings.joined(separator: "; "))
  }

  private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

  // MARK: Moving aside

  /// Nothing is deleted: the database and the pictures are renamed.
  private func moveAside() throws {
    let suffix = ".corrupt-" + unusedSuffix()
    // The database first: what is left by an interrupted move is then never opened without its log.
    var moves = [(path, path + suffix)]
    for companion in DatabaseFile.companions { moves.append((path + companion, path + suffix + companion)) }
    moves.append((folder.pictures, folder.pictures + suffix))
    for (from, to) in moves where isThere(from) {
      guard rename(from, to) == 0 else {
        throw StoreError("cannot move \(from) aside to \(to): \(lastError())")
      }
      report("kept \(from) as \(to)")
    }
  }

  private func unusedSuffix() -> String {
    let time = Date.now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    var name = time
    var count = 1
    while isThere(path + ".corrupt-" + name) || isThere(folder.pictures + ".corrupt-" + name) {
      count += 1
      name = "\(time)-\(count)"
    }
    return name
  }

  /// Names of what was moved aside here and is still there.
  func keptAside() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { name in name.contains(".corrupt-") && !DatabaseFile.companions.contains { name.hasSuffix($0) }
      }.sorted()
  }
}
