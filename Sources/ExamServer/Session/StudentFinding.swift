import ExamModel
import GLibRuntime

/// What observing a student leads to.
enum StudentFinding: Sendable {
  /// An alert was confirmed or has ended. `picture`: of its onset.
  case alert(AlertPolicy.Transition, picture: SharedBytes?)
  /// What to tell the student has changed.
  case check(StudentCheck)
  /// The server had not observed the student for a while.
  case blindSpot(BlindSpot)
  /// A picture was checked, this long after the previous one.
  case checkGap(Duration)
  /// The student's baseline is known now.
  case calibrated(Baseline)
  /// Whether a large picture is wanted as evidence has changed.
  case evidence
}
