import CFaceDetector
import Glibc

/// Where the two face detection models are, and which inference runs each.
public struct FaceModels: Sendable, Hashable {
  public enum Inference: String, Sendable, Hashable {
    /// The server's own, which needs AVX2 and a plan.
    case own
    /// OpenCV's dnn: any ONNX file on any processor, at three to five times the cost.
    case opencv
  }

  public struct Model: Sendable, Hashable {
    public let onnx: String
    public let plan: String
    public var inference: Inference = hasOwnInference ? .own : .opencv
  }

  /// Whether this processor can run the server's own inference.
  public static let hasOwnInference = examface_has_own_inference()

  /// Finds every face of a picture.
  public var centerFace: Model
  /// The short-range one: follows one face cheaply.
  public var blazeFace: Model

  /// Names the models in a folder, as `make models` puts them there.
  ///
  /// - Throws: `FaceCheckError`, saying which files cannot be read and how to get them.
  public init(folder: String) throws {
    func model(_ known: KnownModels.Model) -> Model {
      Model(onnx: "\(folder)/\(known.onnx.file)", plan: "\(folder)/\(known.plan.file)")
    }
    centerFace = model(KnownModels.all.centerface)
    blazeFace = model(KnownModels.all.blazeface)
    let files: [String] = [centerFace.onnx, blazeFace.onnx]
    let unreadable = files.filter { access($0, R_OK) != 0 }
    guard unreadable.isEmpty else {
      throw FaceCheckError(
        description: "cannot read \(unreadable.joined(separator: " and ")): `make models` fetches the models")
    }
  }
}
