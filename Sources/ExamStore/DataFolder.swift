import Foundation

/// The folder in which a server keeps everything it writes.
public struct DataFolder: Sendable {
  public let path: String

  /// Creates the folder, readable only by its owner, unless it exists.
  public init(preparing path: String) throws(StoreError) {
    self.path = path
    guard DataFolder.make(path), access(path, R_OK | W_OK | X_OK) == 0 else { throw Self.unusable(path) }
  }

  private static func unusable(_ path: String) -> StoreError {
    StoreError(
      """
      cannot use the data folder \(path): \(lastError()). Check that it belongs to the user who runs this and that its \
      disk can be written, or give another folder with --data-dir.
      """)
  }

  /// Creates a folder and its parents unless they exist. If that fails, `errno` says why.
  private static func make(_ path: String) -> Bool {
    if mkdir(path, 0o700) == 0 { return true }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0 else { return false }
      errno = ENOTDIR
      return status.st_mode & S_IFMT == S_IFDIR
    case ENOENT:
      let above = URL(filePath: path).deletingLastPathComponent().path
      return above != path && make(above) && mkdir(path, 0o700) == 0
    default: return false
    }
  }

  /// A folder that must exist, to read what a server keeps in it.
  public init(existing path: String) throws(StoreError) {
    self.path = path
    guard access(path, X_OK) == 0 else { throw Self.unusable(path) }
  }

  public var log: String { path + "/server.log" }
  /// The database. SQLite keeps two more files next to it, with `-wal` and `-shm` at the end of their names.
  public var database: String { path + "/exam.sqlite" }
  /// The key that signs the cookies of known browsers.
  public var deviceKey: String { path + "/device.key" }
  /// Locked by the server that writes into this folder.
  public var lock: String { path + "/exam.lock" }
  /// Pictures of alerts: a folder for each session, a file for each alert.
  public var pictures: String { path + "/pictures" }
}
