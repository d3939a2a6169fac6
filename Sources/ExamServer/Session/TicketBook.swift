import ExamModel

/// One-time tickets: each stands for a participant's token, of which only the hash is kept, once, for one path and a
/// short time. They are used where a token must not be: in an address, which ends up in histories and logs.
struct TicketBook {
  static let lifetime = Duration.seconds(30)
  /// For everybody, and for one token. Beyond that the oldest of the token that holds most is dropped.
  static let capacity = 2000
  static let perToken = 20

  private struct Entry {
    let ticket: SecretHash
    let holder: SecretHash
    let path: String
    let until: Instant
  }

  /// In order of expiry.
  private var entries: [Entry] = []

  /// - Parameter path: the only path at which the ticket is valid, without a query.
  mutating func issue(for holder: SecretHash, path: String, at now: Instant) -> Secret {
    drop(until: now)
    let mine = entries.indices.filter { entries[$0].holder == holder }
    if mine.count >= Self.perToken {
      entries.remove(at: mine[0])
    } else if entries.count >= Self.capacity {
      dropOfWhoHoldsMost()
    }
    let ticket = Secret.random()
    entries.append(Entry(ticket: SecretHash(ticket), holder: holder, path: path, until: now + Self.lifetime))
    return ticket
  }

  /// Whose it was; nil if it is unknown, used, expired, or for another path, which also uses it up.
  mutating func redeem(_ ticket: String, path: String, at now: Instant) -> SecretHash? {
    drop(until: now)
    let hash = SecretHash(Secret(text: ticket))
    guard let index = entries.firstIndex(where: { $0.ticket == hash }) else { return nil }
    let entry = entries.remove(at: index)
    return entry.path == path ? entry.holder : nil
  }

  private mutating func dropOfWhoHoldsMost() {
    let held = Dictionary(entries.map { ($0.holder, 1) }, uniquingKeysWith: +)
    let most = held.values.max()
    if let oldest = entries.firstIndex(where: { held[$0.holder] == most }) { entries.remove(at: oldest) }
  }

  private mutating func drop(until now: Instant) {
    entries.removeFirst(entries.prefix { $0.until <= now }.count)
  }
}
