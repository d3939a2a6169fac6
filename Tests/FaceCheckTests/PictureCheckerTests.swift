import ExamModel
import Testing

@testable import FaceCheck

/// The real networks on real pictures.
@Suite struct PictureCheckerTests {
  private let finder: FaceFinder
  private let checker: PictureChecker
  private let start = SuspendingClock.now

  init() throws {
    finder = try FaceFinder(FaceNetworks(models: try Fixtures.models()))
    checker = PictureChecker(finder: finder)
  }

  /// Checks a picture this many milliseconds after the start.
  private func check(
    _ picture: AnalysisPicture, _ tracker: inout FaceTracker, at milliseconds: Int = 0
  ) throws -> FaceObservation {
    try checker.check(picture, tracker: &tracker, now: start + .milliseconds(milliseconds), isBehind: false)
  }

  private func makeTracker() -> FaceTracker {
    FaceTracker(wholePictureEvery: .seconds(4), searchPhase: 1)
  }

  @Test(arguments: [("present", 1), ("empty", 0), ("two", 2), ("small", 1), ("half_out", 1), ("covered", 0)])
  func firstCheckSearchesThePictureUnlessItShowsNothing(name: String, faces: Int) throws {
    var tracker = makeTracker()
    let picture = try Fixtures.picture(name, capturedAt: 77)
    let observation = try check(picture, &tracker)
    #expect(observation.faces.count == faces)
    #expect(observation.tier == (name == "covered" ? .notSearched : .wholePicture))
    #expect(observation.capturedAt == 77)
    for face in observation.faces {
      #expect(face.score >= 0.5 && face.score <= 1)
      #expect(face.box.x >= 0 && face.box.x + face.box.width <= 1.001)
      #expect(face.box.y >= 0 && face.box.y + face.box.height <= 1.001)
    }
  }

  @Test func boxIsAroundTheFace() throws {
    var tracker = makeTracker()
    let whole = try check(try Fixtures.picture("present"), &tracker)
    let tracked = try check(try Fixtures.picture("present"), &tracker, at: 1000)
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
    var tracker = FaceTracker(wholePictureEvery: .seconds(60), searchPhase: 1)
    let picture = try Fixtures.picture("present")
    _ = try check(picture, &tracker)
    for step in 1...40 {
      let observation = try check(picture, &tracker, at: 1000 * step)
      #expect(observation.tier == .trackedFace)
      #expect(observation.faces[0].score >= 0.85)
    }
  }

  @Test func lostFaceIsSearchedInTheSamePicture() throws {
    var tracker = makeTracker()
    _ = try check(try Fixtures.picture("present"), &tracker)
    let gone = try check(try Fixtures.picture("empty"), &tracker, at: 500)
    #expect(gone.tier == .wholePicture)
    #expect(gone.faces.isEmpty)
  }

  @Test func secondFaceIsFoundByTheNextSearch() throws {
    var tracker = makeTracker()
    _ = try check(try Fixtures.picture("present"), &tracker)
    let joined = try check(try Fixtures.picture("two"), &tracker, at: 4000)
    #expect(joined.tier == .wholePicture)
    #expect(joined.faces.count == 2)
  }

  @Test func coveredLensIsDarkAndFlat() throws {
    var tracker = makeTracker()
    let covered = try check(try Fixtures.picture("covered"), &tracker)
    let present = try check(try Fixtures.picture("present"), &tracker)
    #expect(covered.luminance < 30 && covered.contrast < 5)
    #expect(present.luminance > 80 && present.contrast > 25)
  }

  @Test func poseOfAFaceThatLooksIntoTheCamera() throws {
    // Mirrored too: points taken in the wrong order would turn the head upside down or to the side.
    for picture in [try Fixtures.picture("present"), try Fixtures.picture("present").mirrored] {
      var tracker = makeTracker()
      for (step, tier) in [FaceObservation.Tier.wholePicture, .trackedFace].enumerated() {
        let observation = try check(picture, &tracker, at: 1000 * step)
        #expect(observation.tier == tier)
        let pose = try #require(observation.faces.first?.pose)
        // CenterFace's points alone would give a pitch of 0: both tiers must use BlazeFace's.
        #expect(abs(pose.yaw) < 10 && (-15 ... -4).contains(pose.pitch) && abs(pose.roll) < 10, "\(pose)")
      }
    }
  }

  @Test func centerFaceLandmarksAreThoseOfThePoseModel() throws {
    let face = try #require(try finder.faces(in: try Fixtures.picture("present"), minimumScore: 0.5).first)
    let pose = try #require(CenterFace.pose.pose(of: face.landmarks))
    #expect(abs(pose.yaw) < 15 && abs(pose.pitch) < 30 && abs(pose.roll) < 15, "\(pose)")
  }

  @Test func faceWithPointsOutsideThePictureHasNoPose() throws {
    var tracker = makeTracker()
    let observation = try check(try Fixtures.picture("half_out"), &tracker)
    #expect(try #require(observation.faces.first).pose == nil)
  }

  @Test func earOutsideThePictureDoesNotMatter() throws {
    var tracker = makeTracker()
    // The right eye is at 169, the right ear would be at 180.
    let picture = try Fixtures.picture("present").cropped(width: 176, height: 240)
    _ = try check(picture, &tracker)
    let observation = try check(picture, &tracker, at: 500)
    #expect(observation.tier == .trackedFace)
    #expect(abs(try #require(observation.faces.first?.pose).yaw) < 15)
  }

  @Test(arguments: [(319, 239), (287, 201), (241, 240)])
  func oddSizesAreSearchedAtTheRightPlace(width: Int, height: Int) throws {
    var tracker = makeTracker()
    let picture = try Fixtures.picture("present").cropped(width: width, height: height)
    for step in 0...1 {
      let observation = try check(picture, &tracker, at: 1000 * step)
      let box = try #require(observation.faces.first).box
      #expect(abs((box.x + box.width / 2) * Float(width) - 157) < 5)
      #expect(abs((box.y + box.height / 2) * Float(height) - 108) < 6)
    }
  }

  @Test func faceAtTheVeryEdgeCanBeFollowed() throws {
    let picture = try Fixtures.picture("empty")
    for corner: Float in [0, 0.9999] {
      let sliver = NormalizedRect(x: corner, y: corner, width: 0.0001, height: 0.0001)
      let square = SearchSquare(following: sliver, in: picture)
      #expect(try finder.faces(in: square, of: picture, minimumScore: 0.5).isEmpty)
    }
  }

  @Test(arguments: [(2, 2), (15, 64), (64, 15), (4098, 16), (16, 4098)])
  func pictureOutOfBoundsIsRefused(width: Int, height: Int) throws {
    let pixels = [UInt8](repeating: 0, count: AnalysisPicture.byteCount(width: width, height: height))
    let picture = AnalysisPicture(width: width, height: height, pixels: pixels, capturedAt: 0)
    let error = #expect(throws: FaceCheckError.self) { try finder.faces(in: picture, minimumScore: 0.5) }
    #expect(error?.description.contains("16 to 4096") == true)
  }
}
