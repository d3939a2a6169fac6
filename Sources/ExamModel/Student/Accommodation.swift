/// An exception that a teacher makes for one student: one kind of alert is muted, or has to last longer and go further, or
/// something is granted. Kept in the journal with its reason.
public struct Accommodation: Sendable, Hashable, Codable {
  /// What it is about; the last one of each kind counts.
  public enum Kind: Sendable, Hashable, Codable, RawRepresentable {
    case alert(AlertKind)
    case grant(Grant)

    public init?(rawValue: String) {
      if let kind = AlertKind(rawValue: rawValue) {
        self = .alert(kind)
      } else if let grant = Grant(rawValue: rawValue) {
        self = .grant(grant)
      } else {
        return nil
      }
    }

    public var rawValue: String {
      switch self {
      case .alert(let kind): kind.rawValue
      case .grant(let grant): grant.rawValue
      }
    }
  }

  public enum Effect: String, Sendable, Codable, CaseIterable {
    /// No alert of the kind.
    case mute
    /// Windows are `factor` times as long, and a head may turn `factor` times as far.
    case loosen
    /// What the kind says, `amount` of it.
    case grant
    /// The usual rules again.
    case none
  }

  /// Bounds of `factor`.
  public static let factors = 1.0...10.0

  public let kind: Kind
  public let effect: Effect
  /// Above 1 for `loosen`, else 1.
  public let factor: Double
  /// For `grant`, if its kind has amounts.
  public let amount: Int?
  /// `nil`: for the rest of the exam.
  public let until: Timestamp?
  public let reason: String
  /// The name of the teacher.
  public let by: String
  public let at: Timestamp

  public init(
    kind: Kind, effect: Effect, factor: Double = 1, amount: Int? = nil, until: Timestamp?, reason: String,
    by: String, at: Timestamp
  ) {
    self.kind = kind
    self.effect = effect
    self.factor = factor
    self.amount = amount
    self.until = until
    self.reason = reason
    self.by = by
    self.at = at
  }

  /// Whether it differs from the usual rules at `time`.
  public func isInForce(at time: Timestamp) -> Bool { effect != .none && until.map { time < $0 } ?? true }
}
