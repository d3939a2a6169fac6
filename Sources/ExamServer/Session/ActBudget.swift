import ExamModel
import GLibRuntime
import WebGateway

/// Limits what one participant may do that is journalled or sent to others: a number of acts and of bytes of text, at
/// once and in the long run. It persists across connections, so reconnecting refills nothing.
struct ActBudget: Sendable {
  private var acts: TokenBucket
  private var bytes: TokenBucket

  init(for role: Role) {
    switch role {
    // Ten minutes of writing as fast as possible, plus hands and notes.
    case .student:
      acts = TokenBucket(burst: 60, perSecond: 1)
      bytes = TokenBucket(burst: 64 * 1024, perSecond: 1024)
    // All alerts of 500 students acknowledged with a key held down, and an answer to each of 50 every ten seconds.
    case .teacher:
      acts = TokenBucket(burst: 600, perSecond: 5)
      bytes = TokenBucket(burst: 512 * 1024, perSecond: 4096)
    }
  }

  /// How long to wait until something may be done, without taking anything; `nil` if it may be done now.
  func wait(at now: Instant) -> Duration? {
    [acts.wait(at: now), bytes.wait(for: 0, at: now)].compactMap(\.self).max()
  }

  /// Something was done. Its cost is known only then, so it may exceed the budget; that participant then waits longer.
  mutating func take(acts: Double, bytes: Int, at now: Instant) {
    self.acts.spend(acts, at: now)
    self.bytes.spend(Double(bytes), at: now)
  }
}

extension JournalEvent {
  /// Its approximate size in the journal: the texts that people wrote, and the overhead.
  var approximateBytes: Int {
    let fields = fields.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
    let payload =
      switch payload {
      case .alert(let alert): Self.bytes(of: alert)
      case .judgedAlert(let judged): 100 + Self.bytes(of: judged.alert)
      case .chat(let message): 150 + message.text.utf8.count + message.name.utf8.count
      case .accommodation(let accommodation): 200 + accommodation.reason.utf8.count
      case .pause(let pause): 100 + pause.reason.utf8.count
      case .dismissal(let dismissal): 100 + dismissal.reason.utf8.count
      case .baseline, .blindSpot: 150
      case .unknown(let value): WireJSON.encode(value).count
      case nil: 0
      }
    return 120 + (name?.utf8.count ?? 0) + fields + payload
  }

  private static func bytes(of alert: AlertRecord) -> Int {
    500 + [alert.note, alert.studentNote].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }
}
