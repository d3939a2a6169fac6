import ExamModel

extension TeacherNotice {
  /// The notice to teachers about the storage for pictures of alerts; without a detail all is well again.
  static func pictures(_ room: (exam: RoomLevel, all: RoomLevel)) -> TeacherNotice {
    .notice(code: "pictures", detail: pictureDetail(room))
  }

  private static func pictureDetail(_ room: (exam: RoomLevel, all: RoomLevel)) -> String? {
    let rest = "alerts go on, those without a picture say so."
    switch max(room.exam, room.all) {
    case .roomy: return nil
    case .nearlyFull:
      return room.exam == .nearlyFull
        ? "80 % of the room for pictures of this exam is used. When it is full, \(rest)"
        : "80 % of the server’s room for pictures of all exams is used. When it is full, \(rest)"
    case .full:
      return room.exam == .full
        ? "The room for pictures of this exam is used up: \(rest)"
        : """
        The server’s room for pictures of all exams is used up: \(rest) Whoever erases the data of an exam that is over \
        makes room.
        """
    }
  }
}
