/// Why the face check cannot start, or could not check a picture.
public struct FaceCheckError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// A configuration value is out of range.
    case invalidConfiguration
    /// A model file cannot be read.
    case modelMissing
    /// A model file is damaged, or is a different model.
    case modelUnusable
    /// A worker thread could not be started.
    case threadUnavailable
    /// A picture's size is outside the detector's limits.
    case pictureRefused
    /// The detector failed on a picture.
    case checkFailed
  }

  public let code: Code
  /// One sentence naming the file, value or picture concerned.
  public let description: String
}
