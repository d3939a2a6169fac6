import Dispatch
import ExamModel
import Foundation
import Synchronization

/// A text file to which lines are appended, each with one write, so that no reader sees half a line. When it has grown to
/// its cap it is renamed to `.1`, older ones to `.2` and so on, and a new one is begun; that happens on a thread of its
/// own, and lines that come meanwhile go to the file they always went to.
public final class LogFile: Sendable {
  public let path: String
  private let maximumBytes: Int
  private let oldFiles: Int
  private let file: Mutex<File>
  /// Held by who renames or opens files, never by who writes.
  private let moving = Mutex(())

  private struct File {
    var descriptor: Int32
    var bytes: Int
    /// At how many bytes it is rotated; `nil` while that is under way.
    var rotatesAt: Int?
  }

  public struct OpenError: Error, CustomStringConvertible {
    public let path: String
    public let cause: String
    public var description: String {
      "cannot write the log \(path): \(cause). Check that the folder exists and belongs to the user who runs the server."
    }
  }

  /// Opens `path`, or creates it so that only its owner can read it.
  ///
  /// - Parameters:
  ///   - maximumBytes: from which on the file is rotated.
  ///   - oldFiles: how many rotated ones are kept, at least one.
  public init(path: String, maximumBytes: Int = 20_000_000, oldFiles: Int = 5) throws(OpenError) {
    self.path = path
    self.maximumBytes = maximumBytes
    self.oldFiles = max(1, oldFiles)
    let (descriptor, bytes) = try LogFile.open(path)
    file = Mutex(File(descriptor: descriptor, bytes: bytes, rotatesAt: maximumBytes))
  }

  deinit { file.withLock { _ = close($0.descriptor) } }

  public func append(line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    let isFull = file.withLock { file in
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(file.descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // A full disk must not end an exam; the same line also went to standard error.
        guard count > 0 else { break }
        written += count
      }
      file.bytes += written
      guard let limit = file.rotatesAt, file.bytes >= limit else { return false }
      file.rotatesAt = nil
      return true
    }
    if isFull { DispatchQueue.global(qos: .utility).async { self.rotate() } }
  }

  /// Opens the path again, for tools that rotate logs by renaming them.
  public func reopen() throws(OpenError) {
    let result = moving.withLock { _ in Result { () throws(OpenError) in try openAnew() } }
    try result.get()
  }

  private func rotate() {
    let problem: String? = moving.withLock { _ in
      do {
        // A tool may have renamed the file already; what has its name now is another, and not ours to move.
        if isStillOurs {
          for number in (1..<oldFiles).reversed() { try move("\(path).\(number)", "\(path).\(number + 1)") }
          try move(path, "\(path).1")
        }
        try openAnew()
        return nil
      } catch {
        // Later once more: lines go on into the file that is open, whatever its name.
        file.withLock { $0.rotatesAt = $0.bytes + max(1, maximumBytes / 10) }
        return "\(error)"
      }
    }
    if let problem {
      append(line: "\(Timestamp.now) error the log cannot be rotated and goes on growing: \(problem)")
    }
  }

  private var isStillOurs: Bool {
    var named = stat()
    var opened = stat()
    guard stat(path, &named) == 0, file.withLock({ fstat($0.descriptor, &opened) }) == 0 else { return false }
    return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
  }

  private func move(_ old: String, _ new: String) throws {
    guard rename(old, new) != 0, errno != ENOENT else { return }
    throw OpenError(path: new, cause: String(cString: strerror(errno)))
  }

  private func openAnew() throws(OpenError) {
    let (descriptor, bytes) = try LogFile.open(path)
    let old = file.withLock { file in
      let old = file.descriptor
      file = File(descriptor: descriptor, bytes: bytes, rotatesAt: maximumBytes)
      return old
    }
    close(old)
  }

  private static func open(_ path: String) throws(OpenError) -> (descriptor: Int32, bytes: Int) {
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenError(path: path, cause: String(cString: strerror(errno))) }
    var status = stat()
    return (descriptor, fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0)
  }
}
