import ExamModel

/// Limits how many pictures each person watches over plain HTTP at once.
struct PictureSeats {
  /// What one student's token may open: the own picture in both sizes, and once more while a page is reloaded.
  static let ofStudent = 4

  private var taken: [ParticipantID: Int] = [:]

  /// For a teacher, each student in both sizes.
  static func most(for watcher: Participant, students: Int) -> Int {
    watcher.role == .student ? ofStudent : max(ofStudent, 2 * students)
  }

  func haveRoom(for watcher: ParticipantID, most: Int) -> Bool { taken[watcher, default: 0] < most }

  /// - Returns: whether there was a place; `leave` then releases it.
  mutating func take(_ watcher: ParticipantID, most: Int) -> Bool {
    guard haveRoom(for: watcher, most: most) else { return false }
    taken[watcher, default: 0] += 1
    return true
  }

  mutating func leave(_ watcher: ParticipantID) {
    guard let count = taken[watcher] else { return }
    taken[watcher] = count == 1 ? nil : count - 1
  }
}
