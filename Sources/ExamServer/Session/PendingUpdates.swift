import ExamModel

/// What a student's page last reported: page, camera, hand, notes, what it sends. Only the newest value of each counts,
/// so if they come faster than they may be processed, the newest waits and older ones are neither processed nor
/// answered. The last state is never lost, and little is kept.
struct PendingUpdates: Sendable {
  enum Update: Hashable {
    case hello(media: String, source: StreamSource = .camera)
    case status(PageReport)
    case hand(up: Bool)
    case note(alert: AlertID, text: String)
  }

  /// Notes on at most this many alerts wait.
  static let maximumNotes = 8
  /// A note is sent to every teacher, and may be 8 KB.
  static let betweenNotes = Duration.seconds(1)

  /// What is sent of each source.
  private var media: [StreamSource: String] = [:]
  private var report = PageReport()
  private var hand: Bool?
  /// In the order in which their alerts began to wait.
  private var notes: [(alert: AlertID, text: String)] = []
  private var lastNote: Instant?

  /// - Returns: `false` if there is no capacity for it.
  mutating func add(_ update: Update) -> Bool {
    switch update {
    case .hello(let media, let source): self.media[source] = media
    case .status(let report): self.report.add(report)
    case .hand(let up): hand = up
    case .note(let alert, let text):
      if let index = notes.firstIndex(where: { $0.alert == alert }) {
        notes[index].text = text
      } else {
        guard notes.count < Self.maximumNotes else { return false }
        notes.append((alert, text))
      }
    }
    return true
  }

  /// Takes the next value that may be processed now.
  mutating func next(at now: Instant) -> Update? {
    if let (source, media) = media.first {
      self.media[source] = nil
      return .hello(media: media, source: source)
    }
    if !report.isEmpty {
      defer { report = PageReport() }
      return .status(report)
    }
    if let hand {
      self.hand = nil
      return .hand(up: hand)
    }
    guard !notes.isEmpty, lastNote.map({ now - $0 >= Self.betweenNotes }) ?? true else { return nil }
    lastNote = now
    let note = notes.removeFirst()
    return .note(alert: note.alert, text: note.text)
  }

  /// Whether a value waits that may be processed, judging by this alone.
  func isWaiting(at now: Instant) -> Bool {
    var copy = self
    return copy.next(at: now) != nil
  }

  /// The connection has ended: its page and its stream are gone. The hand stays, and so do notes.
  mutating func forgetConnection() { (media, report) = ([:], PageReport()) }

  /// Everything that is still to be kept, when nothing can wait any longer.
  mutating func takeAll() -> [Update] {
    defer { (hand, notes) = (nil, []) }
    return (hand.map { [.hand(up: $0)] } ?? []) + notes.map { .note(alert: $0.alert, text: $0.text) }
  }
}
