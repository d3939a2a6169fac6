/// Why the face check cannot start, or could not check a picture.
public struct FaceCheckError: Error, CustomStringConvertible {
  /// One sentence naming the file or picture concerned.
  public let description: String
}
