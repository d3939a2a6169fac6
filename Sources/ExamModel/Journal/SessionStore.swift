/// Where sessions are kept beyond the life of the process: written through the journal, read through the archive.
public typealias SessionStore = Journal & Archive

/// Records what happens.
///
/// Writing never fails for the caller: an exam continues when the disk is full. What could not be written waits in
/// memory, in order, and is retried; meanwhile `trouble` says so.
///
/// All calls may come from any thread, and none blocks it.
public protocol Journal: Sendable {
  /// Keeps entries, after everything that was passed in before. Returns once they are kept: if `trouble` is `nil` then,
  /// they survive the process, however it ends. If the journal is in trouble, or gets into it because an entry is not
  /// kept by `deadline`, returns without waiting any longer.
  func append(_ entries: [JournalEntry], by deadline: ContinuousClock.Instant) async
  /// Keeps the picture of an alert's onset, if there is space for it, before anything that is appended afterwards.
  ///
  /// - Returns: `kept`, or why it is not.
  func keep(
    picture jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode
  ) -> PictureState
  /// How much storage is left for pictures: for those of this session, and for all.
  func pictureRoom(of session: SessionCode) -> (exam: RoomLevel, all: RoomLevel)
  /// The process is alive, with these clocks: after a crash the time from here on counts as a blind spot.
  func noteAlive(_ clocks: ClockRecord)

  /// What is not kept, and why, as text for an operator; `nil` while all is well.
  var failure: (state: StoreState, detail: String)? { get }
}

extension Journal {
  public var trouble: String? { failure?.detail }
}

/// What is kept, for those who read it or want it erased. That may take seconds, so it happens on the archive's own
/// threads: callers that serve others wait only by `await`.
public protocol Archive: Sendable {
  /// When the previous process was last known to be alive.
  var lastAlive: Timestamp? { get }
  /// What the clocks showed then; `nil` if nothing is recorded.
  var clocks: ClockRecord? { get }

  /// Runs `body` with a reader on a thread for that. Only a few read at once; the others wait in a bounded queue.
  ///
  /// - Throws: `ArchiveBusy` when the queue is full, `ArchiveClosed` when the archive closes; what `body` throws, which
  ///   for a reader's calls says why it cannot be read: there, no answer is better than a wrong one.
  func read<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws -> Value

  /// Erases a session with everything that belongs to it and leaves a receipt; `nil` for an unknown session.
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) async throws -> ErasureReceipt?
  /// Erases the sessions that ended before `time`.
  func eraseSessions(endedBefore time: Timestamp) async throws -> [ErasureReceipt]
}

/// How much is read, which decides where it waits.
public enum ReadingExtent: Sendable {
  /// A few rows: these have a queue of their own, so that no sign-in waits for a report.
  case lookUp
  /// Up to all of a session.
  case whole
  /// A further piece of a read that has begun: it waits its turn like the others, but is refused only when the archive closes.
  case further
}

/// The archive's queue is full.
public struct ArchiveBusy: Error, Sendable, CustomStringConvertible {
  /// Seconds after which to try again.
  public let retryAfter: Int
  public let description: String

  public init(retryAfter: Int, _ description: String) {
    self.retryAfter = retryAfter
    self.description = description
  }
}

/// The archive is being closed because the server stops.
public struct ArchiveClosed: Error, Sendable, CustomStringConvertible {
  /// Seconds after which a restarted server may answer.
  public let retryAfter = 10
  public let description = "the server is stopping"

  public init() {}
}

/// Reads what is kept, on the calling thread. Only the archive provides one, on a thread that may block.
public protocol ArchiveReader {
  /// Sessions that are running and, unless `isLive` narrows it, those that ended; the oldest first.
  func sessions(isLive: Bool?) throws -> [SessionRecord]
  func session(_ code: SessionCode) throws -> SessionRecord?
  func participants(of session: SessionCode) throws -> [ParticipantRecord]
  /// The participant whose token has this hash.
  func participant(of session: SessionCode, tokenHash: String) throws -> ParticipantRecord?
  /// Events of one session, the oldest first, as many as fit into a page.
  ///
  /// - Parameter position: where the page before ended; `nil` to begin.
  func events(
    of session: SessionCode, _ choice: EventChoice, after position: JournalPosition?
  ) throws -> JournalPage
  /// The current state of the alert, by its last event.
  func alert(_ id: AlertID, in session: SessionCode) throws -> AlertRecord?
  /// The current state of the alerts about one student, in the order in which they were first confirmed.
  func alerts(about student: ParticipantID, in session: SessionCode) throws -> [AlertRecord]
  /// `nil` where none was kept or the file is gone.
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]?
  /// What is known of a picture without reading all of it; `nil` as above.
  func keptPicture(of alert: AlertID, in session: SessionCode) throws -> KeptPicture?
  func receipts() throws -> [ErasureReceipt]
}

/// What the size and the first bytes of a stored picture say about it.
public struct KeptPicture: Sendable, Hashable {
  /// How many bytes of it are examined.
  public static let beginning = 3

  public let bytes: Int
  /// Whether it begins like a JPEG.
  public let isJPEG: Bool

  /// - Parameter beginning: its first bytes, up to `KeptPicture.beginning` of them.
  public init(beginning: some Sequence<UInt8>, bytes: Int) {
    self.bytes = bytes
    isJPEG = bytes > 4 && beginning.starts(with: [0xFF, 0xD8, 0xFF])
  }

  public init(_ picture: [UInt8]) {
    self.init(beginning: picture.prefix(Self.beginning), bytes: picture.count)
  }
}

/// Which events to read.
public enum EventChoice: Sendable, Hashable {
  case all
  /// Those about one participant.
  case about(ParticipantID)
  /// Chat written by a student, and everything written by teachers.
  case chat(of: ParticipantID)
}

/// Where a page of the journal ends. Only the archive that gave it knows what the number means.
public struct JournalPosition: Sendable, Hashable {
  public let row: Int64
  public init(row: Int64) { self.row = row }
}

public struct JournalPage: Sendable {
  public var events: [JournalEvent]
  /// Where to continue reading; `nil` at the end.
  public let next: JournalPosition?

  public init(events: [JournalEvent], next: JournalPosition?) {
    self.events = events
    self.next = next
  }
}

extension ArchiveReader {
  /// Passes on each event, the oldest first, holding no more than one page in memory.
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

/// What a store in trouble does not keep. As teachers' pages are told.
public enum StoreState: String, Sendable {
  /// Events cannot be written.
  case failing
  /// Events are written late.
  case slow
  /// There was no capacity in memory for some events: they are lost.
  case losing
  /// Events are written, pictures of alerts cannot be.
  case pictures
}
