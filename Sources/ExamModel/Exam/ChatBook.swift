/// What was said in an exam. Lines are numbered from 1.
public struct ChatBook: Sendable {
  /// How much is held in memory; the rest is in the journal.
  public struct Bounds: Sendable {
    public let lines: Int
    /// Of text.
    public let bytes: Int

    /// As much as is sent to those who join later.
    public static let live = Bounds(lines: 10_000, bytes: 4 * 1024 * 1024)
    /// Everything, for a report.
    public static let none = Bounds(lines: .max, bytes: .max)
  }

  private let bounds: Bounds
  /// Those held in memory, the oldest first.
  public private(set) var lines: [ChatMessage] = []
  private var bytes = 0
  /// How many lines are no longer held here; they are in the journal.
  public private(set) var forgotten = 0

  public init(bounds: Bounds) { self.bounds = bounds }

  /// The number of the newest line.
  public var count: Int { forgotten + lines.count }

  mutating func add(_ message: ChatMessage) {
    lines.append(message)
    bytes += message.text.utf8.count
    // A tenth at once, since removing the first line moves all others.
    if lines.count > bounds.lines || bytes > bounds.bytes { forget(max(1, lines.count / 10)) }
  }

  private mutating func forget(_ count: Int) {
    for line in lines.prefix(count) { bytes -= line.text.utf8.count }
    lines.removeFirst(count)
    forgotten += count
  }

  /// `nil` if there is no such line, or not any more.
  public subscript(number: Int) -> ChatMessage? {
    let index = number - forgotten - 1
    return lines.indices.contains(index) ? lines[index] : nil
  }

  /// The numbers of a page of lines.
  ///
  /// - Parameter before: the page ends before this number; `nil`: with the newest.
  public func page(before: Int?, where isVisible: @escaping (ChatMessage) -> Bool) -> HistoryPage<Int> {
    // What comes from outside may be any number, so it is clamped before any arithmetic.
    let count = before.map { min(max($0, forgotten + 1) - forgotten - 1, lines.count) } ?? lines.count
    let older = lines.indices.prefix(count).reversed().lazy.filter { isVisible(lines[$0]) }
      .map { (number: $0 + forgotten + 1, thing: lines[$0]) }
    return HistoryPage(older, bytes: \.text.utf8.count) { number, _ in number }
  }
}
