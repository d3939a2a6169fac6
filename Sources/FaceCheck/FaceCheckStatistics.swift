/// What the pool has done since it started, and its current state. Counters only grow.
public struct FaceCheckStatistics: Sendable, Hashable {
  /// The total cost of the checks that one detector answered.
  public struct Work: Sendable, Hashable {
    public var checks = 0
    public var cpuTime: Duration = .zero
  }

  /// Checks answered by a search of the whole picture, including those that began by following a face.
  public var wholePicture = Work()
  /// Checks answered by following one face.
  public var trackedFace = Work()
  /// Checks of pictures that show nothing, or nothing new since no face was found.
  public var notSearched = Work()
  /// Checks that threw.
  public var failures = 0
  /// The delay of the student who is furthest past the due time. Zero or close to it unless overloaded.
  public var longestDelay: Duration = .zero
}
