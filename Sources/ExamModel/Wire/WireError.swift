/// What is wrong with a message or a command, for its sender.
public struct WireError: Error, Hashable {
  /// Longest detail, in characters: it may quote the message.
  private static let maximumLength = 300

  /// `nil` if the message as a whole is at fault.
  public let code: String?
  public let detail: String

  public init(code: String? = nil, detail: String) {
    self.code = code
    self.detail = Self.shortened(detail)
  }

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= maximumLength
      ? text : String(String.UnicodeScalarView(scalars.prefix(maximumLength))) + "…"
  }
}
