import FaceCheck
import GLibRuntime

/// Proves that the models are those that were meant. One with a bit turned over in its weights is a sound file still, and
/// finds other faces.
enum ModelCheck {
  struct BadModel: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads both files whole.
  ///
  /// - Throws: `BadModel`, which says what is there, what was expected and what to do.
  static func require(_ models: FaceModels, _ configuration: ServerConfiguration) throws {
    try require(
      models.centerFace, KnownModels.all.centerface,
      own: (setting: "centerface_sha256", value: configuration.centerFaceSHA256))
    try require(
      models.blazeFace, KnownModels.all.blazeface,
      own: (setting: "blazeface_sha256", value: configuration.blazeFaceSHA256))
  }

  private static func require(
    _ path: String, _ known: KnownModels.Model, own: (setting: String, value: String?)
  ) throws {
    let found: (bytes: Int, digest: String)
    do {
      found = try sha256(ofFile: path)
    } catch {
      throw BadModel(description: "\(error); `make models` fetches the models anew")
    }
    guard found.digest != own.value ?? known.sha256 else { return }
    let expected =
      own.value.map { "SHA-256 \($0), as the setting \(own.setting) says" }
      ?? "\(known.bytes) bytes and SHA-256 \(known.sha256)"
    throw BadModel(
      description: """
        \(path) is not the model that was expected: it has \(found.bytes) bytes and SHA-256 \(found.digest), not \
        \(expected). `make models` fetches the models of this server anew; for another one that you put there yourself, \
        set \(own.setting) to its SHA-256.
        """)
  }
}
