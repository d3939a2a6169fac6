import ExamModel
import GLibRuntime
import Logging
import WebGateway

/// What students' sessions report.
extension ExamSession {
  func studentWelcomed(_ student: StudentSession) {
    guard let socket = student.connection.socket else { return }
    let feed = feed(socket, student: student.id)
    student.history = feed
    feed.add(beginning(student: student.id))
  }

  func found(_ finding: StudentFinding, of id: ParticipantID) {
    switch finding {
    case .alert(let transition, let picture): changed(transition, picture: picture, of: id)
    case .blindSpot(let spot): wasUnseen(id, spot)
    case .calibrated(let baseline): calibrated(id, baseline)
    case .check, .checkGap, .evidence: break
    }
  }

  private func wasUnseen(_ id: ParticipantID, _ spot: BlindSpot) {
    let seconds = Double(spot.until.microseconds - spot.from.microseconds) / 1_000_000
    services.metrics.count(blindSpot: spot.cause, seconds: seconds)
    record(
      .blindSpot, about: id,
      [
        "cause": spot.cause.rawValue, "from": "\(spot.from)", "until": "\(spot.until)",
        "seconds": "\((seconds * 10).rounded() / 10)",
      ], payload: .blindSpot(spot))
  }

  private func calibrated(_ id: ParticipantID, _ baseline: Baseline) {
    var fields = [
      "face_height": "\((baseline.faceHeight * 100).rounded() / 100)",
      "luminance": "\(Int(baseline.luminance.rounded()))", "edges": "\(Int(baseline.edges.rounded()))",
    ]
    fields["yaw"] = baseline.yaw.map { "\(Int($0.rounded()))" }
    record(.calibrated, about: id, fields, payload: .baseline(baseline))
  }

  private func changed(_ transition: AlertPolicy.Transition, picture: SharedBytes?, of id: ParticipantID) {
    let kind = transition.kind
    switch transition.change {
    case .suspected, .dismissed:
      break
    case .confirmed(let onset, let confidence, let again):
      services.metrics.alertsConfirmed.add(1, to: kind)
      let new = AlertRecord(
        id: .random(), student: id, kind: kind,
        severity: configuration.alerts.rules[kind]?.severity ?? .medium, since: Timestamp(onset),
        confidence: confidence, thresholds: transition.thresholds, said: transition.said)
      record(.alertConfirmed, about: id) { [weak self] state in
        var alert = state.alerts.confirmed(new, again: again)
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

  /// No single student can use up the storage for pictures of the exam.
  private func keep(_ picture: SharedBytes, of alert: AlertRecord, _ state: ExamState) -> PictureState {
    let kept = state.alerts.pictures(of: alert.student)
    let most = configuration.maximumPicturesOfStudent
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
