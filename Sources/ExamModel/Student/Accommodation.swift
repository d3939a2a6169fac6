/// An exception that a teacher makes for one student: one kind of alert is muted, or has to last longer and go further.
/// Kept in the journal with its reason.
public struct Accommodation: Sendable, Hashable, Codable {
  public enum Effect: String, Sendable, Codable, CaseIterable {
    /// No alert of the kind.
    case mute
    /// Windows are `factor` times as long, and a head may turn `factor` times as far.
    case loosen
    /// The usual rules again.
    case none
  }

  /// Bounds of `factor`.
  public static let factors = 1.0...10.0

  public let kind: AlertKind
  public let effect: Effect
  /// Above 1 for `loosen`, else 1.
  public let factor: Double
  /// `nil`: for the rest of the exam.
  public let until: Timestamp?
  public let reason: String
  /// The name of the teacher.
  public let by: String
  public let at: Timestamp

  public init(
    kind: AlertKind, effect: Effect, factor: Double = 1, until: Timestamp?, reason: String, by: String,
    at: Timestamp
  ) {
    self.kind = kind
    self.effect = effect
    self.factor = factor
    self.until = until
    self.reason = reason
    self.by = by
    self.at = at
  }

  /// Whether it differs from the usual rules at `time`.
  public func isInForce(at time: Timestamp) -> Bool { effect != .none && until.map { time < $0 } ?? true }
}
