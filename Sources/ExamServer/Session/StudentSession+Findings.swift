import ExamModel
import GLibRuntime
import WebGateway

/// The results of observing a student, and what teachers change about that.
extension StudentSession {
  /// What concerns only the student and the pictures is done here; the rest is up to the exam.
  func found(_ findings: [StudentFinding]) {
    for finding in findings {
      switch finding {
      case .check(let check):
        if case .open(_, isWelcomed: true) = connection {
          send(.check(check))
        } else {
          monitor.forgetLastCheck()
        }
      case .checkGap(let gap): services.metrics.checkGaps.add(gap.inSeconds)
      case .evidence: camera.isEvidenceWanted = monitor.wantsEvidence
      case .alert, .blindSpot, .calibrated: exam?.found(finding, of: id)
      }
    }
  }

  func accommodate(_ accommodation: Accommodation) { found(monitor.accommodate(accommodation, at: .now)) }

  /// The exam is paused for this student, or continues.
  func pause(_ isPaused: Bool) {
    found(isPaused ? monitor.pause(at: .now) : monitor.resume(isConnected: isConnected, at: .now))
  }

  /// Restores what was known before the server's restart.
  func restore(_ person: ExamPerson, alerts: [AlertRecord], grace: Duration) {
    found(monitor.restore(person, alerts: alerts, grace: grace, at: .now))
  }

  /// Tells the student who is watching, unless that is known.
  func tellWatchers(teachers: [String], focus: [String]) {
    let notice = StudentNotice.watchers(teachers: teachers, focus: focus)
    guard notice != lastWatchers else { return }
    lastWatchers = notice
    if case .open(_, isWelcomed: true) = connection { send(notice) }
  }
}
