import ExamModel
import GLibRuntime
import WebGateway

/// What a student session needs of the exam around it.
@GatewayActor
protocol StudentSessionOwner: AnyObject {
  func studentChanged(_ student: StudentSession)
  /// The student was greeted on a new connection.
  func studentWelcomed(_ student: StudentSession)
  /// - Returns: what is wrong with the text, if anything.
  func student(_ student: StudentSession, wrote text: String) -> WireError?
  /// - Returns: what is wrong with the request, if anything.
  func student(_ student: StudentSession, asksFor request: HistoryRequest) -> WireError?
  /// - Returns: what is wrong with the note, if anything.
  func student(_ student: StudentSession, problemWith note: String, on alert: AlertID) -> WireError?
  /// The student has written a note about an alert with which nothing is wrong.
  func student(_ student: StudentSession, noted text: String, on alert: AlertID)
  /// How long to wait until the student may do something that is kept or told to others; `nil` if it may be done now.
  func waitingTime(of student: StudentSession) -> Duration?
  /// Whether what people write at will is refused, since the exam has used up its room.
  var isJournalFull: Bool { get }
  /// The student did something that is not in the journal by itself.
  func student(_ student: StudentSession, did acts: Double)
  func student(_ student: StudentSession, wasUnseen spot: BlindSpot)
  func student(_ student: StudentSession, calibrated baseline: Baseline)
  func student(_ student: StudentSession, changed transition: AlertPolicy.Transition, picture: SharedBytes?)
  /// Worth a line in the journal.
  func student(_ student: StudentSession, happened kind: JournalEvent.Kind, _ fields: [String: String])
}
