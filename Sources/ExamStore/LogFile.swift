import Foundation
import Synchronization

/// A text file to which lines are appended, each with one write, so that no reader sees half a line.
public final class LogFile: Sendable {
  public let path: String
  private let descriptor: Mutex<Int32>

  public struct OpenError: Error, CustomStringConvertible {
    public let path: String
    public let cause: String
    public var description: String {
      "cannot write the log \(path): \(cause). Check that the folder exists and belongs to the user who runs the server."
    }
  }

  /// Opens `path`, or creates it so that only its owner can read it.
  public init(path: String) throws(OpenError) {
    self.path = path
    descriptor = Mutex(try LogFile.open(path))
  }

  deinit { descriptor.withLock { _ = close($0) } }

  public func append(line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    descriptor.withLock { descriptor in
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // A full disk must not end an exam; the same line also went to standard error.
        guard count > 0 else { return }
        written += count
      }
    }
  }

  /// Opens the path again, for tools that rotate logs by renaming them.
  public func reopen() throws(OpenError) {
    let new = try LogFile.open(path)
    let old = descriptor.withLock { descriptor in
      defer { descriptor = new }
      return descriptor
    }
    close(old)
  }

  private static func open(_ path: String) throws(OpenError) -> Int32 {
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenError(path: path, cause: String(cString: strerror(errno))) }
    return descriptor
  }
}
