import ExamModel

/// How it stands with the server itself, as far as teachers must know. Each thing is told when it begins and when it is over,
/// and to those who come in between.
struct ServerConditions {
  /// Checks come late.
  var isOverloaded = false
  /// Why what happens is not kept, in words.
  var trouble: String?
  /// The room of the exam in the journal.
  var quota = RoomLevel.roomy
  /// The room for pictures of alerts.
  var pictureRoom: (exam: RoomLevel, all: RoomLevel) = (.roomy, .roomy)
  /// Somebody tries codes.
  var isGuessed = false

  /// What to tell of it to whoever knows how it was before; by default, that all was well.
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
