import ExamModel
import Testing

@testable import FaceCheck

@Suite struct FaceTrackerTests {
  private let start = SuspendingClock.now
  /// So close that the person hides the surroundings, and only time triggers a search.
  private let here = NormalizedRect(x: 0.15, y: 0.08, width: 0.7, height: 0.88)
  /// Further away, with a room around.
  private let further = NormalizedRect(x: 0.42, y: 0.3, width: 0.15, height: 0.25)
  private let elsewhere = NormalizedRect(x: 0.03, y: 0.3, width: 0.12, height: 0.25)

  private let scene = SceneGrid()

  private func makeTracker() -> FaceTracker {
    FaceTracker(wholePictureEvery: .seconds(4), searchPhase: 1)
  }

  private func face(_ box: NormalizedRect, _ score: Float) -> FaceTracker.Finding {
    FaceTracker.Finding(box: box, score: score)
  }

  /// A tracker that has just found one face.
  private func makeFollowing() -> FaceTracker {
    var tracker = makeTracker()
    #expect(tracker.accept([face(here, 0.9)], scene: scene, at: start) == [0])
    return tracker
  }

  private func follows(
    _ tracker: FaceTracker, at offset: Duration, scene: SceneGrid? = nil, isBehind: Bool = false
  ) -> Bool {
    var tracker = tracker
    if case .trackedFace = tracker.plan(at: start + offset, scene: scene ?? self.scene, isBehind: isBehind) {
      return true
    }
    return false
  }

  @Test func nothingKnownSearchesTheWholePicture() {
    var tracker = makeTracker()
    #expect(tracker.plan(at: start, scene: scene, isBehind: false) == .wholePicture)
  }

  @Test func oneFaceIsFollowedWhereItWas() {
    let next = start + .milliseconds(500)
    var tracker = makeFollowing()
    #expect(tracker.plan(at: next, scene: scene, isBehind: false) == .trackedFace(here))
  }

  @Test func noFaceAndTwoFacesAreNotFollowed() {
    var tracker = makeTracker()
    #expect(tracker.accept([], scene: scene, at: start) == [])
    #expect(!follows(tracker, at: .milliseconds(500)))
    #expect(tracker.accept([face(here, 0.9), face(elsewhere, 0.8)], scene: scene, at: start) == [0, 1])
    #expect(!follows(tracker, at: .milliseconds(500)))
  }

  @Test func wholePictureComesAroundHoweverSureTheFollowingIs() {
    var tracker = makeFollowing()
    for tenth in 1...39 {
      let now = start + .milliseconds(100 * tenth)
      #expect(follows(tracker, at: .milliseconds(100 * tenth)))
      #expect(tracker.follow([face(here, 0.99)], scene: scene, at: now) == 0)
    }
    #expect(!follows(tracker, at: .seconds(4)))
  }

  @Test func wholePictureComesHalfAsOftenWhileTheServerIsBehind() {
    let tracker = makeFollowing()
    #expect(follows(tracker, at: .milliseconds(7999), isBehind: true))
    #expect(!follows(tracker, at: .seconds(8), isBehind: true))
    #expect(!follows(tracker, at: .milliseconds(7999)))
  }

  @Test func searchesKeepTheirOwnBeat() {
    var tracker = FaceTracker(wholePictureEvery: .seconds(4), searchPhase: 0.25)
    func search(_ tracker: inout FaceTracker, at offset: Duration) {
      #expect(tracker.accept([face(here, 0.9)], scene: scene, at: start + offset) == [0])
    }
    search(&tracker, at: .zero)
    #expect(follows(tracker, at: .milliseconds(999)))
    #expect(!follows(tracker, at: .seconds(1)))
    // Neither a delayed search nor a requested one moves it.
    search(&tracker, at: .milliseconds(10_500))
    search(&tracker, at: .milliseconds(11_000))
    #expect(follows(tracker, at: .milliseconds(12_999)))
    #expect(!follows(tracker, at: .seconds(13)))
  }

  @Test func searchWithoutAPeriodIsAlways() {
    var tracker = FaceTracker(wholePictureEvery: .zero, searchPhase: 1)
    for second in 0...2 {
      #expect(!follows(tracker, at: .seconds(second)))
      #expect(tracker.accept([face(here, 0.9)], scene: scene, at: start + .seconds(second)) == [0])
    }
  }

  @Test func scoreBelowPossibleLosesTheFace() {
    var tracker = makeFollowing()
    #expect(tracker.follow([face(here, 0.49)], scene: scene, at: start) == nil)
    #expect(tracker.follow([], scene: scene, at: start) == nil)
  }

  @Test func doubtIsDecidedWithinASecond() {
    var tracker = makeFollowing()
    #expect(tracker.follow([face(here, 0.6)], scene: scene, at: start) == 0)
    #expect(follows(tracker, at: .milliseconds(990)))
    // Further doubt does not postpone the decision.
    #expect(tracker.follow([face(here, 0.7)], scene: scene, at: start + .milliseconds(500)) == 0)
    #expect(!follows(tracker, at: .seconds(1)))
  }

  @Test func sureAnswerEndsTheDoubt() {
    var tracker = makeFollowing()
    #expect(tracker.follow([face(here, 0.6)], scene: scene, at: start) == 0)
    #expect(tracker.follow([face(here, 0.85)], scene: scene, at: start + .milliseconds(500)) == 0)
    #expect(follows(tracker, at: .seconds(2)))
  }

  @Test func searchEndsTheDoubt() {
    var tracker = makeFollowing()
    #expect(tracker.follow([face(here, 0.6)], scene: scene, at: start) == 0)
    #expect(tracker.accept([face(here, 0.9)], scene: scene, at: start + .seconds(1)) == [0])
    #expect(follows(tracker, at: .milliseconds(2500)))
  }

  @Test func anotherFaceBesideTheFirstIsForCenterFaceToDecide() {
    var tracker = makeFollowing()
    #expect(tracker.follow([face(elsewhere, 0.4), face(here, 0.95)], scene: scene, at: start) == 1)
    #expect(!tracker.isSomebodyProposed)
    #expect(tracker.follow([face(elsewhere, 0.97), face(here, 0.95)], scene: scene, at: start) == 1)
    #expect(tracker.isSomebodyProposed)
    #expect(!tracker.isInDoubt)
  }

  @Test func whatCenterFaceDoesNotSeeIsAskedAboutLessAndLessOften() {
    var tracker = makeFollowingInARoom()
    var searches: [Double] = []
    for half in 0..<60 {
      let now = start + .milliseconds(500 * half)
      _ = tracker.plan(at: now, scene: scene, isBehind: false)
      _ = tracker.follow([face(further, 0.95), face(elsewhere, 0.8)], scene: scene, at: now)
      guard tracker.searchesForProposed(at: now) else { continue }
      searches.append(Double(half) / 2)
      #expect(tracker.accept([face(further, 0.9)], scene: scene, at: now) == [0])
    }
    #expect(searches == [0, 0.5, 1.5, 3.5, 7.5, 15.5])
    // Somebody who is there after all counts anew.
    #expect(
      tracker.accept([face(further, 0.9), face(elsewhere, 0.9)], scene: scene, at: start + .seconds(31))
        == [0, 1])
    #expect(tracker.accept([face(further, 0.9)], scene: scene, at: start + .seconds(32)) == [0])
    _ = tracker.follow(
      [face(further, 0.95), face(elsewhere, 0.8)], scene: scene, at: start + .milliseconds(32_500))
    #expect(tracker.isSomebodyProposed)
  }

  @Test func whatMovesAndLooksLikeAFaceIsSearchedOnceASecond() {
    var tracker = makeFollowingInARoom()
    var searches = 0
    for half in 0..<80 {
      let now = start + .milliseconds(500 * half)
      let place = NormalizedRect(x: Float(half % 40) / 45, y: 0.02, width: 0.02, height: 0.12)
      _ = tracker.plan(at: now, scene: scene, isBehind: false)
      _ = tracker.follow([face(further, 0.95), face(place, 0.8)], scene: scene, at: now)
      guard tracker.searchesForProposed(at: now) else { continue }
      searches += 1
      _ = tracker.accept([face(further, 0.9)], scene: scene, at: now)
    }
    // Four at once, and forty seconds; some places were there before.
    #expect((30...44).contains(searches))
    // A server that is behind searches for nothing but what it must.
    let later = start + .seconds(60)
    _ = tracker.plan(at: later, scene: scene, isBehind: true)
    _ = tracker.follow([face(further, 0.95), face(elsewhere, 0.8)], scene: scene, at: later)
    let searchesWhenBehind = tracker.searchesForProposed(at: later)
    #expect(!searchesWhenBehind)
    #expect(!tracker.isSceneUnchanged)
  }

  @Test func aFaceCutByTheBorderIsKeptLonger() {
    let cut = NormalizedRect(x: 0, y: 0.3, width: 0.1, height: 0.4)
    var tracker = makeTracker()
    #expect(tracker.accept([face(cut, 0.3)], scene: scene, at: start) == [])
    #expect(tracker.accept([face(cut, 0.6)], scene: scene, at: start) == [0])
    #expect(tracker.leastScore == FaceThreshold.keptAtBorder)
    #expect(tracker.accept([face(cut, 0.25)], scene: scene, at: start) == [0])
    #expect(tracker.accept([face(cut, 0.19)], scene: scene, at: start) == [])
    #expect(tracker.leastScore == FaceThreshold.newFace)
  }

  @Test func faceOnTheEdgeIsKeptButNotFound() {
    var tracker = makeTracker()
    #expect(tracker.accept([face(here, 0.4)], scene: scene, at: start) == [])
    #expect(tracker.accept([face(here, 0.5)], scene: scene, at: start) == [0])
    #expect(tracker.accept([face(here, 0.35)], scene: scene, at: start) == [0])
    #expect(tracker.accept([face(here, 0.34)], scene: scene, at: start) == [])
    #expect(tracker.accept([face(here, 0.4)], scene: scene, at: start) == [])
  }

  @Test func edgeFaceElsewhereIsNotKept() {
    var tracker = makeFollowing()
    #expect(tracker.accept([face(elsewhere, 0.4), face(here, 0.4)], scene: scene, at: start) == [1])
  }

  @Test func followedBoxIsKeptAtTheSizeCenterFaceWouldGive() {
    var tracker = makeFollowingInARoom()
    #expect(
      tracker.follow(
        [face(NormalizedRect(x: 0.5, y: 0.5, width: 0.1, height: 0.2), 0.9)], scene: scene, at: start) == 0)
    guard case .trackedFace(let box, nil) = tracker.plan(at: start, scene: scene, isBehind: false) else {
      Issue.record("the face is not followed")
      return
    }
    #expect(abs(box.width - 0.087) < 1e-4 && abs(box.height - 0.232) < 1e-4)
    #expect(abs(box.x - 0.5065) < 1e-4 && abs(box.y - 0.484) < 1e-4)
  }

  @Test func searchCanBeAskedFor() {
    var tracker = makeFollowing()
    tracker.searchWholePictureNext()
    #expect(!follows(tracker, at: .zero))
    #expect(tracker.accept([face(here, 0.9)], scene: scene, at: start) == [0])
    #expect(follows(tracker, at: .milliseconds(500)))
  }

  /// A tracker that follows somebody in a room.
  private func makeFollowingInARoom() -> FaceTracker {
    var tracker = makeTracker()
    #expect(tracker.accept([face(further, 0.9)], scene: scene, at: start) == [0])
    return tracker
  }

  /// The room with something new in its left part.
  private var changed: SceneGrid {
    var scene = scene
    for row in 10..<20 { for column in 2..<6 { scene.cells[row * SceneGrid.columns + column] = 90 } }
    return scene
  }

  @Test func inACalmRoomFourOfFiveSearchesAreLeftOut() {
    let tracker = makeFollowingInARoom()
    #expect(follows(tracker, at: .milliseconds(19_999)))
    #expect(!follows(tracker, at: .seconds(20)))
  }

  @Test func anEmptyRoomIsSearchedWhenSomethingChangesAndEveryTwoSeconds() {
    var tracker = makeTracker()
    #expect(tracker.accept([], scene: scene, at: start) == [])
    func plan(_ offset: Duration, _ scene: SceneGrid) -> FaceTracker.Plan {
      tracker.plan(at: start + offset, scene: scene, isBehind: false)
    }
    #expect(plan(.milliseconds(500), scene) == .nothing)
    #expect(plan(.milliseconds(500), changed) == .wholePicture)
    #expect(plan(.milliseconds(1999), scene) == .nothing)
    #expect(plan(.seconds(2), scene) == .wholePicture)
    tracker.searchWholePictureNext()
    #expect(plan(.milliseconds(500), scene) == .wholePicture)
  }

  @Test func whatChangesAroundThePersonIsSearchedAtOnce() {
    let tracker = makeFollowingInARoom()
    #expect(follows(tracker, at: .milliseconds(100)))
    #expect(!follows(tracker, at: .milliseconds(100), scene: changed))
  }

  @Test func itKnowsWhetherAnythingHasChangedAroundThePerson() {
    var tracker = makeFollowingInARoom()
    _ = tracker.plan(at: start + .milliseconds(100), scene: scene, isBehind: false)
    #expect(tracker.isSceneUnchanged)
    // A server that is behind still follows the face, and does not know who else is there.
    #expect(tracker.plan(at: start + .milliseconds(200), scene: changed, isBehind: true) != .wholePicture)
    #expect(!tracker.isSceneUnchanged)
    var close = makeFollowing()
    _ = close.plan(at: start + .milliseconds(100), scene: scene, isBehind: false)
    #expect(!close.isSceneUnchanged)
  }

  @Test func whatMovesAllTheTimeIsSearchedAFewTimesAndThenGlancedAt() {
    var tracker = makeFollowingInARoom()
    var (searches, glances) = ([Double](), 0)
    for half in 1...80 {
      let now = start + .milliseconds(500 * half)
      // Always the other one of what was there at the last search.
      let moved = searches.count.isMultiple(of: 2) ? changed : scene
      switch tracker.plan(at: now, scene: moved, isBehind: false) {
      case .wholePicture:
        searches.append(Double(half) / 2)
        #expect(tracker.accept([face(further, 0.9)], scene: moved, at: now) == [0])
      case .trackedFace(_, let place):
        glances += 1
        #expect(place == NormalizedRect(x: 2 / 40, y: 10 / 30, width: 4 / 40, height: 10 / 30))
      case .nothing: Issue.record("there is somebody")
      }
    }
    // Somebody who arrives gets four searches at once; then one in eight seconds is left.
    #expect(searches == [0.5, 1, 1.5, 2, 8.5, 16.5, 24.5, 32.5])
    #expect(searches.count + glances == 80)
  }

  @Test func whoeverIsSeenAtAGlanceIsSearched() {
    var tracker = makeFollowingInARoom()
    #expect(tracker.follow([face(further, 0.95)], scene: scene, at: start) == 0)
    tracker.propose(face(further, 0.9), at: start)
    #expect(!tracker.isSomebodyProposed)
    tracker.propose(face(elsewhere, 0.5), at: start)
    #expect(tracker.isSomebodyProposed)
  }
}
