/// What became of the picture of an alert's onset.
public enum PictureState: String, Sendable, Hashable, Codable {
  /// None was taken: none came, or nobody had asked for one yet.
  case notTaken = "none"
  case kept
  /// Not kept: as many as one student may have were kept of this one before.
  case studentFull = "student_full"
  /// Not kept: the room for pictures of this exam is used up.
  case examFull = "exam_full"
  /// Not kept: the room for pictures of all exams is used up.
  case serverFull = "server_full"
  /// Not kept: the disk did not take it, and memory for those that wait is full.
  case lost
  /// One was kept, and the file is gone.
  case missing
  /// The file is there and could not be read, or holds something else than a picture.
  case unreadable
}

/// How much of a bounded room is left.
public enum RoomLevel: Int, Sendable, Comparable {
  case roomy, nearlyFull, full

  /// From this share on those are warned whom it concerns.
  public static let warningShare = 0.8

  public static func < (left: RoomLevel, right: RoomLevel) -> Bool { left.rawValue < right.rawValue }
}
