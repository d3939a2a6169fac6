import GRDB

/// Why the data folder or what is in it cannot be opened, read, written or erased, for an operator: what happened, where,
/// and what to do about it.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  public let description: String
  /// The database is damaged, or part of it is missing.
  var isDamage = false

  init(_ description: String) { self.description = description }

  /// For an SQLite error when reading or opening `path`.
  init(_ error: DatabaseError, at path: String) {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path, cause: error.cause)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init("the database \(path) is locked by another program. End that program, or wait for it.")
    case .SQLITE_FULL:
      self.init("the database \(path) cannot be used: its disk is full. Free some space there.")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self = .notWritable(path, cause: error.cause)
    default:
      self.init("the database \(path) cannot be used: \(error.cause). Check the disk it is on.")
    }
  }

  static func notWritable(_ path: String, cause: String) -> StoreError {
    StoreError(
      """
      the database \(path) cannot be used: \(cause). The user who runs this needs to write to it and to its folder, even \
      to read it only, because of the files -wal and -shm next to it. On a read-only medium, copy the folder to another \
      place first.
      """)
  }

  static func damaged(_ path: String, cause: String) -> StoreError {
    var error = StoreError(
      """
      the database \(path) is damaged: \(cause). Nothing has been changed. Put a backup in its place (with the file \
      -wal of the backup, if it has one, and without the present one), or start the server with --fresh-database: that \
      moves the damaged files aside, next to it, and begins a new database.
      """)
    error.isDamage = true
    return error
  }

  static func unreadable(_ what: String, in path: String) -> StoreError {
    StoreError(
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
