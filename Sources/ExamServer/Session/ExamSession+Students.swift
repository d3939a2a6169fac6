import ExamModel
import GLibRuntime
import Logging
import WebGateway

/// What students' sessions tell the exam.
extension ExamSession: StudentSessionOwner {
  func studentWelcomed(_ student: StudentSession) {
    guard let socket = student.connection.socket else { return }
    let feed = feed(socket, student: student.participant.id)
    student.history = feed
    feed.add(beginning(student: student.participant.id))
  }

  func student(_ student: StudentSession, asksFor request: HistoryRequest) -> WireError? {
    answer(request, on: student.history, student: student.participant.id)
  }

  func student(_ student: StudentSession, wrote text: String) -> WireError? {
    if let problem = ChatRoom.problem(with: text) { return problem }
    let from = student.participant
    say(ChatMessage(from: from.id, name: from.name, role: .student, to: .teachers, text: text, at: .now))
    return nil
  }

  func student(_ student: StudentSession, problemWith note: String, on alert: AlertID) -> WireError? {
    if let problem = ChatRoom.problem(with: note, what: "the note") { return problem }
    guard alerts.records[alert]?.student == student.participant.id else {
      return WireError(detail: "there is no alert \(alert) about you in this session")
    }
    return nil
  }

  func student(_ student: StudentSession, noted text: String, on alert: AlertID) {
    guard let changed = alerts.note(alert, by: student.participant.id, text: text) else { return }
    record(
      .alertNoted, participant: student.participant, ["alert": alert.rawValue, "note": text],
      payload: .alert(changed), by: student.participant.id)
    tell(changed)
  }

  func waitingTime(of student: StudentSession) -> Duration? { waitingTime(of: student.participant.id) }

  func student(_ student: StudentSession, did acts: Double) { did(acts, by: student.participant.id) }

  func student(_ student: StudentSession, happened kind: JournalEvent.Kind, _ fields: [String: String]) {
    // A hand is raised by the student, and lowered by whoever does it.
    let isAct = kind == .handUp || kind == .handDown && fields["by"] == nil
    record(kind, participant: student.participant, fields, by: isAct ? student.participant.id : nil)
  }

  func student(_ student: StudentSession, wasUnseen spot: BlindSpot) {
    let seconds = Double(spot.until.microseconds - spot.from.microseconds) / 1_000_000
    services.metrics.count(blindSpot: spot.cause, seconds: seconds)
    record(
      .blindSpot, participant: student.participant,
      [
        "cause": spot.cause.rawValue, "from": "\(spot.from)", "until": "\(spot.until)",
        "seconds": "\((seconds * 10).rounded() / 10)",
      ], payload: .blindSpot(spot))
  }

  func student(_ student: StudentSession, calibrated baseline: Baseline) {
    record(
      .calibrated, participant: student.participant,
      [
        "yaw": baseline.yaw.map { "\(Int($0.rounded()))" } ?? "unknown",
        "face_height": "\((baseline.faceHeight * 100).rounded() / 100)",
        "luminance": "\(Int(baseline.luminance.rounded()))", "edges": "\(Int(baseline.edges.rounded()))",
      ], payload: .baseline(baseline))
  }

  func student(
    _ student: StudentSession, changed transition: AlertPolicy.Transition, picture: SharedBytes?
  ) {
    let participant = student.participant
    let kind = transition.kind
    switch transition.change {
    case .suspected, .dismissed:
      break
    case .confirmed(let onset, let confidence, let again, let thresholds):
      let severity = services.configuration.alerts.rules[kind]?.severity ?? .medium
      var alert = alerts.confirm(
        AlertConfirmation(
          kind: kind, student: participant.id, severity: severity, since: Timestamp(onset),
          confidence: confidence, thresholds: thresholds), again: again)
      if alert.picture == nil {
        let state = picture.map { keep($0, of: alert) } ?? alert.pictureState ?? .notTaken
        let path = state == .kept ? "/api/sessions/\(code)/alerts/\(alert.id).jpg" : nil
        alerts.setPicture(path, state, of: alert.id)
        alert = alerts.records[alert.id] ?? alert
      }
      services.metrics.count(alert: kind)
      record(
        .alertConfirmed, participant: participant,
        [
          "kind": kind.rawValue, "alert": alert.id.rawValue, "since": "\(alert.since)",
          "confidence": "\((confidence * 100).rounded() / 100)", "repeats": String(alert.repeats),
        ], payload: .alert(alert))
      tell(alert)
    case .cleared(let time):
      guard let alert = alerts.clear(kind, student: participant.id, at: Timestamp(time)) else { return }
      record(
        .alertCleared, participant: participant,
        ["kind": kind.rawValue, "alert": alert.id.rawValue, "until": alert.until.map { "\($0)" } ?? ""],
        payload: .alert(alert))
      tell(alert)
    }
  }

  /// One student alone cannot use up the room for pictures of the exam.
  private func keep(_ picture: SharedBytes, of alert: AlertRecord) -> PictureState {
    let kept = alerts.pictures(of: alert.student)
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

  /// Tells all teachers, and the student whom it is about.
  func tell(_ alert: AlertRecord) {
    tellTeachers(.alert(alert))
    students[alert.student]?.send(.alert(alert))
  }
}
