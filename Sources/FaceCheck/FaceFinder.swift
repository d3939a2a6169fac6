import CFaceDetector
import ExamModel

/// A landmark of a face; "left" and "right" are as seen in the picture.
enum Landmark: UInt32, CaseIterable {
  case leftEye, rightEye, nose, mouth, leftMouthCorner, rightMouthCorner, leftEar, rightEar

  var isEar: Bool { self == .leftEar || self == .rightEar }
}

/// CenterFace and BlazeFace, loaded: their weights, shared by any number of finders.
final class FaceNetworks: Sendable {
  /// It is immutable.
  nonisolated(unsafe) fileprivate let networks: OpaquePointer

  /// - Throws: `FaceCheckError` naming the file.
  init(models: FaceModels) throws {
    func plan(_ model: FaceModels.Model) -> String? { model.inference == .own ? model.plan : nil }
    let (center, blaze) = (models.centerFace, models.blazeFace)
    var networks: OpaquePointer?
    try FaceFinder.check {
      examface_load(center.onnx, plan(center), blaze.onnx, plan(blaze), &networks, &$0)
    }
    self.networks = networks!
  }

  deinit {
    examface_unload(networks)
  }
}

/// Finds faces with two networks. Any thread may use it, but only one at a time.
final class FaceFinder {
  struct Face {
    var box: NormalizedRect
    /// 0...1.
    var score: Float
    /// In pixels of the picture, x to the right and y down: those that the network provides.
    var landmarks: [Landmark: SIMD2<Double>]
  }

  /// The maximum number of faces in one picture; the best are kept.
  private static let capacity = 32

  private let detector: OpaquePointer
  private var found = [examface_face](repeating: examface_face(), count: capacity)

  /// - Throws: `FaceCheckError` naming the file.
  init(_ networks: FaceNetworks) throws {
    var detector: OpaquePointer?
    try Self.check { examface_create(networks.networks, &detector, &$0) }
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

  /// The faces in a square of a picture, best first.
  func faces(in square: SearchSquare, of picture: AnalysisPicture, minimumScore: Float) throws -> [Face] {
    try faces(in: picture) { picture, faces, count, message in
      examface_check_square(
        detector, &picture, examface_point(x: square.x, y: square.y), square.side, minimumScore, faces,
        Self.capacity, &count, &message)
    }
  }

  private func faces(
    in picture: AnalysisPicture,
    _ search: (
      inout examface_picture, UnsafeMutablePointer<examface_face>, inout Int, inout examface_message
    ) -> examface_status
  ) throws -> [Face] {
    var count = 0
    try picture.pixels.withUnsafeBufferPointer { pixels in
      // Sizes beyond 32 bits become one that the detector's limits refuse.
      var planes = examface_picture(
        pixels: pixels.baseAddress, byte_count: pixels.count, width: Int32(clamping: picture.width),
        height: Int32(clamping: picture.height))
      try found.withUnsafeMutableBufferPointer { found in
        try Self.check { search(&planes, found.baseAddress!, &count, &$0) }
      }
    }
    return found[..<count].map { Face($0, width: Float(picture.width), height: Float(picture.height)) }
  }

  fileprivate static func check(_ body: (inout examface_message) -> examface_status) throws {
    var message = examface_message()
    let status = body(&message)
    guard status != EXAMFACE_OK else { return }
    var text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if status == EXAMFACE_BAD_MODEL { text += "; delete that file, and `make models` fetches it anew" }
    throw FaceCheckError(description: text)
  }
}

extension FaceFinder.Face {
  fileprivate init(_ face: examface_face, width: Float, height: Float) {
    box = NormalizedRect(
      x: face.box.x / width, y: face.box.y / height, width: face.box.width / width,
      height: face.box.height / height)
    score = face.score
    landmarks = withUnsafeBytes(of: face.points) { bytes in
      let points = bytes.bindMemory(to: examface_point.self)
      let found = Landmark.allCases.filter { face.landmarks >> $0.rawValue & 1 == 1 }
      return Dictionary(
        uniqueKeysWithValues: found.map {
          ($0, SIMD2(Double(points[Int($0.rawValue)].x), Double(points[Int($0.rawValue)].y)))
        })
    }
  }
}
