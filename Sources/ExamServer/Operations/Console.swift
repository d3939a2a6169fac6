import ExamStore
import Foundation

/// Standard error. Whoever reads it may stop reading or go away; neither may hold up an exam or end it.
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

  /// Waits until all lines so far are written, or for as long as is given.
  func flush(within patience: Duration) { lines.flush(within: patience) }
}
