import ExamModel
import WebGateway

/// Teachers' connections.
extension ExamSession {
  func connectTeacher(_ id: ParticipantID, socket: WebSocketConnection) {
    leaveTeacher(id, .replaced)?.close(.replaced)
    members.setState(.live, of: id, at: .now)
    let connection = TeacherConnection(participant: id, socket: socket, exam: self)
    teachers[id] = connection
    connection.welcome()
    record(.connected, about: id, ["address": socket.remoteAddress])
    tellWatchers()
  }

  var roster: TeacherNotice {
    .roster(members.roster, pause: state.pause, dismissed: members.dismissed)
  }

  func teacherDisconnected(_ connection: TeacherConnection, _ reason: WebSocketCloseReason) {
    guard teachers[connection.participant] === connection else { return }
    leaveTeacher(connection.participant, reason.fields)
    tellWatchers()
  }

  /// The server ends a teacher's connection.
  ///
  /// - Returns: the connection, to be told why and closed; `nil` if there is none.
  func leaveTeacher(_ id: ParticipantID, _ reason: DisconnectReason) -> TeacherConnection? {
    leaveTeacher(id, ["reason": reason.rawValue])
  }

  /// A teacher's connection has ended, whoever ended it.
  @discardableResult
  private func leaveTeacher(_ id: ParticipantID, _ why: [String: String]) -> TeacherConnection? {
    guard let connection = teachers.removeValue(forKey: id) else { return nil }
    members.setState(.left, of: id, at: .now)
    record(.disconnected, about: id, why)
    return connection
  }
}
