import ExamModel
import GLibRuntime

/// What comes of watching a student.
enum StudentFinding: Sendable {
  /// An alert was confirmed or is over. `picture`: of its onset.
  case alert(AlertPolicy.Transition, picture: SharedBytes?)
  /// What to tell the student has changed.
  case check(StudentCheck)
  /// The server had not looked for a while.
  case blindSpot(BlindSpot)
  /// A picture was checked, so long after the one before.
  case checkGap(Duration)
  /// How the student usually looks is known now.
  case calibrated(Baseline)
  /// Whether a large picture is wanted for evidence has changed.
  case evidence
}
