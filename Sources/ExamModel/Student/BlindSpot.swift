/// A stretch of time in which the server itself could not observe a student. Never held against the student.
public struct BlindSpot: Sendable, Hashable, Codable {
  public enum Cause: String, Sendable, Codable, CaseIterable {
    /// Pictures arrived and were not checked: overload.
    case overload
    /// The server was down.
    case restart
    /// Frames arrived that could not be decoded before the next key frame.
    case keyFrame = "key_frame"
    /// There was no pipeline for what arrived: it failed and was rebuilt, or none could be built.
    case pipeline
    /// The face check itself failed.
    case checkFailed = "check_failed"
    /// Connected, and no picture arrived: the network or the student's computer.
    case noPicture = "no_picture"
  }

  public let from: Timestamp
  public let until: Timestamp
  public let cause: Cause

  public init(from: Timestamp, until: Timestamp, cause: Cause) {
    self.from = from
    self.until = until
    self.cause = cause
  }
}
