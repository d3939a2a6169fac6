import CFaceDetector
import ExamModel

/// CenterFace and BlazeFace, loaded. Any thread may use it, but only one at a time.
final class FaceDetector {
  /// A face with its points, in pixels of the picture: five of CenterFace, six of BlazeFace.
  struct Face {
    var box: NormalizedRect
    /// 0...1.
    var score: Float
    var points: [SIMD2<Double>]
  }

  /// BlazeFace sees a square of this many times the longer side of the face, as it was measured with.
  private static let squareFactor: Float = 2
  /// More faces than this in one picture are not told apart; the best are kept.
  private static let capacity = 32

  private let detector: OpaquePointer
  private var found = [examface_face](repeating: examface_face(), count: capacity)

  /// - Throws: `FaceCheckError` of code `.modelUnusable` that names the file.
  init(models: FaceModels) throws {
    var detector: OpaquePointer?
    try Self.check { examface_create(models.centerFace, models.blazeFace, &detector, &$0) }
    self.detector = detector!
  }

  deinit {
    examface_destroy(detector)
  }

  /// Every face of a picture with at least this score, best first.
  func faces(in picture: AnalysisPicture, minimumScore: Float) throws -> [Face] {
    try faces(in: picture) { picture, faces, count, message in
      examface_check_whole(detector, &picture, minimumScore, faces, Self.capacity, &count, &message)
    }
  }

  /// The faces around a face of the same or an earlier picture, best first.
  func faces(around box: NormalizedRect, in picture: AnalysisPicture, minimumScore: Float) throws -> [Face] {
    let (width, height) = (Float(picture.width), Float(picture.height))
    // Never less than a pixel and never beyond the picture, however small picture or box have become.
    let boxWidth = min(max(1, box.width * width), width)
    let boxHeight = min(max(1, box.height * height), height)
    var pixels = examface_box(
      x: max(0, min(box.x * width, width - boxWidth)), y: max(0, min(box.y * height, height - boxHeight)),
      width: boxWidth, height: boxHeight)
    return try faces(in: picture) { picture, faces, count, message in
      examface_check_around(
        detector, &picture, &pixels, Self.squareFactor, minimumScore, faces, Self.capacity, &count, &message)
    }
  }

  /// Mean (0...255) and standard deviation (0...127.5) of a picture's luma.
  func luminance(of picture: AnalysisPicture) throws -> (mean: Float, deviation: Float) {
    var (mean, deviation): (Float, Float) = (0, 0)
    try Self.withPicture(picture) { picture, message in
      examface_luminance(&picture, &mean, &deviation, &message)
    }
    return (mean, deviation)
  }

  /// Mean luma (0...255) of each cell of `SceneGrid`, row by row.
  func sceneGrid(of picture: AnalysisPicture) throws -> SceneGrid {
    // A picture smaller than the grid has nothing to watch beside a face.
    guard picture.width >= SceneGrid.columns, picture.height >= SceneGrid.rows else { return SceneGrid() }
    var grid = SceneGrid()
    try Self.withPicture(picture) { picture, message in
      examface_luma_grid(&picture, Int32(SceneGrid.columns), Int32(SceneGrid.rows), &grid.cells, &message)
    }
    return grid
  }

  /// Compares a picture with the one before and remembers it in its place.
  ///
  /// - Returns: mean absolute difference of luma, 0...255; nil where none of this size came before.
  func motion(of picture: AnalysisPicture, since samples: inout [UInt8]) throws -> Float? {
    let count = examface_sample_count(Int32(clamping: picture.width), Int32(clamping: picture.height))
    let isFirst = samples.count != count
    if isFirst { samples = [UInt8](repeating: 0, count: count) }
    var difference: Float = 0
    try Self.withPicture(picture) { pixels, message in
      examface_motion(&pixels, &samples, count, &difference, &message)
    }
    return isFirst ? nil : difference
  }

  private func faces(
    in picture: AnalysisPicture,
    _ search: (
      inout examface_picture, UnsafeMutablePointer<examface_face>, inout Int, inout examface_message
    ) -> examface_status
  ) throws -> [Face] {
    var count = 0
    try Self.withPicture(picture) { pixels, message in
      found.withUnsafeMutableBufferPointer { search(&pixels, $0.baseAddress!, &count, &message) }
    }
    return found[..<count].map { Face($0, width: Float(picture.width), height: Float(picture.height)) }
  }

  private static func withPicture(
    _ picture: AnalysisPicture, _ body: (inout examface_picture, inout examface_message) -> examface_status
  ) throws {
    try picture.pixels.withUnsafeBufferPointer { pixels in
      // Sizes beyond 32 bits become one that the bounds of the detector refuse.
      var planes = examface_picture(
        pixels: pixels.baseAddress, byte_count: pixels.count, width: Int32(clamping: picture.width),
        height: Int32(clamping: picture.height))
      try check { body(&planes, &$0) }
    }
  }

  private static func check(_ body: (inout examface_message) -> examface_status) throws {
    var message = examface_message()
    let code: FaceCheckError.Code
    switch body(&message) {
    case EXAMFACE_OK: return
    case EXAMFACE_BAD_MODEL: code = .modelUnusable
    case EXAMFACE_INVALID_ARGUMENT: code = .pictureRefused
    default: code = .checkFailed
    }
    var text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if code == .modelUnusable { text += "; delete that file, and `make models` fetches it anew" }
    throw FaceCheckError(code: code, description: text)
  }
}

extension FaceDetector.Face {
  fileprivate init(_ face: examface_face, width: Float, height: Float) {
    box = NormalizedRect(
      x: face.box.x / width, y: face.box.y / height, width: face.box.width / width,
      height: face.box.height / height)
    score = face.score
    points = withUnsafeBytes(of: face.points) { bytes in
      bytes.bindMemory(to: examface_point.self).prefix(Int(face.point_count)).map {
        SIMD2(Double($0.x), Double($0.y))
      }
    }
  }
}
