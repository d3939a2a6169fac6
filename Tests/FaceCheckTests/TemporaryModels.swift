import Glibc
import Testing

@testable import FaceCheck

/// Model files that live as long as one test.
enum TemporaryModels {
  /// Makes a folder that is removed when `body` returns.
  static func withFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/face-models-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    defer {
      for name in ["centerface.onnx", "blazeface_short_range.onnx"] { unlink(folder + "/" + name) }
      rmdir(folder)
    }
    try body(folder)
  }

  /// Makes models of these bytes.
  static func with(
    centerFace: some Collection<UInt8>, blazeFace: some Collection<UInt8>, _ body: (FaceModels) throws -> Void
  ) throws {
    try withFolder { folder in
      try write(centerFace, to: folder + "/centerface.onnx")
      try write(blazeFace, to: folder + "/blazeface_short_range.onnx")
      try body(try FaceModels(folder: folder))
    }
  }

  static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    let bytes = Array(bytes)
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
