import Foundation
import Glibc

/// Reports progress: one line that rewrites itself on a terminal, successive lines elsewhere.
struct ProgressLine: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var isOpen = false

  mutating func show(_ text: String) {
    write(isTerminal ? "\r\u{1b}[K" + text : text + "\n")
    isOpen = isTerminal
  }

  /// Writes permanent lines.
  mutating func print(_ lines: [String]) {
    write((isOpen ? "\n" : "") + lines.joined(separator: "\n") + "\n")
    isOpen = false
  }

  // Not Swift.print: its buffer would delay the output for somebody reading along.
  private func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
