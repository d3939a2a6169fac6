/// A stretch of time in which the server itself did not look at a student. Never held against the student.
public struct BlindSpot: Sendable, Hashable, Codable {
  public enum Cause: String, Sendable, Codable, CaseIterable {
    /// Pictures came and were not checked: too much to do.
    case overload
    /// The server was down.
    case restart
    /// Frames came that could not be decoded before the next key frame.
    case keyFrame = "key_frame"
    /// There was no pipeline for what came: it failed and was set up again, or none could be.
    case pipeline
    /// The face check itself failed.
    case checkFailed = "check_failed"
    /// Connected, and no picture came: the network or the student's computer.
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
