/// A student's removal from an exam: the token is void, and anyone who wants to come back joins anew.
public struct Dismissal: Sendable, Codable, Hashable {
  /// Why the server chose this student to make room for somebody else.
  public enum Cause: String, Sendable, Codable, CaseIterable {
    /// Connected, and never sent a picture.
    case unseen
    /// Never connected.
    case absent
  }

  /// A teacher's free text, for the student and the report; empty if the server did it.
  public let reason: String
  /// `nil` if a teacher did it, or an older version.
  public var cause: Cause?
  /// The name of the teacher; `nil` if the server made room for somebody else.
  public let by: String?
  public let at: Timestamp

  public init(reason: String, by: String?, at: Timestamp) {
    self.reason = reason
    self.by = by
    self.at = at
  }

  public init(cause: Cause, at: Timestamp) {
    self.init(reason: "", by: nil, at: at)
    self.cause = cause
  }
}
