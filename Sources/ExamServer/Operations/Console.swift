import ExamStore
import Foundation

/// Standard error. Its reader may stop reading or go away; neither may delay or end an exam.
final class Console: Sendable {
  private let lines = LineWriter { line in
    do {
      try FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
      return nil
    } catch {
      return "\(error)"
    }
  }

  func write(_ line: String) { lines.append(line) }

  /// Waits until all lines so far are written, or for at most the given time.
  func flush(within patience: Duration) { lines.flush(within: patience) }
}
