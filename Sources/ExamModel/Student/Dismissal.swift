/// A student's removal from an exam: the token is void, and anyone who wants to come back joins anew.
public struct Dismissal: Sendable, Codable, Hashable {
  /// Free text, for the student and the report.
  public let reason: String
  /// The name of the teacher; `nil` if the server made room for somebody else.
  public let by: String?
  public let at: Timestamp

  public init(reason: String, by: String?, at: Timestamp) {
    self.reason = reason
    self.by = by
    self.at = at
  }
}
