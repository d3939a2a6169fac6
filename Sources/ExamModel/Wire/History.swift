/// What is sent to somebody who joins later, besides the current state.
public enum HistoryKind: String, Sendable, Codable, Hashable, CaseIterable {
  case chat, alerts
}

/// A request for a page of the past.
public struct HistoryRequest: Sendable, Hashable, Decodable {
  public let of: HistoryKind
  /// The `before` of the previous page; `nil`: the newest page.
  public let before: Int?

  public init(of: HistoryKind, before: Int?) {
    self.of = of
    self.before = before
  }
}

/// Ends a page, all of which was sent just before.
public struct HistoryMark: Sendable, Hashable, Encodable {
  public let of: HistoryKind
  /// Where the next, older page begins; `nil`: there is nothing older.
  public let before: Int?
  /// How many older items the server no longer holds; they are in the journal.
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
