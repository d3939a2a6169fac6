import GRDB

/// Why the store cannot be opened, read or erased, for an operator: what happened, where, and what to do about it.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The database is damaged, or part of it is missing.
    case damaged
    /// The file is a valid database of another program.
    case foreign
    /// The database was written by a newer version of this program.
    case newer
    /// The database was written by an older version, and must not be changed now.
    case older
    /// Another server writes into the same folder.
    case inUse = "in_use"
    /// There is no database.
    case missing
    /// The system denies access to the database: permissions, a full or read-only disk.
    case unusable
    /// One row cannot be understood.
    case unreadable
    /// All or part of what was to be erased is still there.
    case notErased = "not_erased"
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// For an SQLite error when reading or opening `path`.
  init(_ error: DatabaseError, at path: String) {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path, cause: error.cause)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .inUse, "the database \(path) is locked by another program. End that program, or wait for it.")
    case .SQLITE_FULL:
      self.init(.unusable, "the database \(path) cannot be used: its disk is full. Free some space there.")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self = .notWritable(path, cause: error.cause)
    default:
      self.init(.unusable, "the database \(path) cannot be used: \(error.cause). Check the disk it is on.")
    }
  }

  static func notWritable(_ path: String, cause: String) -> StoreError {
    StoreError(
      .unusable,
      """
      the database \(path) cannot be used: \(cause). The user who runs this needs to write to it and to its folder, even \
      to read it only, because of the files -wal and -shm next to it. On a read-only medium, copy the folder to another \
      place first.
      """)
  }

  static func damaged(_ path: String, cause: String) -> StoreError {
    StoreError(
      .damaged,
      """
      the database \(path) is damaged: \(cause). Nothing has been changed. Put a backup in its place (with the file \
      -wal of the backup, if it has one, and without the present one), or start the server with --fresh-database: that \
      moves the damaged files aside, next to it, and begins a new database.
      """)
  }

  static func unreadable(_ what: String, in path: String) -> StoreError {
    StoreError(
      .unreadable,
      """
      \(what) in the database \(path) cannot be understood. It was changed by another program, or written by another \
      version of this one; nothing has been left out silently. Keep a copy of the file and ask for help with it.
      """)
  }
}

extension DatabaseError {
  /// SQLite's message without the statement, which is of no use to an operator.
  var cause: String { message ?? "\(extendedResultCode)" }
}
