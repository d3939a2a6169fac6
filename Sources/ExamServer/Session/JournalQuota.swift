import ExamModel

/// How much of one exam is kept in the journal, and how much may be. Budgets per participant limit how fast it grows,
/// this limits how large anything people write freely can make it: what the exam itself produces is kept beyond that.
struct JournalQuota: Sendable {
  private let maximumBytes: Double
  private var bytes = 0.0

  init(maximumMegabytes: Double) { maximumBytes = maximumMegabytes * 1_000_000 }

  var level: RoomLevel {
    if bytes >= maximumBytes { return .full }
    return bytes >= maximumBytes * RoomLevel.warningShare ? .nearlyFull : .roomy
  }

  mutating func add(bytes: Int) { self.bytes += Double(bytes) }

  /// The answer to those who write when it is full.
  static let refusal = WireError(
    code: "quota",
    detail:
      "This was not kept and nobody got it: the room for what is written in this exam is used up. Alerts and the exam go on."
  )
}
