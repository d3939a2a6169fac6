import ExamModel

/// How much of one exam is kept in the journal, and how much may be. Budgets per participant bound how fast it grows, this
/// bounds how far what people write at will can make it grow: what the exam itself brings is kept beyond it.
struct JournalQuota: Sendable {
  typealias Level = RoomLevel

  private let maximumBytes: Double
  private var bytes = 0.0

  init(maximumMegabytes: Double) { maximumBytes = maximumMegabytes * 1_000_000 }

  var level: Level {
    if bytes >= maximumBytes { return .full }
    return bytes >= maximumBytes * Level.warningShare ? .nearlyFull : .roomy
  }

  mutating func add(bytes: Int) { self.bytes += Double(bytes) }

  /// What teachers are told of a level; without a detail it is well again.
  static func notice(_ level: Level) -> TeacherNotice {
    let detail: String? =
      switch level {
      case .roomy: nil
      case .nearlyFull:
        "80 % of the room for this exam is used. When it is full, chat, notes and accommodations are refused; alerts go on."
      case .full:
        "The room for this exam is used up: chat, notes and accommodations are refused. Alerts, joining, pauses, removing and the end of the exam go on and are kept."
      }
    return .notice(code: "quota", detail: detail)
  }

  /// The answer to whoever writes where it is full.
  static let refusal = WireError(
    code: "quota",
    detail:
      "This was not kept and nobody got it: the room for what is written in this exam is used up. Alerts and the exam go on."
  )
}

extension ExamCommand {
  /// Whether it brings text into the journal without which the exam can go on.
  var isWrittenAtWill: Bool {
    switch self {
    case .say, .accommodate, .note: true
    case .acknowledge(_, let note): note != nil
    default: false
    }
  }
}
