import Foundation
import Glibc

/// Tells how things go: one line that renews itself on a terminal, one line after the other elsewhere.
struct ProgressLine: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var isOpen = false

  mutating func show(_ text: String) {
    write(isTerminal ? "\r\u{1b}[K" + text : text + "\n")
    isOpen = isTerminal
  }

  /// Writes lines that stay.
  mutating func tell(_ lines: [String]) {
    write((isOpen ? "\n" : "") + lines.joined(separator: "\n") + "\n")
    isOpen = false
  }

  // Not print: whoever reads along would wait for a full buffer.
  private func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
