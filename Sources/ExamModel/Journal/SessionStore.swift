/// Where sessions are kept beyond the life of the process: written by way of the journal, read by way of the archive.
public typealias SessionStore = Journal & Archive

/// Takes down what happens.
///
/// Writing never fails for the caller: an exam goes on when the disk is full. What could not be written waits in memory,
/// in order, and is tried again; `trouble` says so meanwhile.
///
/// All calls may come from any thread, and none blocks it.
public protocol Journal: Sendable {
  /// Keeps entries, behind all that was handed over before. Returns once they are kept: if `trouble` is `nil` then, they
  /// survive the end of the process, however that comes. Where the journal is in trouble, or comes into it since an entry
  /// is not kept by `deadline`, returns without waiting any longer.
  func append(_ entries: [JournalEntry], by deadline: ContinuousClock.Instant) async
  /// Keeps the picture of an alert's onset, where there is room for it, before whatever is appended afterwards.
  ///
  /// - Returns: `kept`, or why it is not.
  func keep(
    picture jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode
  ) -> PictureState
  /// How much room is left for pictures: for those of this session, and for those of all.
  func pictureRoom(of session: SessionCode) -> (exam: RoomLevel, all: RoomLevel)
  /// The process is alive, and its clocks stand so: after a crash the time from here on was a blind spot.
  func noteAlive(_ clocks: ClockRecord)

  /// What keeps writes from being kept, in words for an operator; `nil` while all is well.
  var trouble: String? { get }
}

/// What is kept, for those who read it or want it erased. That takes as long as it takes, up to seconds, and so happens on
/// threads of the archive's own: nobody who serves others waits for it but by `await`.
public protocol Archive: Sendable {
  /// When the process before this one was last known to be alive.
  var lastAlive: Timestamp? { get }
  /// How the clocks stood then; `nil` where nothing is kept of them.
  var clocks: ClockRecord? { get }

  /// Reads, and makes of it what the caller wants to have, on a thread for that. Few read at once; the others wait in a
  /// line that is bounded.
  ///
  /// - Throws: `ArchiveBusy` when the line is full, `ArchiveClosed` when the archive closes; what `body` throws, which for a
  ///   reader's calls is why it cannot be read: nothing is better than a wrong answer there.
  func read<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws -> Value

  /// Erases a session with all that belongs to it and leaves a receipt; `nil` for an unknown session.
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) async throws -> ErasureReceipt?
  /// Erases the sessions that ended before `time`.
  func eraseSessions(endedBefore time: Timestamp) async throws -> [ErasureReceipt]
}

/// How much is read, and so where it waits.
public enum ReadingExtent: Sendable {
  /// A few rows: has a line of its own, so that nobody's sign-in waits for somebody's report.
  case lookUp
  /// Up to everything of a session.
  case whole
  /// One more piece of what has begun: it waits its turn like the others, and is not turned away before the archive closes.
  case further
}

/// The archive has no room in its line.
public struct ArchiveBusy: Error, Sendable, CustomStringConvertible {
  /// Seconds after which to try again.
  public let retryAfter: Int
  public let description: String

  public init(retryAfter: Int, _ description: String) {
    self.retryAfter = retryAfter
    self.description = description
  }
}

/// The archive is being closed: the server stops.
public struct ArchiveClosed: Error, Sendable, CustomStringConvertible {
  /// Seconds after which a server that is started again may answer.
  public let retryAfter = 10
  public let description = "the server is stopping"

  public init() {}
}

/// Reads what is kept, on the thread that calls it. Only the archive lends one, on a thread that may wait.
public protocol ArchiveReader {
  /// Sessions that are on and, unless `isLive` narrows it, those that ended; the oldest first.
  func sessions(isLive: Bool?) throws -> [SessionRecord]
  func session(_ code: SessionCode) throws -> SessionRecord?
  func participants(of session: SessionCode) throws -> [ParticipantRecord]
  /// The participant whose token has this hash.
  func participant(of session: SessionCode, tokenHash: String) throws -> ParticipantRecord?
  /// Events of one session, the oldest first, as many as fit into one page.
  ///
  /// - Parameter position: where the page before ended; `nil` to begin.
  func events(
    of session: SessionCode, _ choice: EventChoice, after position: JournalPosition?
  ) throws -> JournalPage
  /// The alert as it stands, by its last event.
  func alert(_ id: AlertID, in session: SessionCode) throws -> AlertRecord?
  /// The alerts about one student as they stand, in the order in which they were first confirmed.
  func alerts(about student: ParticipantID, in session: SessionCode) throws -> [AlertRecord]
  /// `nil` where none was kept or the file is gone.
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]?
  /// What there is of a picture, without reading the whole of it; `nil` as above.
  func keptPicture(of alert: AlertID, in session: SessionCode) throws -> KeptPicture?
  func receipts() throws -> [ErasureReceipt]
}

/// What can be said of a picture that is kept by its size and how it begins.
public struct KeptPicture: Sendable, Hashable {
  /// How many bytes of it are looked at.
  public static let beginning = 3

  public let bytes: Int
  /// Whether it begins as a JPEG does.
  public let isJPEG: Bool

  /// - Parameter beginning: its first bytes, `KeptPicture.beginning` of them where it has so many.
  public init(beginning: some Sequence<UInt8>, bytes: Int) {
    self.bytes = bytes
    isJPEG = bytes > 4 && beginning.starts(with: [0xFF, 0xD8, 0xFF])
  }

  public init(_ picture: [UInt8]) {
    self.init(beginning: picture.prefix(Self.beginning), bytes: picture.count)
  }
}

/// Which events are read.
public enum EventChoice: Sendable, Hashable {
  case all
  /// Those about one participant.
  case about(ParticipantID)
  /// Chat that a student wrote, and all that teachers wrote.
  case chat(of: ParticipantID)
}

/// Where a page of the journal ends. Only the archive that gave it knows what the number means.
public struct JournalPosition: Sendable, Hashable {
  public let row: Int64
  public init(row: Int64) { self.row = row }
}

public struct JournalPage: Sendable {
  public var events: [JournalEvent]
  /// From where to read on; `nil` at the end.
  public let next: JournalPosition?

  public init(events: [JournalEvent], next: JournalPosition?) {
    self.events = events
    self.next = next
  }
}

extension ArchiveReader {
  /// Hands over each event, the oldest first, and holds no more than a page of them.
  public func forEachEvent(
    of session: SessionCode, _ choice: EventChoice = .all, _ body: (JournalEvent) throws -> Void
  ) throws {
    var position: JournalPosition?
    repeat {
      let page = try events(of: session, choice, after: position)
      try page.events.forEach(body)
      position = page.next
    } while position != nil
  }

  /// What the events add up to.
  public func state(of session: SessionCode, _ choice: EventChoice = .all) throws -> ExamState {
    var state = ExamState(session, bounds: .none)
    try forEachEvent(of: session, choice) { state.apply($0) }
    return state
  }
}
