import ExamModel

/// What was said in a session, as much of it as is told to those who come later. Lines are numbered from 1.
struct ChatRoom {
  /// Lines kept for those who come later.
  static let maximumLines = 10_000
  /// Bytes of text kept for those who come later.
  static let maximumBytes = 4 * 1024 * 1024

  private var lines: [ChatMessage] = []
  private var bytes = 0
  /// How many lines are not held here any more; they are in the journal.
  private(set) var forgotten = 0

  /// - Returns: the message's number.
  @discardableResult
  mutating func add(_ message: ChatMessage) -> Int {
    lines.append(message)
    bytes += message.text.utf8.count
    // A tenth at once: to take out the first line moves all others.
    if lines.count > Self.maximumLines || bytes > Self.maximumBytes { forget(max(1, lines.count / 10)) }
    return forgotten + lines.count
  }

  private mutating func forget(_ count: Int) {
    for line in lines.prefix(count) { bytes -= line.text.utf8.count }
    lines.removeFirst(count)
    forgotten += count
  }

  /// `nil` where there is none, or none any more.
  subscript(number: Int) -> ChatMessage? {
    let index = number - forgotten - 1
    return lines.indices.contains(index) ? lines[index] : nil
  }

  /// The numbers of a page of lines.
  ///
  /// - Parameter before: the page ends before this number; `nil`: with the newest.
  func page(before: Int?, where isVisible: @escaping (ChatMessage) -> Bool) -> HistoryPage<Int> {
    // What comes from outside may be any number, so it is bounded before it is reckoned with.
    let count = before.map { min(max($0, forgotten + 1) - forgotten - 1, lines.count) } ?? lines.count
    let older = lines.indices.prefix(count).reversed().lazy.filter { isVisible(lines[$0]) }
      .map { (number: $0 + forgotten + 1, thing: lines[$0]) }
    return HistoryPage(older, bytes: \.text.utf8.count) { number, _ in number }
  }

  /// - Parameter what: names the text in the answer.
  /// - Returns: what is wrong with something that a person wrote, if anything.
  static func problem(with text: String, what: String = "the chat message") -> WireError? {
    if text.allSatisfy(\.isWhitespace) { return WireError(detail: "\(what) is empty") }
    let isUnfit = text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    if isUnfit { return WireError(detail: "\(what) has control characters in it") }
    // Not `count`: one visible character can be made of any number of these.
    let length = text.unicodeScalars.count
    guard length <= ChatMessage.maximumLength else {
      return WireError(
        detail: "\(what) has \(length) characters; at most \(ChatMessage.maximumLength) are allowed")
    }
    return nil
  }
}

extension ChatMessage {
  /// The message as a student gets it.
  func notice(number: Int, history: Bool) -> StudentNotice {
    .chat(from: from, name: name, text: text, at: at, number: number, history: history)
  }
}
