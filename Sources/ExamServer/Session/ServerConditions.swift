import ExamModel

/// The state of the server itself that teachers must know of. Each condition is reported when it begins and when it is
/// over, and to those who join in between.
struct ServerConditions {
  /// Checks are late.
  var isOverloaded = false
  /// Why events are not kept, as text.
  var trouble: String?
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
      notices.append(
        .notice(
          code: "load",
          detail: isOverloaded ? "Some students are checked less often than once a second." : nil))
    }
    if trouble != before.trouble { notices.append(.notice(code: "store", detail: trouble)) }
    if quota != before.quota { notices.append(JournalQuota.notice(quota)) }
    if pictureRoom != before.pictureRoom { notices.append(.pictures(pictureRoom)) }
    if isGuessed != before.isGuessed {
      notices.append(
        .notice(
          code: "guessing",
          detail: isGuessed
            ? "Students who type the code wait in line and may wait long. The invite link lets them in at once: please send it to those who are missing."
            : nil))
    }
    return notices
  }
}
