import ExamModel
import GLibRuntime
import Logging
import WebGateway

/// What students' sessions tell the exam.
extension ExamSession: StudentSessionOwner {
  func studentWelcomed(_ student: StudentSession) {
    guard let socket = student.connection.socket else { return }
    let feed = feed(socket, student: student.id)
    student.history = feed
    feed.add(beginning(student: student.id))
  }

  func student(_ student: StudentSession, asksFor request: HistoryRequest) -> WireError? {
    answer(request, on: student.history, student: student.id)
  }

  func student(_ student: StudentSession, problemWith note: String, on alert: AlertID) -> WireError? {
    do {
      _ = try state.decide(.note(alert, text: note), by: student.id, at: .now)
      return nil
    } catch {
      return error
    }
  }

  func student(
    _ student: StudentSession, wants command: ExamCommand, then completion: @escaping CommandQueue.Completion
  ) {
    perform(command, by: student.id, then: completion)
  }

  func person(_ id: ParticipantID) -> ExamPerson? { state.person(id) }

  func waitingTime(of student: StudentSession) -> Duration? { waitingTime(of: student.id) }

  func student(_ student: StudentSession, did acts: Double) { did(acts, by: student.id) }

  func studentChanged(_ student: StudentSession) { lineChanged(student.id) }

  func student(_ student: StudentSession, happened kind: JournalEvent.Kind, _ fields: [String: String]) {
    record(kind, about: student.id, fields)
  }

  func student(_ student: StudentSession, found finding: StudentFinding) {
    switch finding {
    case .alert(let transition, let picture): self.student(student, changed: transition, picture: picture)
    case .blindSpot(let spot): self.student(student, wasUnseen: spot)
    case .calibrated(let baseline): self.student(student, calibrated: baseline)
    case .check, .checkGap, .evidence: break
    }
  }

  private func student(_ student: StudentSession, wasUnseen spot: BlindSpot) {
    let seconds = Double(spot.until.microseconds - spot.from.microseconds) / 1_000_000
    services.metrics.count(blindSpot: spot.cause, seconds: seconds)
    record(
      .blindSpot, about: student.id,
      [
        "cause": spot.cause.rawValue, "from": "\(spot.from)", "until": "\(spot.until)",
        "seconds": "\((seconds * 10).rounded() / 10)",
      ], payload: .blindSpot(spot))
  }

  private func student(_ student: StudentSession, calibrated baseline: Baseline) {
    record(
      .calibrated, about: student.id,
      [
        "yaw": baseline.yaw.map { "\(Int($0.rounded()))" } ?? "unknown",
        "face_height": "\((baseline.faceHeight * 100).rounded() / 100)",
        "luminance": "\(Int(baseline.luminance.rounded()))", "edges": "\(Int(baseline.edges.rounded()))",
      ], payload: .baseline(baseline))
  }

  private func student(
    _ student: StudentSession, changed transition: AlertPolicy.Transition, picture: SharedBytes?
  ) {
    let (kind, id) = (transition.kind, student.id)
    switch transition.change {
    case .suspected, .dismissed:
      break
    case .confirmed(let onset, let confidence, let again, let thresholds):
      services.metrics.count(alert: kind)
      let confirmation = AlertConfirmation(
        kind: kind, student: id, severity: services.configuration.alerts.rules[kind]?.severity ?? .medium,
        since: Timestamp(onset), confidence: confidence, thresholds: thresholds)
      record(.alertConfirmed, about: id) { [weak self] state in
        var generator = SystemRandomNumberGenerator()
        var alert = state.alerts.confirmed(confirmation, again: again, id: .random(using: &generator))
        if alert.picture == nil, let self {
          let kept = picture.map { self.keep($0, of: alert, state) } ?? alert.pictureState ?? .notTaken
          alert.picture = kept == .kept ? "/api/sessions/\(code)/alerts/\(alert.id).jpg" : nil
          alert.pictureState = kept
        }
        return (
          [
            "kind": kind.rawValue, "alert": alert.id.rawValue, "since": "\(alert.since)",
            "confidence": "\((confidence * 100).rounded() / 100)", "repeats": String(alert.repeats),
          ], .alert(alert)
        )
      }
    case .cleared(let time):
      record(.alertCleared, about: id) { state in
        guard let alert = state.alerts.cleared(kind, student: id, at: Timestamp(time)) else { return nil }
        return (
          ["kind": kind.rawValue, "alert": alert.id.rawValue, "until": alert.until.map { "\($0)" } ?? ""],
          .alert(alert)
        )
      }
    }
  }

  /// One student alone cannot use up the room for pictures of the exam.
  private func keep(_ picture: SharedBytes, of alert: AlertRecord, _ state: ExamState) -> PictureState {
    let kept = state.alerts.pictures(of: alert.student)
    let most = services.configuration.maximumPicturesOfStudent
    guard kept < most else { return .studentFull }
    let state = picture.withUnsafeBytes { services.store.keep(picture: $0, of: alert.id, in: code) }
    if state == .kept, kept + 1 == most {
      services.recorder.logger.warning(
        "no more pictures of this student's alerts are kept",
        metadata: [
          "session": "\(code)", "participant": "\(alert.student)", "pictures": "\(most)",
          "advice": "a student may have a tenth of maximum_exam_pictures; alerts go on without",
        ])
    }
    return state
  }
}
