import ExamModel
import Foundation
import Synchronization

/// A program that runs to its end, or to a deadline.
enum ChildProcess {
  enum End: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// It was killed.
    case overdue
  }

  /// Bytes of its output that are kept; the rest is read and dropped.
  private static let outputBytes = 16 * 1024

  /// Runs `path` and returns how it ended and what it printed on its standard output, trimmed.
  ///
  /// - Throws: if it cannot be started.
  static func run(
    _ path: String, _ arguments: [String], deadline: Duration
  ) async throws -> (end: End, output: String) {
    try await withCheckedThrowingContinuation { continuation in
      // A thread of its own, since it blocks.
      Thread.detachNewThread {
        continuation.resume(with: Result { try runHere(path, arguments, deadline: deadline) })
      }
    }
  }

  private static func runHere(
    _ path: String, _ arguments: [String], deadline: Duration
  ) throws -> (end: End, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // If it crashes, its exit status says so; the registers would fill the log.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let id = process.processIdentifier
    let state = ProcessState()
    DispatchQueue.global().asyncAfter(deadline: .now() + deadline.inSeconds) { state.kill(id) }
    var output = Data()
    while let data = try pipe.fileHandleForReading.read(upToCount: outputBytes), !data.isEmpty {
      output.append(data.prefix(outputBytes - output.count))
    }
    process.waitUntilExit()
    let wasKilled = state.isOver()
    let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    if wasKilled { return (.overdue, text) }
    let status = process.terminationStatus
    return (process.terminationReason == .uncaughtSignal ? .signalled(status) : .exited(status), text)
  }
}

/// Whether the program may still be killed by its process id, which another one may get after it has ended.
private final class ProcessState: Sendable {
  private enum State { case running, killed, over }
  private let state = Mutex(State.running)

  func kill(_ id: Int32) {
    state.withLock { state in
      guard state == .running else { return }
      state = .killed
      Foundation.kill(id, SIGKILL)
    }
  }

  /// - Returns: whether it was killed.
  func isOver() -> Bool {
    state.withLock { state in
      defer { state = .over }
      return state == .killed
    }
  }
}
