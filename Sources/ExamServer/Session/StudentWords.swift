import ExamModel

/// What a student's page last said of how things are: page, camera, hand, notes, what it sends. Of each only the newest
/// word counts, so where they come faster than they may be heard, the newest waits and those before it are never heard,
/// nor answered. Nothing of what is said last is lost, and little is kept.
struct StudentWords: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Word: Hashable {
    case hello(media: String, source: StreamSource = .camera)
    case status(PageReport)
    case hand(up: Bool)
    case note(alert: AlertID, text: String)
  }

  /// Notes to so many alerts wait at most.
  static let maximumNotes = 8
  /// A note is told to every teacher, and may be 8 KB.
  static let betweenNotes = Duration.seconds(1)

  /// What is sent of each source.
  private var media: [StreamSource: String] = [:]
  private var report = PageReport()
  private var hand: Bool?
  /// In the order in which their alerts came to wait.
  private var notes: [(alert: AlertID, text: String)] = []
  private var lastNote: Instant?

  /// - Returns: `false` where there is no room for it.
  mutating func add(_ word: Word) -> Bool {
    switch word {
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

  /// Takes the next word that may be heard now.
  mutating func next(at now: Instant) -> Word? {
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

  /// Whether a word waits that may be heard as far as this is concerned.
  func isWaiting(at now: Instant) -> Bool {
    var copy = self
    return copy.next(at: now) != nil
  }

  /// The connection is over: its page and its stream are no more. The hand stays, and so does what was written.
  mutating func forgetConnection() { (media, report) = ([:], PageReport()) }

  /// Everything that is still to be kept, when nothing can wait any longer.
  mutating func takeAll() -> [Word] {
    defer { (hand, notes) = (nil, []) }
    return (hand.map { [.hand(up: $0)] } ?? []) + notes.map { .note(alert: $0.alert, text: $0.text) }
  }
}
