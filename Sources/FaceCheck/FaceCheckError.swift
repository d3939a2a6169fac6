/// Why the face check cannot start, or could not check a picture.
public struct FaceCheckError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// A value of the configuration is out of its bounds.
    case invalidConfiguration
    /// A model file cannot be read.
    case modelMissing
    /// A model file is damaged, or is another model.
    case modelUnusable
    /// A worker thread could not be started.
    case threadUnavailable
    /// A picture's size is out of the bounds of the detector.
    case pictureRefused
    /// The detector failed on a picture.
    case checkFailed
  }

  public let code: Code
  /// One sentence that names the file, value or picture concerned.
  public let description: String
}
