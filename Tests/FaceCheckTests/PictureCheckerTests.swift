import ExamModel
import Testing

@testable import FaceCheck

/// The real networks on real pictures.
@Suite struct PictureCheckerTests {
  private let detector: FaceDetector
  private let checker: PictureChecker
  private let start = SuspendingClock.now

  init() throws {
    detector = try FaceDetector(models: try Fixtures.models())
    checker = PictureChecker(detector: detector, thresholds: FaceThresholds())
  }

  private func makeTracker() -> FaceTracker {
    FaceTracker(thresholds: FaceThresholds(), wholePictureEvery: .seconds(4))
  }

  @Test(arguments: [("present", 1), ("empty", 0), ("two", 2), ("small", 1), ("half_out", 1), ("covered", 0)])
  func firstCheckSearchesTheWholePicture(name: String, faces: Int) throws {
    var tracker = makeTracker()
    let picture = try Fixtures.picture(name, capturedAt: 77)
    let observation = try checker.check(picture, tracker: &tracker, now: start)
    #expect(observation.faces.count == faces)
    #expect(observation.tier == .wholePicture)
    #expect(observation.capturedAt == 77)
    for face in observation.faces {
      #expect(face.score >= 0.5 && face.score <= 1)
      #expect(face.box.x >= 0 && face.box.x + face.box.width <= 1.001)
      #expect(face.box.y >= 0 && face.box.y + face.box.height <= 1.001)
    }
  }

  @Test func boxIsAroundTheFace() throws {
    var tracker = makeTracker()
    let whole = try checker.check(try Fixtures.picture("present"), tracker: &tracker, now: start)
    let tracked = try checker.check(
      try Fixtures.picture("present"), tracker: &tracker, now: start + .seconds(1))
    #expect(tracked.tier == .trackedFace)
    for observation in [whole, tracked] {
      let box = try #require(observation.faces.first).box
      // The nose of the person in the picture is at (158, 111) of 320x240.
      #expect(abs(box.x + box.width / 2 - 0.49) < 0.02)
      #expect(abs(box.y + box.height / 2 - 0.45) < 0.03)
      #expect((0.13...0.2).contains(box.width))
    }
  }

  @Test func followingOneFaceDoesNotDrift() throws {
    var tracker = FaceTracker(thresholds: FaceThresholds(), wholePictureEvery: .seconds(60))
    let picture = try Fixtures.picture("present")
    _ = try checker.check(picture, tracker: &tracker, now: start)
    for step in 1...40 {
      let observation = try checker.check(picture, tracker: &tracker, now: start + .seconds(step))
      #expect(observation.tier == .trackedFace)
      #expect(observation.faces[0].score >= 0.85)
    }
  }

  @Test func lostFaceIsSearchedInTheSamePicture() throws {
    var tracker = makeTracker()
    _ = try checker.check(try Fixtures.picture("present"), tracker: &tracker, now: start)
    let gone = try checker.check(
      try Fixtures.picture("empty"), tracker: &tracker, now: start + .milliseconds(500))
    #expect(gone.tier == .wholePicture)
    #expect(gone.faces.isEmpty)
  }

  @Test func secondFaceIsFoundByTheNextSearch() throws {
    var tracker = makeTracker()
    _ = try checker.check(try Fixtures.picture("present"), tracker: &tracker, now: start)
    let joined = try checker.check(try Fixtures.picture("two"), tracker: &tracker, now: start + .seconds(4))
    #expect(joined.tier == .wholePicture)
    #expect(joined.faces.count == 2)
  }

  @Test func coveredLensIsDarkAndFlat() throws {
    var tracker = makeTracker()
    let covered = try checker.check(try Fixtures.picture("covered"), tracker: &tracker, now: start)
    let present = try checker.check(try Fixtures.picture("present"), tracker: &tracker, now: start)
    #expect(covered.luminance < 30 && covered.contrast < 5)
    #expect(present.luminance > 80 && present.contrast > 25)
  }

  @Test func luminanceIsMeanAndDeviationOfTheLumaPlane() throws {
    let luma = (0..<(16 * 16)).map { $0 % 2 == 0 ? UInt8(40) : UInt8(60) }
    let chroma = [UInt8](repeating: 250, count: 128)
    let result = try detector.luminance(
      of: AnalysisPicture(width: 16, height: 16, pixels: luma + chroma, capturedAt: 0))
    #expect(abs(result.mean - 50) < 0.01)
    #expect(abs(result.deviation - 10) < 0.01)
  }

  @Test func poseOfAFaceThatLooksIntoTheCamera() throws {
    // Mirrored too: an order of the points that is taken wrongly turns the head upside down or to the side.
    for picture in [try Fixtures.picture("present"), try Fixtures.picture("present").mirrored] {
      var tracker = makeTracker()
      for (step, tier) in [FaceObservation.Tier.wholePicture, .trackedFace].enumerated() {
        let observation = try checker.check(picture, tracker: &tracker, now: start + .seconds(step))
        #expect(observation.tier == tier)
        let pose = try #require(observation.faces.first?.pose)
        #expect(abs(pose.yaw) < 10 && abs(pose.pitch) < 20 && abs(pose.roll) < 10, "\(pose)")
      }
    }
  }

  @Test func centerFacePointsAreInTheOrderOfThePoseModel() throws {
    let face = try #require(try detector.faces(in: try Fixtures.picture("present"), minimumScore: 0.5).first)
    let pose = try #require(HeadPoseEstimator.centerFace.pose(of: face.points))
    #expect(abs(pose.yaw) < 15 && abs(pose.pitch) < 30 && abs(pose.roll) < 15, "\(pose)")
  }

  @Test func faceWithPointsOutsideThePictureHasNoPose() throws {
    var tracker = makeTracker()
    let observation = try checker.check(try Fixtures.picture("half_out"), tracker: &tracker, now: start)
    #expect(try #require(observation.faces.first).pose == nil)
  }

  @Test(arguments: [(319, 239), (287, 201), (241, 240)])
  func oddSizesAreSearchedAtTheRightPlace(width: Int, height: Int) throws {
    var tracker = makeTracker()
    let picture = try Fixtures.picture("present").cropped(width: width, height: height)
    for step in 0...1 {
      let observation = try checker.check(picture, tracker: &tracker, now: start + .seconds(step))
      let box = try #require(observation.faces.first).box
      #expect(abs((box.x + box.width / 2) * Float(width) - 157) < 5)
      #expect(abs((box.y + box.height / 2) * Float(height) - 108) < 6)
    }
  }

  @Test func pictureOutOfBoundsIsRefused() throws {
    let tiny = AnalysisPicture.stamp(0)
    let error = #expect(throws: FaceCheckError.self) { try detector.faces(in: tiny, minimumScore: 0.5) }
    #expect(error?.code == .pictureRefused)
    #expect(error?.description.contains("16 to 4096") == true)
  }
}
