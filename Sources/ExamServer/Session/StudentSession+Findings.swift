import ExamModel
import GLibRuntime
import WebGateway

/// What comes of watching a student, and what teachers change about it.
extension StudentSession {
  /// What the student and the pictures need is done here; the rest is the exam's.
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

  /// The exam stands still for this student, or goes on.
  func pause(_ isPaused: Bool) {
    found(isPaused ? monitor.pause(at: .now) : monitor.resume(isConnected: isConnected, at: .now))
  }

  /// Takes up what was known before the server's restart.
  func restore(_ person: ExamPerson, alerts: [AlertRecord], grace: Duration) {
    found(monitor.restore(person, alerts: alerts, grace: grace, at: .now))
  }

  /// Tells the student who is there, unless that is known.
  func tellWatchers(teachers: [String], focus: [String]) {
    let notice = StudentNotice.watchers(teachers: teachers, focus: focus)
    guard notice != lastWatchers else { return }
    lastWatchers = notice
    if case .open(_, isWelcomed: true) = connection { send(notice) }
  }
}
