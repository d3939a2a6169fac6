import FoundationEssentials

/// The two models that the face check was made for and measured with. `deploy/fetch_models.py` reads the same file.
public struct KnownModels: Sendable, Hashable, Decodable {
  public struct File: Sendable, Hashable, Decodable {
    /// Its name in the folder of models.
    public let file: String
    public let bytes: Int
    /// As 64 hexadecimal digits.
    public let sha256: String
  }

  public struct Model: Sendable, Hashable, Decodable {
    public let onnx: File
    /// What the server's own inference runs, made of it.
    public let plan: File
  }

  public let centerface: Model
  public let blazeface: Model

  /// Of `models.json`, which is built in: what proves the models must not lie beside them.
  public static let all: KnownModels = {
    do {
      return try JSONDecoder().decode(KnownModels.self, from: Data(PackageResources.models_json))
    } catch {
      preconditionFailure("models.json was built in and cannot be read: \(error)")
    }
  }()
}
