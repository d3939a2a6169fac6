import Glibc

/// A text file to which lines are appended, each with one write, so that no reader sees half a line. When it reaches
/// its maximum size it is renamed to `.1`, older ones to `.2` and so on, and a new one is started. All of that happens
/// on a thread of its own: nobody waits for the disk.
public final class LogFile: Sendable {
  public let path: String
  private let output: LogFileOutput
  private let lines: LineWriter

  /// Opens `path`, or creates it readable only by its owner.
  ///
  /// - Parameters:
  ///   - maximumBytes: the size from which the file is rotated.
  ///   - oldFiles: how many rotated ones are kept, at least one.
  public init(path: String, maximumBytes: Int = 20_000_000, oldFiles: Int = 5) throws(StoreError) {
    self.path = path
    let output = try LogFileOutput(path: path, maximumBytes: maximumBytes, oldFiles: oldFiles)
    self.output = output
    lines = LineWriter { output.write($0) }
  }

  /// Never waits.
  public func append(line: String) { lines.append(line) }

  /// Opens the path again once the lines so far are written, for tools that rotate logs by renaming them. If that
  /// fails, lines continue in the open file, and one of them says so.
  public func reopen() { lines.perform { [output] in output.reopen() } }

  /// Waits until the lines so far are written, or for at most the given time.
  ///
  /// - Returns: whether they are.
  @discardableResult
  public func flush(within patience: Duration) -> Bool { lines.flush(within: patience) }
}
