import Glibc
import Testing

@testable import FaceCheck

/// A folder of models that lives as long as one test.
enum TemporaryModels {
  static let names = [
    "centerface.onnx", "centerface.plan", "blazeface_short_range.onnx", "blazeface_short_range.plan",
  ]

  /// Creates a folder of the real models, except those given as other bytes; nil is a missing file.
  static func with(_ changes: [String: [UInt8]?], _ body: (_ folder: String) throws -> Void) throws {
    var template = Array("/tmp/face-models-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    defer {
      for name in names { unlink(folder + "/" + name) }
      rmdir(folder)
    }
    for name in names where !changes.keys.contains(name) {
      let real = try path(name)
      #expect(symlink(real, folder + "/" + name) == 0)
    }
    for case (let name, let bytes?) in changes {
      let file = try #require(fopen(folder + "/" + name, "wb"))
      defer { fclose(file) }
      #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
    try body(folder)
  }

  /// The bytes of a real model.
  static func bytes(_ name: String) throws -> [UInt8] { try Fixtures.bytes(of: path(name)) }

  private static func path(_ name: String) throws -> String {
    let models = try Fixtures.models()
    let paths = [models.centerFace, models.blazeFace].flatMap { [$0.onnx, $0.plan] }
    return try #require(paths.first { $0.hasSuffix("/" + name) })
  }
}
