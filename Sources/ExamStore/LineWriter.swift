import Dispatch
import ExamModel
import Foundation
import Synchronization

/// Lines on their way to something that may be slow or hang: a file on a disk, a terminal that nobody reads. A thread
/// of its own writes them one after the other, so callers never wait. Lines that do not fit or cannot be written are
/// counted, and a line reports the number once writing works again.
public final class LineWriter: Sendable {
  public static let maximumLines = 10_000
  public static let maximumBytes = 4_000_000

  private struct Waiting {
    var lines: [String] = []
    var bytes = 0
    /// How many later lines did not fit, or could not be written.
    var lost = 0
    /// Why the last one was lost.
    var cause = ""
  }

  private let write: @Sendable (String) -> String?
  private let waiting = Mutex(Waiting())
  private let queue = DispatchQueue(label: "lines")

  /// - Parameter write: writes a line, without its line break, and may block; never called twice at once. Returns why
  ///   it failed, or nil.
  public init(write: @escaping @Sendable (_ line: String) -> String?) { self.write = write }

  public func append(_ line: String) {
    let bytes = line.utf8.count
    let isFirst = waiting.withLock { waiting in
      guard waiting.lines.count < Self.maximumLines, waiting.bytes + bytes <= Self.maximumBytes else {
        waiting.lost += 1
        waiting.cause = "more came than could be written"
        return false
      }
      waiting.lines.append(line)
      waiting.bytes += bytes
      return waiting.lines.count == 1
    }
    if isFirst { queue.async { self.work() } }
  }

  /// Runs something on the writing thread once the lines so far are written.
  func perform(_ task: @escaping @Sendable () -> Void) { queue.async(execute: task) }

  /// Waits until the lines so far are written, or for at most the given time.
  ///
  /// - Returns: whether they are.
  @discardableResult
  public func flush(within patience: Duration) -> Bool {
    let isDone = DispatchSemaphore(value: 0)
    perform { isDone.signal() }
    return isDone.wait(timeout: .now() + patience.inSeconds) == .success
  }

  /// Writes what is queued.
  private func work() {
    var taken = waiting.withLock { waiting in
      defer { waiting = Waiting() }
      return waiting
    }
    for line in taken.lines {
      guard let cause = write(line) else { continue }
      taken.lost += 1
      taken.cause = cause
    }
    guard taken.lost > 0 else { return }
    let (lost, cause) = (taken.lost, taken.cause)
    guard write("\(Timestamp.now) warning \(lost) lines are missing before this one: \(cause)") != nil else {
      return
    }
    waiting.withLock { waiting in
      waiting.lost += lost
      if waiting.cause.isEmpty { waiting.cause = cause }
    }
  }
}
