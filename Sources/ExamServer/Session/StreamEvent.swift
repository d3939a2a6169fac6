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
  /// The server itself could not take frames until now.
  case serverWasBlind
  /// Why there is no picture, as far as the server knows.
  case noPicture(NoPictureReason)
  /// What was sent cannot be used.
  case refused(StudentRefusal)
  /// Something for the page.
  case tell(StudentNotice)
  /// Worth a line in the journal.
  case noted(JournalEvent.Kind, [String: String])
}

/// What was refused of a student's, told to the page and journalled as often as `report` says.
struct StudentRefusal {
  var code: String
  var detail: String
  /// For the log alone.
  var cause: String?
  /// Seconds after which the same would be taken.
  var retryAfter: Int?
  /// That of the message it answers.
  var id: Int?
  var source = StreamSource.camera
  var isTold: Bool
  /// How many there were, when it is time for the journal.
  var journalCount: Int?
}
