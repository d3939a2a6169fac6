import Dispatch
import Foundation
import Synchronization

/// Standard error. Whoever reads it may stop reading or go away; neither may hold up an exam or end it. Lines that wait
/// beyond a bound are dropped: they are in `server.log` too.
final class Console: Sendable {
  private static let maximumWaiting = 1000

  private let queue = DispatchQueue(label: "console")
  private let waiting = Atomic(0)

  func write(_ line: String) {
    guard waiting.load(ordering: .relaxed) < Self.maximumWaiting else { return }
    waiting.wrappingAdd(1, ordering: .relaxed)
    queue.async { [self] in
      try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
      waiting.wrappingSubtract(1, ordering: .relaxed)
    }
  }

  /// Waits until all lines so far are written.
  func flush() { queue.sync {} }
}
