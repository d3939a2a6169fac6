import ExamModel

/// The state of the server itself that teachers must know of. Each condition is reported when it begins and when it is
/// over, and to those who join in between.
struct ServerConditions {
  /// Checks are late.
  var isOverloaded = false
  /// What is not kept, and why, for the operator.
  var failure: (state: StoreState, detail: String)?
  /// The exam's storage in the journal.
  var quota = RoomLevel.roomy
  /// The storage for pictures of alerts.
  var pictureRoom: (exam: RoomLevel, all: RoomLevel) = (.roomy, .roomy)
  /// Somebody is guessing codes.
  var isGuessed = false

  /// The notices for somebody who knows the previous state; by default, that all was well.
  func notices(since before: ServerConditions = ServerConditions()) -> [TeacherNotice] {
    var notices: [TeacherNotice] = []
    if isOverloaded != before.isOverloaded {
      notices.append(.notice(code: "load", state: isOverloaded ? "late" : nil))
    }
    if failure?.state != before.failure?.state || failure?.detail != before.failure?.detail {
      notices.append(.notice(code: "store", state: failure?.state.rawValue, detail: failure?.detail))
    }
    if quota != before.quota { notices.append(.notice(code: "quota", state: quota.state)) }
    if pictureRoom != before.pictureRoom {
      let level = max(pictureRoom.exam, pictureRoom.all)
      let room = level == .roomy ? nil : level == pictureRoom.exam ? "exam" : "server"
      notices.append(.notice(code: "pictures", state: level.state, room: room))
    }
    if isGuessed != before.isGuessed {
      notices.append(.notice(code: "guessing", state: isGuessed ? "waiting" : nil))
    }
    return notices
  }
}
