import FoundationEssentials

/// The two models that the face check was designed and measured with. `deploy/fetch_models.py` reads the same file.
public struct KnownModels: Sendable, Hashable, Decodable {
  public struct File: Sendable, Hashable, Decodable {
    /// Its name in the models folder.
    public let file: String
    public let bytes: Int
    /// As 64 hexadecimal digits.
    public let sha256: String
  }

  public struct Model: Sendable, Hashable, Decodable {
    public let onnx: File
    /// The plan derived from it, which the server's own inference runs.
    public let plan: File
  }

  public let centerface: Model
  public let blazeface: Model

  /// The content of `models.json`, which is built in: the models' checksums must not be stored beside them.
  public static let all: KnownModels = {
    do {
      return try JSONDecoder().decode(KnownModels.self, from: Data(PackageResources.models_json))
    } catch {
      preconditionFailure("models.json was built in and cannot be read: \(error)")
    }
  }()
}
