/// Where sessions are kept beyond the life of the process.
///
/// Writing never fails for the caller: an exam goes on when the disk is full. What could not be written waits in memory,
/// in order, and is tried again; `trouble` says so meanwhile. When a writing call returns and `trouble` is `nil`, what it
/// was given survives the end of the process, however that comes. Reading throws, since nothing is better than a wrong
/// answer there.
///
/// All calls may come from any thread and block it for the time of a small local transaction.
public protocol SessionStore: Sendable {
  // MARK: Writing

  func create(_ session: SessionRecord)
  func add(_ participant: ParticipantRecord)
  /// Forgets a participant who never came; the events stay.
  func remove(_ participant: ParticipantID, from session: SessionCode)
  /// The journal only ever grows: nothing changes an event once it is in.
  func append(_ event: JournalEvent)
  func end(_ session: SessionCode, at time: Timestamp)
  /// Keeps the picture of an alert's onset.
  func keep(picture jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode)
  /// The process is alive at this time: after a crash the time from here on was a blind spot.
  func noteAlive(at time: Timestamp)

  /// What keeps writes from being kept, in words for an operator; `nil` while all is well.
  var trouble: String? { get }

  // MARK: Reading

  /// When the process before this one was last known to be alive.
  var lastAlive: Timestamp? { get }
  /// Sessions that are on and, unless `isLive` narrows it, those that ended; the oldest first.
  func sessions(isLive: Bool?) throws -> [SessionRecord]
  func session(_ code: SessionCode) throws -> SessionRecord?
  func participants(of session: SessionCode) throws -> [ParticipantRecord]
  /// The events of one session, the oldest first.
  func events(of session: SessionCode) throws -> [JournalEvent]
  /// `nil` where none was kept or the file is gone.
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]?

  // MARK: Erasing

  /// Erases a session with all that belongs to it and leaves a receipt; `nil` for an unknown session.
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) throws -> ErasureReceipt?
  /// Erases the sessions that ended before `time`.
  func eraseSessions(endedBefore time: Timestamp) throws -> [ErasureReceipt]
  func receipts() throws -> [ErasureReceipt]
}
