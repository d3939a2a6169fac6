import Synchronization

/// The total capacity for what students sent and no decoder has taken yet, of all pipelines: each has its own limit,
/// but many that stay just below it would use up the machine's memory.
final class IngestRoom: Sendable {
  static let shared = IngestRoom(maximumBytes: 64 << 20, share: 256 << 10)

  private let maximumBytes: Int
  /// What each may hold however full it is: a few pieces of a container, as an honest page sends them.
  private let share: Int
  private let used = Atomic<Int>(0)

  init(maximumBytes: Int, share: Int) {
    self.maximumBytes = maximumBytes
    self.share = share
  }

  /// The bytes held at the moment, as last counted.
  var bytes: Int { used.load(ordering: .relaxed) }

  func change(by bytes: Int) { if bytes != 0 { used.wrappingAdd(bytes, ordering: .relaxed) } }

  /// Whether there is no capacity for `more` in a pipeline that would then hold `own`.
  func isFull(own: Int, more: Int) -> Bool { own > share && bytes + more > maximumBytes }
}
