import ExamModel
import Testing

@testable import FaceCheck

/// The server's own inference compared with OpenCV's, whose answers are recorded here.
@Suite struct InferenceTests {
  struct Example: Sendable {
    var picture: String
    /// Where BlazeFace searches; nil where CenterFace does, in the whole picture. In pixels: x, y, width, height.
    var around: SIMD4<Float>?
    /// What OpenCV's dnn module found, in pixels.
    var score: Float
    var box: SIMD4<Float>
    var points: [SIMD2<Double>]
    /// Whether the square is larger than what the network takes: means of pixels are rounded otherwise than by OpenCV.
    var isShrunk = false
  }

  /// The edges of the squares are far from the even pixels that they are rounded to.
  static let examples = [
    Example(
      picture: "present", around: [133, 74, 48, 66], score: 0.87909,
      box: [128.2338, 80.5331, 57.2980, 57.2885],
      points: [
        [145.3053, 96.1254], [168.5050, 97.7461], [156.1110, 111.7561], [155.6905, 122.6492],
        [132.8308, 99.8765], [181.0262, 102.5505],
      ], isShrunk: true),
    Example(
      picture: "present", around: [137, 82, 42, 58], score: 0.92269,
      box: [129.5919, 81.8495, 54.4545, 55.3841],
      points: [
        [146.3038, 96.9690], [169.1812, 97.5577], [158.2888, 110.9964], [157.7214, 122.2482],
        [133.1019, 101.5409], [179.9922, 102.5133],
      ]),
    Example(
      picture: "two", around: [214, 98, 38, 46], score: 0.90195, box: [211.9736, 103.8276, 40.4596, 40.4528],
      points: [
        [224.5388, 114.7963], [240.9548, 115.9676], [232.6476, 125.7528], [232.2104, 133.4948],
        [215.0325, 117.5151], [249.2324, 119.3311],
      ]),
    Example(
      picture: "two", around: [77, 82, 44, 54], score: 0.92433, box: [73.0602, 90.5647, 47.7049, 47.6971],
      points: [
        [87.0425, 103.3859], [106.6366, 104.6908], [96.2076, 116.2838], [95.9053, 125.4746],
        [76.6046, 106.8210], [117.2823, 108.8645],
      ]),
    Example(
      picture: "small", around: [153, 132, 24, 30], score: 0.90093,
      box: [151.0805, 136.0333, 25.6257, 25.6220],
      points: [
        [158.0838, 143.0985], [168.8031, 143.3245], [162.9743, 149.6094], [163.0519, 154.7461],
        [152.9120, 145.1515], [175.1280, 145.6071],
      ]),
    Example(
      picture: "half_out", around: [0, 77, 22, 64], score: 0.40289, box: [0, 85.7201, 27.1948, 46.6105],
      points: [
        [-6.7234, 97.8797], [12.9777, 99.1163], [0.7774, 109.6251], [0.4365, 119.7407],
        [-14.8743, 101.5562], [25.1294, 104.7632],
      ]),
    Example(
      picture: "present", score: 0.88960, box: [133.2077, 73.7454, 48.4400, 64.6637],
      points: [
        [146.0454, 97.2163], [169.8711, 98.9658], [157.3484, 110.1937], [146.5020, 120.2817],
        [166.4666, 121.7402],
      ]),
    Example(
      picture: "small", score: 0.74262, box: [152.8307, 131.9181, 22.9976, 29.2864],
      points: [
        [158.5669, 143.2271], [169.0659, 143.5702], [164.0272, 148.7699], [159.3044, 153.5997],
        [167.9343, 153.9098],
      ]),
    Example(
      picture: "half_out", score: 0.67069, box: [0, 77.5227, 23.0469, 64.6468],
      points: [
        [-2.6680, 95.3678], [13.5823, 98.2578], [-0.3254, 110.3845], [-3.6468, 122.5703],
        [10.0347, 124.4386],
      ]),
  ]

  @Test(arguments: examples, [FaceModels.Inference.own, .opencv])
  func findsWhatOpenCVFound(example: Example, inference: FaceModels.Inference) throws {
    guard inference == .opencv || FaceModels.hasOwnInference else { return }
    let finder = try FaceFinder(FaceNetworks(models: try Fixtures.models(inference)))
    let size = SIMD4<Float>(320, 240, 320, 240)
    let picture = try Fixtures.picture(example.picture)
    let faces =
      if let around = example.around.map({ $0 / size }) {
        try finder.faces(
          in: SearchSquare(
            following: NormalizedRect(x: around.x, y: around.y, width: around.z, height: around.w),
            in: picture),
          of: picture, minimumScore: 0.35)
      } else {
        try finder.faces(in: picture, minimumScore: 0.5)
      }
    try #require(faces.count == 1)
    let face = faces[0]
    let near: (score: Float, pixels: Float) = example.isShrunk ? (0.005, 0.5) : (0.0001, 0.001)
    #expect(abs(face.score - example.score) < near.score)
    let box = SIMD4(face.box.x, face.box.y, face.box.width, face.box.height) * size
    let difference = box - example.box
    #expect((difference * difference).max() < near.pixels * near.pixels, "\(box)")
    let landmarks = (example.around == nil ? CenterFace.pose : BlazeFace.pose).landmarks
    #expect(Set(face.landmarks.keys) == Set(landmarks))
    try #require(landmarks.count == example.points.count)
    for (landmark, expected) in zip(landmarks, example.points) {
      let point = try #require(face.landmarks[landmark])
      let difference = point - expected
      #expect((difference * difference).max() < Double(near.pixels * near.pixels), "\(point)")
    }
  }

  /// Finders that share one pair of networks, each on a thread of its own, find what a single one finds.
  @Test func findersShareTheirNetworks() async throws {
    var networks: FaceNetworks? = try FaceNetworks(models: try Fixtures.models())
    let pictures = try ["present", "two", "small"].map { try Fixtures.picture($0) }
    let expected = try find(pictures, FaceFinder(networks!))
    #expect(expected.map(\.count) == [1, 2, 1])
    let finders = try (1...3).map { _ in Sent(finder: try FaceFinder(networks!)) }
    // They keep what they need.
    networks = nil
    try await withThrowingTaskGroup { group in
      for sent in finders {
        group.addTask { try (1...5).map { _ in try find(pictures, sent.finder) } }
      }
      for try await found in group { #expect(found == Array(repeating: expected, count: 5)) }
    }
  }
}

/// A finder that one task uses at a time.
private struct Sent: @unchecked Sendable {
  let finder: FaceFinder
}

/// The boxes of all faces.
private func find(_ pictures: [AnalysisPicture], _ finder: FaceFinder) throws -> [[NormalizedRect]] {
  try pictures.map { try finder.faces(in: $0, minimumScore: 0.5).map(\.box) }
}
