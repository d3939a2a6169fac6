import ExamModel
import GLibRuntime

/// What happens to one of a student's streams.
enum StreamEvent {
  /// A picture was checked.
  case observed(FaceObservation)
  /// A picture could not be checked.
  case checkFailed
  /// A picture was encoded.
  case encoded(SharedBytes, PictureView)
  /// The server itself could not accept frames until now.
  case serverWasBlind
  /// Why there is no picture, if the server knows.
  case noPicture(NoPictureReason)
  /// What was sent cannot be used.
  case refused(StudentRefusal)
  /// Something for the page.
  case tell(StudentNotice)
  /// Worth a line in the journal.
  case noted(JournalEvent.Kind, [String: String])
}

/// A refusal of something a student sent, reported to the page and journalled as often as `report` says.
struct StudentRefusal {
  var code: String
  var why: WireError.Why?
  var detail: String
  /// Only for the log.
  var cause: String?
  /// Seconds after which the same would be accepted.
  var retryAfter: Int?
  /// The id of the message it answers.
  var id: Int?
  var source = StreamSource.camera
  var isSent: Bool
  /// How many there were, when it is time for the journal.
  var journalCount: Int?
}
