import Foundation

/// The folder in which a server keeps everything it writes.
public struct DataFolder: Sendable {
  public let path: String

  public struct PrepareError: Error, CustomStringConvertible {
    public let path: String
    public let cause: String
    public var description: String { "cannot use the data folder \(path): \(cause)" }
  }

  /// Creates the folder, readable by its owner alone, unless it is there.
  public init(preparing path: String) throws(PrepareError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw PrepareError(path: path, cause: error.localizedDescription)
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw PrepareError(path: path, cause: String(cString: strerror(errno)))
    }
  }

  /// A folder that must be there already, to read what a server keeps in it.
  public init(existing path: String) throws(PrepareError) {
    self.path = path
    guard access(path, X_OK) == 0 else {
      throw PrepareError(path: path, cause: String(cString: strerror(errno)))
    }
  }

  public var log: String { path + "/server.log" }
  /// The database. SQLite keeps two more files next to it, with `-wal` and `-shm` at the end of their names.
  public var database: String { path + "/exam.sqlite" }
  /// What the cookies of known browsers are signed with.
  public var deviceKey: String { path + "/device.key" }
  /// Held by the server that writes into this folder.
  public var lock: String { path + "/exam.lock" }
  /// Pictures of alerts: a folder for each session, a file for each alert.
  public var pictures: String { path + "/pictures" }
}
