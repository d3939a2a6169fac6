/// What people write to each other: chat, notes, reasons.
public enum WrittenText {
  /// - Parameter what: names the text in the error.
  /// - Throws: what is wrong with the text.
  static func check(_ text: String, what: String) throws(WireError) {
    if text.allSatisfy(\.isWhitespace) { throw WireError(why: .empty, detail: "\(what) is empty") }
    let isUnfit = text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    if isUnfit { throw WireError(why: .controlCharacters, detail: "\(what) has control characters in it") }
    // Not `count`: one visible character can consist of any number of these.
    let length = text.unicodeScalars.count
    guard length <= ChatMessage.maximumLength else {
      throw WireError(
        why: .tooLong,
        detail: "\(what) has \(length) characters; at most \(ChatMessage.maximumLength) are allowed")
    }
  }
}
