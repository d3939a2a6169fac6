import ExamModel
import WebGateway

/// Teachers' connections.
extension ExamSession {
  var studentIDs: [ParticipantID] { Array(students.keys) }

  func connectTeacher(_ id: ParticipantID, socket: WebSocketConnection) {
    leaveTeacher(id, reason: "opened in another place")?.close(
      code: CloseCode.replaced, reason: "opened in another place")
    members.setState(.live, of: id, at: .now)
    let connection = TeacherConnection(participant: id, socket: socket, exam: self)
    teachers[id] = connection
    connection.welcome(
      roster: roster, notices: conditions.notices(), beginning: beginning(student: nil)
    ) { feed($0, student: nil) }
    record(.connected, about: id, ["address": socket.remoteAddress])
    tellWatchers()
  }

  var roster: TeacherNotice {
    .roster(members.roster, pause: state.pause, dismissed: members.dismissed)
  }

  func teacherDisconnected(_ connection: TeacherConnection) {
    guard teachers[connection.participant] === connection else { return }
    leaveTeacher(connection.participant, reason: "by peer, or lost")
    tellWatchers()
  }

  /// A teacher's connection has ended, whoever ended it.
  ///
  /// - Returns: the connection, to be told why and closed; `nil` if there is none.
  @discardableResult
  func leaveTeacher(_ id: ParticipantID, reason: String) -> TeacherConnection? {
    guard let connection = teachers.removeValue(forKey: id) else { return nil }
    members.setState(.left, of: id, at: .now)
    record(.disconnected, about: id, ["reason": reason])
    return connection
  }
}
