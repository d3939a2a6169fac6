/// Why an exam is over.
public enum EndReason: String, Sendable, Codable, Hashable, CaseIterable {
  /// A teacher ended it.
  case teacher
  /// Nobody was connected for so long that it ended by itself.
  case idle
}
