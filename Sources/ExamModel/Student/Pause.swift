/// A pause for one student or for all: nothing is suspected and nothing raised.
public struct Pause: Sendable, Hashable, Codable {
  /// Shown to the student.
  public let reason: String
  /// The name of the teacher.
  public let by: String
  public let at: Timestamp

  public init(reason: String, by: String, at: Timestamp) {
    self.reason = reason
    self.by = by
    self.at = at
  }
}
