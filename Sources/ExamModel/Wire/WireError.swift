/// What is wrong with a message or a command, for its sender.
public struct WireError: Error, Hashable {
  /// What a person can fix, as a code: pages have a text for each.
  public enum Why: String, Sendable, Encodable, CaseIterable {
    case empty
    case controlCharacters = "control_characters"
    case tooLong = "too_long"
    case unknownStudent = "unknown_student"
    case unknownAlert = "unknown_alert"
    case combiningMarks = "combining_marks"
    case pagePending = "page_pending"
    case over
  }

  /// Longest detail, in characters: it may quote the message.
  private static let maximumLength = 300

  /// `nil` if the message as a whole is at fault.
  public let code: String?
  public let why: Why?
  /// In English, for programmers.
  public let detail: String

  public init(code: String? = nil, why: Why? = nil, detail: String) {
    self.code = code
    self.why = why
    self.detail = Self.shortened(detail)
  }

  private static func shortened(_ text: String) -> String {
    text.unicodeScalars.count <= maximumLength
      ? text : text.prefix(codePoints: maximumLength) + "…"
  }
}
