import ExamModel
import GLibRuntime
import WebGateway

/// What teachers do to a student, and what comes of watching.
extension StudentSession {
  /// Changes the rules of one kind for this student.
  func accommodate(_ accommodation: Accommodation) {
    let isInForce = accommodation.isInForce(at: .now)
    participant.accommodations[accommodation.kind.rawValue] = isInForce ? accommodation : nil
    monitor.accommodate(accommodation, until: accommodation.until.map(Instant.init))
    owner?.studentChanged(self)
  }

  /// - Parameter pause: `nil`: the exam goes on.
  func pause(_ pause: Pause?) {
    participant.paused = pause
    if pause != nil { monitor.pause() } else { monitor.resume(isConnected: isConnected) }
    send(.pause(pause))
    owner?.studentChanged(self)
  }

  /// Raises or lowers the hand, by the student's will or because a teacher has answered.
  func raiseHand(_ up: Bool, by teacher: String? = nil) {
    guard participant.hand != up else { return }
    participant.hand = up
    participant.handSince = up ? .now : nil
    if teacher != nil { send(.hand(up: up)) }
    owner?.student(self, happened: up ? .handUp : .handDown, teacher.map { ["by": $0] } ?? [:])
    owner?.studentChanged(self)
  }

  /// Tells the student who is there, unless that is known.
  func tellWatchers(teachers: [String], focus: [String]) {
    let notice = StudentNotice.watchers(teachers: teachers, focus: focus)
    guard notice != lastWatchers else { return }
    lastWatchers = notice
    if case .open(_, isWelcomed: true) = connection { send(notice) }
  }
}

extension StudentSession: StudentMonitorOwner {
  func monitor(changed transition: AlertPolicy.Transition, picture: SharedBytes?) {
    owner?.student(self, changed: transition, picture: picture)
  }

  func monitor(says check: StudentCheck) {
    guard case .open(_, isWelcomed: true) = connection else { return monitor.forgetLastCheck() }
    send(.check(check))
  }

  func monitor(wasBlind spot: BlindSpot) { owner?.student(self, wasUnseen: spot) }

  func monitor(lookedAfter gap: Duration) { metrics.checkGaps.add(gap.inSeconds) }

  func monitor(calibrated baseline: Baseline) { owner?.student(self, calibrated: baseline) }

  func monitorChangedEvidence() { updateDemand(.focus) }
}
