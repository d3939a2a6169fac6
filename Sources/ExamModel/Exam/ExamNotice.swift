/// Who is told what, once something has happened.
public enum ExamNotice: Sendable, Hashable {
  case teachers(TeacherNotice)
  case student(ParticipantID, StudentNotice)
  /// Teachers are told the state of one participant: what is kept, and the connection, which is not part of this state.
  case line(ParticipantID)
  /// The same for everybody.
  case roster
}

extension ExamState {
  /// - Parameter event: the one that was applied last.
  public func notices(of event: JournalEvent) -> [ExamNotice] {
    let about = event.participant
    switch event.kind {
    case .joined, .connected, .disconnected, .firstSeen, .handUp, .dismissed:
      return about.map { [.line($0)] } ?? []
    case .accommodated:
      guard let about, case .accommodation(let accommodation) = event.payload else { return [] }
      // How alerts are made is between teachers; what is granted is for the student.
      guard case .grant = accommodation.kind else { return [.line(about)] }
      return [.student(about, .granted(person(about)?.granted(at: event.at) ?? [])), .line(about)]
    case .handDown:
      guard let about else { return [] }
      // The student who lowered the hand knows already.
      return (event.fields["by"] == nil ? [] : [.student(about, .hand(up: false))]) + [.line(about)]
    case .paused, .resumed:
      let students = about.map { [$0] } ?? students.filter { $0.dismissal == nil }.map(\.id)
      return students.flatMap { [.student($0, .pause(person($0)?.pause)), .line($0)] }
        + (about == nil ? [.roster] : [])
    case .alertConfirmed, .alertAcknowledged, .alertCleared, .alertNoted:
      guard case .alert(let alert) = event.payload else { return [] }
      let judged = AlertWithVerdict(alert, alerts.judgement(of: alert.id))
      return [.teachers(.alert(judged)), .student(alert.student, .alert(alert))]
    case .alertJudged:
      // Whether the program was right is no matter between it and the student.
      guard case .judgedAlert(let judged) = event.payload else { return [] }
      return [.teachers(.alert(judged))]
    case .chat:
      guard case .chat(let message) = event.payload else { return [] }
      let notice = message.notice(number: chat.count, history: false)
      return [.teachers(.chat(message, number: chat.count, history: false))]
        + students.filter { message.isVisible(toStudent: $0.id) }.map { .student($0.id, notice) }
    case .sessionCreated, .sessionEnded, .sessionRestored, .calibrated, .blindSpot, .streamBegan,
      .uploadRefused, .pipelineWarning, .unknown:
      return []
    }
  }
}
