/// A student was removed from an exam: the token is void, and whoever wants to come back joins anew.
public struct Dismissal: Sendable, Codable, Hashable {
  /// In words, for the student and the report.
  public let reason: String
  /// The name of the teacher who did it; `nil` where the server made room for somebody else.
  public let by: String?
  public let at: Timestamp

  public init(reason: String, by: String?, at: Timestamp) {
    self.reason = reason
    self.by = by
    self.at = at
  }
}
