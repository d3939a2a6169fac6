import Foundation
import Synchronization

/// Held until it is released or the process ends in any way: only one server writes into a folder. Programs that only
/// read do not need it.
final class StoreLock: Sendable {
  private let descriptor: Mutex<Int32?>

  init(_ folder: DataFolder) throws(StoreError) {
    let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(
        "cannot write \(folder.lock): \(lastError()). Check that the folder belongs to the user who runs the server."
      )
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let cause = errno
      defer { close(descriptor) }
      guard cause == EWOULDBLOCK else {
        throw StoreError("cannot lock \(folder.lock): \(String(cString: strerror(cause)))")
      }
      throw StoreError(
        """
        another server\(StoreLock.holder(descriptor)) already uses the folder \(folder.path). End it first, or give \
        this one another folder with --data-dir.
        """)
    }
    fchmod(descriptor, 0o600)
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  func release() {
    descriptor.withLock { descriptor in
      if let descriptor {
        // Closing alone would leave it with a child process that is being started and has a copy of the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
      }
      descriptor = nil
    }
  }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let digits = bytes.prefix(max(count, 0)).prefix { (0x30...0x39).contains($0) }
    return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
  }
}

/// The system's message for the last failed call.
func lastError() -> String { String(cString: strerror(errno)) }
