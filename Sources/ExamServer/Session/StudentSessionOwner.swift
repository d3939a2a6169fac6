import ExamModel
import GLibRuntime
import WebGateway

/// What a student session needs of the exam around it.
@GatewayActor
protocol StudentSessionOwner: AnyObject {
  /// How the student's connection stands has changed.
  func studentChanged(_ student: StudentSession)
  /// The student was greeted on a new connection.
  func studentWelcomed(_ student: StudentSession)
  /// What is kept of somebody.
  func person(_ id: ParticipantID) -> ExamPerson?
  func student(
    _ student: StudentSession, wants command: ExamCommand, then completion: @escaping CommandQueue.Completion)
  /// - Returns: what is wrong with the request, if anything.
  func student(_ student: StudentSession, asksFor request: HistoryRequest) -> WireError?
  /// - Returns: what is wrong with the note, if anything.
  func student(_ student: StudentSession, problemWith note: String, on alert: AlertID) -> WireError?
  /// How long to wait until the student may do something that is kept or told to others; `nil` if it may be done now.
  func waitingTime(of student: StudentSession) -> Duration?
  /// Whether what people write at will is refused, since the exam has used up its room.
  var isJournalFull: Bool { get }
  /// The student did something that is not in the journal by itself.
  func student(_ student: StudentSession, did acts: Double)
  func student(_ student: StudentSession, found finding: StudentFinding)
  /// Worth a line in the journal.
  func student(_ student: StudentSession, happened kind: JournalEvent.Kind, _ fields: [String: String])
}

extension StudentSessionOwner {
  /// For a command that cannot be wrong, or was looked at before.
  func student(_ student: StudentSession, wants command: ExamCommand) {
    self.student(student, wants: command) { _ in }
  }
}
