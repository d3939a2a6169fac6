import ExamModel
import Glibc
import Synchronization

/// The open file. Used only by the writer's thread, which may wait for the disk here.
final class LogFileOutput: Sendable {
  private let path: String
  private let maximumBytes: Int
  private let oldFiles: Int
  private let file: Mutex<File>

  private struct File {
    var descriptor: Int32
    var bytes: Int
    /// The size at which it is rotated.
    var rotatesAt: Int
    /// The last write ended in the middle of a line.
    var isTorn = false
  }

  init(path: String, maximumBytes: Int, oldFiles: Int) throws(StoreError) {
    self.path = path
    self.maximumBytes = maximumBytes
    self.oldFiles = max(1, oldFiles)
    let (descriptor, bytes) = try Self.open(path)
    file = Mutex(File(descriptor: descriptor, bytes: bytes, rotatesAt: maximumBytes))
  }

  deinit { file.withLock { _ = close($0.descriptor) } }

  /// Writes a line, and starts a new file if this one is full.
  ///
  /// - Returns: why not all of it was written, or nil. A full disk must not end an exam.
  func write(_ line: String) -> String? {
    let problem = put(line)
    if file.withLock({ $0.bytes >= $0.rotatesAt }) { rotate() }
    return problem
  }

  private func put(_ line: String) -> String? {
    file.withLock { file in
      // The rest of a truncated line must not become the beginning of this one.
      let bytes = Array(((file.isTorn ? "\n" : "") + line + "\n").utf8)
      var written = 0
      var problem: String?
      while written < bytes.count, problem == nil {
        let count = bytes[written...].withUnsafeBytes {
          Glibc.write(file.descriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        if count < 0 { problem = lastError() }
        written += max(0, count)
      }
      file.bytes += written
      if written > 0 { file.isTorn = problem != nil }
      return problem
    }
  }

  func reopen() {
    do {
      try openAnew()
    } catch {
      _ = put("\(Timestamp.now) error the log goes on in the old file: \(error)")
    }
  }

  private func rotate() {
    do {
      // A tool may have renamed the file already; the file of that name is then another one, and not ours to move.
      if isStillOurs {
        for number in (1..<oldFiles).reversed() { try move("\(path).\(number)", "\(path).\(number + 1)") }
        try move(path, "\(path).1")
      }
      try openAnew()
    } catch {
      // To be retried later: lines continue in the open file, whatever its name.
      _ = put("\(Timestamp.now) error the log cannot be rotated and goes on growing: \(error)")
      file.withLock { $0.rotatesAt = $0.bytes + max(1, maximumBytes / 10) }
    }
  }

  private var isStillOurs: Bool {
    var named = stat()
    var opened = stat()
    guard stat(path, &named) == 0, file.withLock({ fstat($0.descriptor, &opened) }) == 0 else { return false }
    return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
  }

  private func move(_ old: String, _ new: String) throws(StoreError) {
    guard rename(old, new) != 0, errno != ENOENT else { return }
    throw Self.unwritable(new)
  }

  private func openAnew() throws(StoreError) {
    let (descriptor, bytes) = try Self.open(path)
    let old = file.withLock { file in
      let old = file.descriptor
      file = File(descriptor: descriptor, bytes: bytes, rotatesAt: maximumBytes)
      return old
    }
    close(old)
  }

  private static func open(_ path: String) throws(StoreError) -> (descriptor: Int32, bytes: Int) {
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path) }
    var status = stat()
    return (descriptor, fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0)
  }

  private static func unwritable(_ path: String) -> StoreError {
    StoreError(
      "cannot write the log \(path): \(lastError()). Check that the folder exists and belongs to the user who runs the server."
    )
  }
}
