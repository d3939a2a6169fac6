import ExamModel

/// What one participant may do that goes into the journal or is told to others: so many acts and so many bytes of text,
/// at once and in the long run. It outlasts connections, so coming again fills nothing up.
struct ActBudget: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// `burst` at once, `perSecond` in the long run.
  struct Rate: Sendable {
    let burst: Double
    let perSecond: Double
  }

  struct Limits: Sendable {
    let acts: Rate
    let bytes: Rate

    init(for role: Role) {
      switch role {
      // Ten minutes of writing as fast as somebody can, and hands and notes besides.
      case .student:
        acts = Rate(burst: 60, perSecond: 1)
        bytes = Rate(burst: 64 * 1024, perSecond: 1024)
      // All alerts of 500 students seen with one key held down, and an answer to each of 50 every ten seconds.
      case .teacher:
        acts = Rate(burst: 600, perSecond: 5)
        bytes = Rate(burst: 512 * 1024, perSecond: 4096)
      }
    }
  }

  private let limits: Limits
  private var acts: Double
  private var bytes: Double
  private var filledAt: Instant

  init(for role: Role, at now: Instant) {
    limits = Limits(for: role)
    acts = limits.acts.burst
    bytes = limits.bytes.burst
    filledAt = now
  }

  /// How long to wait until something may be done, without taking anything; `nil` if it may be done now.
  mutating func wait(at now: Instant) -> Duration? {
    refill(at: now)
    let seconds = max((1 - acts) / limits.acts.perSecond, -bytes / limits.bytes.perSecond)
    return seconds > 0 ? .seconds(seconds) : nil
  }

  /// Something was done. What it takes is known only then, so it may be more than there is; who did it waits longer.
  mutating func take(acts: Double, bytes: Int, at now: Instant) {
    refill(at: now)
    self.acts -= acts
    self.bytes -= Double(bytes)
  }

  private mutating func refill(at now: Instant) {
    let seconds = max(0, (now - filledAt).inSeconds)
    acts = min(limits.acts.burst, acts + seconds * limits.acts.perSecond)
    bytes = min(limits.bytes.burst, bytes + seconds * limits.bytes.perSecond)
    filledAt = now
  }
}

extension JournalEvent {
  /// About how many bytes it takes in the journal: the texts that people wrote, and what stands around them.
  var approximateBytes: Int {
    let fields = fields.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
    let payload =
      switch payload {
      case .alert(let alert):
        500 + [alert.detail, alert.note, alert.studentNote].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
      case .chat(let message): 150 + message.text.utf8.count + message.name.utf8.count
      case .accommodation(let accommodation): 200 + accommodation.reason.utf8.count
      case .pause(let pause): 100 + pause.reason.utf8.count
      case .dismissal(let dismissal): 100 + dismissal.reason.utf8.count
      case .baseline, .blindSpot: 150
      case nil: 0
      }
    return 120 + (name?.utf8.count ?? 0) + fields + payload
  }
}
