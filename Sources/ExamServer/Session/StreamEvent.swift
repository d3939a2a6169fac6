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

/// A refusal of something a student sent.
struct StudentRefusal {
  let notice: ErrorNotice
  /// Only for the log.
  var cause: String?
  /// Whether the page is told.
  let isSent: Bool
  /// How many there were, when it is time for the journal.
  let journalCount: Int?
}
