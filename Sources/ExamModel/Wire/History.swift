/// What there is to be told to somebody who comes later, beside what stands.
public enum HistoryKind: String, Sendable, Codable, Hashable, CaseIterable {
  case chat, alerts
}

/// Somebody asks for a page of what was before.
public struct HistoryRequest: Sendable, Hashable, Decodable {
  public let of: HistoryKind
  /// What the page before named as its `before`; `nil`: the newest page.
  public let before: Int?

  public init(of: HistoryKind, before: Int?) {
    self.of = of
    self.before = before
  }
}

/// Ends a page: all of it was told just before.
public struct HistoryMark: Sendable, Hashable, Encodable {
  public let of: HistoryKind
  /// Where the next page, of older things, begins; `nil`: there is nothing older.
  public let before: Int?
  /// How many older ones the server does not hold any more; they are in the journal.
  public let forgotten: Int

  public init(of: HistoryKind, before: Int?, forgotten: Int = 0) {
    self.of = of
    self.before = before
    self.forgotten = forgotten
  }

  private enum CodingKeys: String, CodingKey { case of, before, forgotten }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(of, forKey: .of)
    try fields.encodeIfPresent(before, forKey: .before)
    if before == nil, forgotten > 0 { try fields.encode(forgotten, forKey: .forgotten) }
  }
}
