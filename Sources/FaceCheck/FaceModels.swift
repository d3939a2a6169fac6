import Glibc

/// Where the two face detection models lie.
public struct FaceModels: Sendable, Hashable {
  /// CenterFace as an ONNX file: finds every face of a picture.
  public let centerFace: String
  /// BlazeFace (short range) as an ONNX file: follows one face cheaply.
  public let blazeFace: String

  /// Names the models in a folder, as `make models` puts them there.
  ///
  /// - Throws: `FaceCheckError` of code `.modelMissing` that says which files cannot be read and how to get them.
  public init(folder: String) throws {
    centerFace = "\(folder)/\(KnownModels.all.centerface.file)"
    blazeFace = "\(folder)/\(KnownModels.all.blazeface.file)"
    let files: [String] = [centerFace, blazeFace]
    let unreadable = files.filter { access($0, R_OK) != 0 }
    guard unreadable.isEmpty else {
      throw FaceCheckError(
        code: .modelMissing,
        description: "cannot read \(unreadable.joined(separator: " and ")): `make models` fetches the models")
    }
  }
}
