import FaceCheck
import Foundation
import GLibRuntime

/// Whose inference runs the models: the setting `face_backend`.
public enum FaceBackend: String, CaseIterable, Sendable {
  /// The server's own if the processor has AVX2 and the model a plan, else OpenCV's.
  case auto
  case own, opencv
}

/// Checks that the models are the intended ones, and chooses what runs them. A model with one flipped bit in its
/// weights is still a valid file, but finds other faces.
enum ModelCheck {
  struct BadModel: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads the files completely and sets the inference of both models.
  ///
  /// - Parameters:
  ///   - hasOwnInference: whether the processor can run the server's own.
  ///   - onChoice: called with whose inference runs a model, and why.
  /// - Throws: `BadModel`, which says what is there, what was expected and what to do.
  static func require(
    _ models: inout FaceModels, _ configuration: ServerConfiguration,
    hasOwnInference: Bool = FaceModels.hasOwnInference,
    onChoice: (FaceModels.Model, _ reason: String) -> Void
  ) throws {
    func require(
      _ model: inout FaceModels.Model, _ known: KnownModels.Model, own: (setting: String, value: String?)
    ) throws {
      let digest = try self.require(model.onnx, known.onnx, own: own)
      let obstacle = try obstacle(
        to: model, digest, known, configuration.faceBackend, hasOwnInference: hasOwnInference)
      if let obstacle, configuration.faceBackend == .own {
        throw BadModel(
          description:
            "setting face_backend: own is not possible, since \(obstacle); set it to auto or opencv")
      }
      model.inference = obstacle == nil ? .own : .opencv
      onChoice(model, obstacle ?? "the processor has AVX2, and there is a plan")
    }
    try require(
      &models.centerFace, KnownModels.all.centerface,
      own: (setting: "centerface_sha256", value: configuration.centerFaceSHA256))
    try require(
      &models.blazeFace, KnownModels.all.blazeface,
      own: (setting: "blazeface_sha256", value: configuration.blazeFaceSHA256))
  }

  /// Why the server's own inference does not run a model with this digest.
  private static func obstacle(
    to model: FaceModels.Model, _ digest: String, _ known: KnownModels.Model, _ backend: FaceBackend,
    hasOwnInference: Bool
  ) throws -> String? {
    guard backend != .opencv else { return "face_backend says so" }
    guard hasOwnInference else { return "this processor has no AVX2" }
    if digest == known.onnx.sha256 {
      _ = try require(model.plan, known.plan, own: nil)
      return nil
    }
    return try isPlan(model.plan, of: digest)
      ? nil : "no plan was made of \(model.onnx) (deploy/onnx_to_plan.py makes one)"
  }

  /// Whether a file is the plan of the model with this digest, which is at its beginning: docs/model-plan.md.
  private static func isPlan(_ path: String, of digest: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    _ = try sha256(ofFile: path)
    let head = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: 48) ?? Data()
    return head.dropFirst(16).map { String(format: "%02x", $0) }.joined() == digest
  }

  /// - Returns: the file's SHA-256.
  private static func require(
    _ path: String, _ known: KnownModels.File, own: (setting: String, value: String?)?
  ) throws -> String {
    let found: (bytes: Int, digest: String)
    do {
      found = try sha256(ofFile: path)
    } catch {
      throw BadModel(description: "\(error); `make models` fetches the models anew")
    }
    guard found.digest != own?.value ?? known.sha256 else { return found.digest }
    let expected =
      own.flatMap { own in own.value.map { "SHA-256 \($0), as the setting \(own.setting) says" } }
      ?? "\(known.bytes) bytes and SHA-256 \(known.sha256)"
    let advice = own.map { "; for another one that you put there yourself, set \($0.setting) to its SHA-256" }
    throw BadModel(
      description: """
        \(path) is not the file that was expected: it has \(found.bytes) bytes and SHA-256 \(found.digest), not \
        \(expected). `make models` fetches the models of this server anew\(advice ?? "").
        """)
  }
}
