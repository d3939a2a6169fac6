import ExamModel
import Glibc

@testable import FaceCheck

/// The pictures and models that the tests look at.
enum Fixtures {
  private static let sourceFolder = folder(of: #filePath)

  /// The models, where `make models` puts them.
  static func models(_ inference: FaceModels.Inference? = nil) throws -> FaceModels {
    try models(in: folder(of: folder(of: sourceFolder)) + "/Models", inference)
  }

  /// Run by this inference, or by the one that this processor has.
  static func models(in folder: String, _ inference: FaceModels.Inference?) throws -> FaceModels {
    var models = try FaceModels(folder: folder)
    if let inference {
      models.centerFace.inference = inference
      models.blazeFace.inference = inference
    }
    return models
  }

  /// A 320x240 picture that `Fixtures/make_fixtures.py` made.
  static func picture(_ name: String, capturedAt: Int64 = 0) throws -> AnalysisPicture {
    AnalysisPicture(
      width: 320, height: 240, pixels: try bytes(of: sourceFolder + "/Fixtures/\(name).i420"),
      capturedAt: capturedAt)
  }

  static func bytes(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Missing(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  struct Missing: Error {
    let path: String
  }

  private static func folder(of path: String) -> String {
    String(path[..<path.lastIndex(of: "/")!])
  }
}

extension AnalysisPicture {
  /// The smallest picture there is, for tests that only follow its time stamp.
  static func stamp(_ capturedAt: Int64) -> AnalysisPicture {
    AnalysisPicture(width: 2, height: 2, pixels: [UInt8](repeating: 0, count: 6), capturedAt: capturedAt)
  }

  /// The picture as a mirror shows it. Width and height must be even.
  var mirrored: AnalysisPicture {
    let chroma = width * height / 4
    let planes = [
      (pixels[..<(4 * chroma)], width), (pixels[(4 * chroma)..<(5 * chroma)], width / 2),
      (pixels[(5 * chroma)...], width / 2),
    ]
    let flipped = planes.flatMap { plane, width in
      stride(from: plane.startIndex, to: plane.endIndex, by: width).flatMap {
        plane[$0..<($0 + width)].reversed()
      }
    }
    return AnalysisPicture(width: width, height: height, pixels: flipped, capturedAt: capturedAt)
  }

  /// The top left part of the picture.
  func cropped(width newWidth: Int, height newHeight: Int) -> AnalysisPicture {
    func part(_ start: Int, _ stride: Int, _ columns: Int, _ rows: Int) -> [UInt8] {
      (0..<rows).flatMap { pixels[(start + $0 * stride)..<(start + $0 * stride + columns)] }
    }
    let luma = width * height
    let stride = (width + 1) / 2
    let chroma = stride * ((height + 1) / 2)
    let (columns, rows) = ((newWidth + 1) / 2, (newHeight + 1) / 2)
    return AnalysisPicture(
      width: newWidth, height: newHeight,
      pixels: part(0, width, newWidth, newHeight) + part(luma, stride, columns, rows)
        + part(luma + chroma, stride, columns, rows),
      capturedAt: capturedAt)
  }
}
