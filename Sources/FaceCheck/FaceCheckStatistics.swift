/// What the pool has done since it began, and how it stands now. Counters only grow.
public struct FaceCheckStatistics: Sendable, Hashable {
  /// What the checks that one detector answered have cost together.
  public struct Work: Sendable, Hashable {
    public var checks = 0
    public var cpuTime: Duration = .zero
    public var wallTime: Duration = .zero
  }

  /// Checks answered by a search of the whole picture, those that began by following a face included.
  public var wholePicture = Work()
  /// Checks answered by following one face.
  public var trackedFace = Work()
  /// Checks of pictures that show nothing, or nothing new since no face was found.
  public var notSearched = Work()
  /// Checks that threw.
  public var failures = 0
  /// Pictures offered.
  public var picturesOffered = 0
  /// Pictures that a newer one replaced before they were checked; usual, where more come than are checked.
  public var picturesReplaced = 0
  /// The time that checks have begun late, all together: each from when its student was due and had a picture.
  public var totalDelay: Duration = .zero

  /// Worker threads.
  public var workers = 0
  /// Open lanes.
  public var lanes = 0
  /// How late the student is now who has waited longest past the due time. Zero or close to it unless overloaded.
  public var longestDelay: Duration = .zero

  public init() {}
}
