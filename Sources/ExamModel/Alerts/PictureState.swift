/// What became of the picture of an alert's onset.
public enum PictureState: String, Sendable, Hashable, Codable, CaseIterable {
  /// None was taken: none had arrived, or none had been requested yet.
  case notTaken = "none"
  case kept
  /// Not kept: as many of this student as are allowed were kept before.
  case studentFull = "student_full"
  /// Not kept: the storage for pictures of this exam is full.
  case examFull = "exam_full"
  /// Not kept: the storage for pictures of all exams is full.
  case serverFull = "server_full"
  /// Not kept: the disk failed, and the memory for pictures that wait is full.
  case lost
  /// It was kept, and the file is gone.
  case missing
  /// The file is there but could not be read, or is not a picture.
  case unreadable
}

/// How much of a limited storage is left.
public enum RoomLevel: Int, Sendable, Comparable {
  case roomy, nearlyFull, full

  /// The share from which on those concerned are warned.
  public static let warningShare = 0.8

  /// The value sent to teachers' pages; `nil` if there is nothing to report.
  public var state: String? { [nil, "nearly_full", "full"][rawValue] }

  public static func < (left: RoomLevel, right: RoomLevel) -> Bool { left.rawValue < right.rawValue }
}
