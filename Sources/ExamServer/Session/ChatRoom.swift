import ExamModel

/// What was said in a session, as much of it as is told to those who come later.
struct ChatRoom {
  /// Lines kept for those who come later.
  static let maximumLines = 1000
  /// Bytes of text kept for those who come later: all of it goes out at once when somebody connects.
  static let maximumBytes = 256 * 1024

  private(set) var lines: [ChatMessage] = []
  private var bytes = 0

  mutating func add(_ message: ChatMessage) {
    lines.append(message)
    bytes += message.text.utf8.count
    while lines.count > Self.maximumLines || bytes > Self.maximumBytes {
      bytes -= lines.removeFirst().text.utf8.count
    }
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
  func notice(history: Bool) -> StudentNotice {
    .chat(from: from, name: name, text: text, at: at, history: history)
  }
}
