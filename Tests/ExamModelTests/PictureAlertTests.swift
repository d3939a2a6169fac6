import Testing

@testable import ExamModel

/// The kinds detected in pictures, and how a student's baseline and a teacher's exceptions change them.
@Suite struct PictureAlertTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  /// Runs a policy with a check and a tick every half second and collects what was confirmed and cleared.
  private func run(
    _ policy: inout AlertPolicy, from begin: Double = 0, to end: Double,
    _ look: (Double) -> FaceObservation
  ) -> [String] {
    var story: [String] = []
    for time in stride(from: begin, to: end, by: 0.5) {
      policy.frameArrived(at: at(time))
      for transition in policy.tick(at: at(time)) + policy.observe(look(time), at: at(time)) {
        switch transition.change {
        case .confirmed: story.append("\(time) \(transition.kind.rawValue)")
        case .cleared: story.append("\(time) \(transition.kind.rawValue) cleared")
        case .suspected, .dismissed: break
        }
      }
    }
    return story
  }

  // MARK: Looking away

  @Test func aHeadThatStaysTurnedIsConfirmedAfterFiveSeconds() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 45) { .seen(yaw: (25..<33).contains($0) ? 45 : 3) }
    #expect(story == ["30.0 looking_away", "34.5 looking_away cleared"])
  }

  @Test(arguments: [Float(-45), 45]) func eitherSideCounts(yaw: Float) {
    var policy = AlertPolicy()
    #expect(run(&policy, to: 8) { .seen(yaw: $0 >= 1 ? yaw : 0) } == ["6.0 looking_away"])
  }

  @Test func ofAFaceThatIsFollowedWithDoubtOnlyALookAwayCounts() {
    var policy = AlertPolicy()
    // As with a mask: every third check searches the whole picture and is certain.
    func look(_ time: Double, sure: Float, doubtful: Float) -> FaceObservation {
      var seen = FaceObservation.seen(tier: .trackedFace, yaw: doubtful)
      seen.isSure = Int(time * 2) % 3 == 0
      if seen.isSure { seen = .seen(yaw: sure) }
      return seen
    }
    _ = run(&policy, to: 25) { look($0, sure: 0, doubtful: 5) }
    #expect(run(&policy, from: 25, to: 35) { look($0, sure: 48, doubtful: 20) } == ["31.5 looking_away"])
  }

  @Test func aGlanceAndAFaceWithoutAPoseRaiseNothing() {
    var policy = AlertPolicy()
    #expect(run(&policy, to: 30) { .seen(yaw: (10..<13).contains($0) ? 50 : 0) }.isEmpty)
    #expect(run(&policy, from: 30, to: 50) { _ in .seen(yaw: nil) }.isEmpty)
  }

  @Test func aCameraThatStandsToTheSideMakesNobodyLookAway() {
    var policy = AlertPolicy()
    // The student usually looks 18 degrees past the camera; then 40 is a turn of 22, and -15 one of 33.
    #expect(run(&policy, to: 25) { _ in .seen(yaw: 18) }.isEmpty)
    #expect(policy.baseline?.yaw == 18)
    #expect(run(&policy, from: 25, to: 40) { _ in .seen(yaw: 40) }.isEmpty)
    #expect(run(&policy, from: 40, to: 50) { _ in .seen(yaw: -15) } == ["45.0 looking_away"])
  }

  @Test func nobodyCalibratesALookIntoTheLap() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 40) { _ in .seen(yaw: 60) }
    #expect(story == ["5.0 looking_away"], "it stands, whatever the baseline became meanwhile")
  }

  @Test func aFaceThatIsLostWhileItTurnsEndsTheLookAway() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 16) { $0 < 8 ? .seen(yaw: 50) : .seen(faces: 0) }
    #expect(story == ["5.0 looking_away", "11.0 face_missing", "11.0 looking_away cleared"])
  }

  // MARK: Covered

  @Test func aCoveredCameraIsNeverAlsoAMissingFace() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 40) { (10..<30).contains($0) ? .covered : .seen() }
    #expect(story == ["12.0 camera_covered", "31.5 camera_covered cleared"])
  }

  @Test func aCoverThatFlickersDoesNotHideForGoodThatAFaceIsMissing() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 20) { time in
      time < 5 ? .seen() : Int(time * 2) % 2 == 0 ? .covered : .seen(faces: 0, edges: 40)
    }
    #expect(story == ["8.0 face_missing"])
  }

  @Test func aMutedCoverExplainsOnlyOnceItWouldHaveBeenTold() {
    var policy = AlertPolicy()
    _ = policy.accommodate(.cameraCovered, .mute, until: at(40), at: at(0))
    #expect(run(&policy, to: 20) { $0 < 5 ? .seen() : .covered }.isEmpty)
    #expect(policy.check(at: at(20)).state == .ok)
    let covered = FaceObservation.seen(faces: 0, luminance: 25, edges: 1)
    let story = run(&policy, from: 20, to: 60) { time in
      if time < 25 { return .seen() }
      return time >= 40 || Int(time * 2) % 2 == 0 ? covered : .seen(faces: 0)
    }
    #expect(story == ["28.0 face_missing", "42.0 camera_covered", "42.0 face_missing cleared"])
  }

  @Test func troubleThatChangesItsKindIsToldAllTheSame() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 12) { time in
      time < 5 ? .seen() : Int(time * 2) % 3 == 0 ? .seen(faces: 2) : .seen(faces: 0)
    }
    #expect(story == ["8.0 face_missing"])
  }

  @Test func afterAStallWhatIsSeenNowIsToldOnce() {
    var policy = AlertPolicy()
    var story: [String] = []
    for quarter in 0..<60 {
      let time = Double(quarter) / 4
      // Frames stop for almost four seconds; then nobody is there.
      if !(5..<8.9).contains(time) { policy.frameArrived(at: at(time)) }
      var transitions = policy.tick(at: at(time))
      if quarter % 2 == 0, !(5..<9).contains(time) {
        transitions += policy.observe(.seen(faces: time < 5 ? 1 : 0), at: at(time))
      }
      story += transitions.filter(\.change.isConfirmed).map { "\(time) \($0.kind.rawValue)" }
    }
    #expect(story == ["10.0 face_missing"])
  }

  @Test func whatIsMutedOrPausedBetweenTwoLooksIsNotTold() {
    for pauses in [true, false] {
      var policy = AlertPolicy()
      func look(_ time: Double) -> FaceObservation {
        time < 5 ? .seen() : Int(time * 2) % 3 == 0 ? .seen(faces: 2) : .seen(faces: 0)
      }
      #expect(run(&policy, to: 8, look).isEmpty)
      if pauses {
        _ = policy.pause(at: at(7.6))
        policy.resume()
      } else {
        _ = policy.accommodate(.faceMissing, .mute, until: at(60), at: at(7.6))
      }
      let story = run(&policy, from: 8, to: 10, look)
      #expect(!story.contains { $0.hasSuffix("face_missing") }, "\(story)")
    }
  }

  @Test func looksThatSayNothingAreNoTrouble() {
    var policy = AlertPolicy()
    var doubtful = FaceObservation.seen(tier: .trackedFace)
    doubtful.isSure = false
    // One look in three is bad, now in one way, now in another.
    let story = run(&policy, to: 40) { time in
      let look = Int(time * 2)
      return look % 3 != 0 ? doubtful : look % 2 == 0 ? .seen(faces: 2) : .seen(faces: 0)
    }
    #expect(story.isEmpty)
  }

  @Test func darknessWithAFaceIsNotCovered() {
    var policy = AlertPolicy()
    #expect(run(&policy, to: 20) { _ in .seen(luminance: 18, edges: 2) }.isEmpty)
  }

  @Test func whoLeavesADimRoomIsMissingAndNoLensIsCovered() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 25) { _ in .seen(luminance: 24, edges: 6) }
    let story = run(&policy, from: 25, to: 35) { _ in .seen(faces: 0, luminance: 22, edges: 3.5, motion: 1) }
    #expect(story == ["28.0 face_missing"])
  }

  @Test func aBareWallThatWasBehindTheStudentCoversNothing() {
    var policy = AlertPolicy()
    var wall = FaceObservation.seen(faces: 0, edges: 1, motion: 1)
    wall.showsSurroundings = true
    #expect(run(&policy, to: 20) { $0 < 5 ? .seen() : wall } == ["8.0 face_missing"])
  }

  @Test func aShutterForASecondRaisesNothing() {
    var policy = AlertPolicy()
    #expect(run(&policy, to: 30) { (10..<11).contains($0) ? .covered : .seen() }.isEmpty)
  }

  // MARK: Doubt

  @Test func aFaceThatWasInDoubtBeforeItWasMissedWentWhenTheDoubtBegan() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 10) { _ in .seen() }
    var doubtful = FaceObservation.seen(tier: .trackedFace)
    doubtful.isSure = false
    _ = run(&policy, from: 10, to: 11) { _ in doubtful }
    let story = run(&policy, from: 11, to: 16) { _ in .seen(faces: 0) }
    #expect(story == ["13.5 face_missing"])
    #expect(policy.suspicionOnset(of: .faceMissing) == nil)
  }

  // MARK: Frozen

  @Test func aFrozenPictureIsConfirmedTenSecondsAfterItLastMoved() {
    var policy = AlertPolicy()
    // For two seconds the encoder refines the static picture; at each key frame two looks differ.
    func look(_ time: Double) -> FaceObservation {
      switch time {
      case ..<10: .seen()
      case ..<12: .seen(motion: 1)
      case 15, 15.5, 20, 20.5: .seen(motion: 1.2)
      case ..<30: .frozen
      default: .seen()
      }
    }
    var policy2 = policy
    #expect(run(&policy, to: 40, look) == ["19.5 picture_frozen", "32.0 picture_frozen cleared"])
    // Its face is that of a moment ago: nothing is said about it meanwhile.
    let story = run(&policy2, to: 30) { time in
      var seen = look(time)
      if time >= 21 { seen.faces = [] }
      if time >= 21 { seen.motion = 0.02 }
      return seen
    }
    #expect(story == ["19.5 picture_frozen"])
  }

  @Test func anEmptyRoomWithACamerasNoiseIsMissingAFaceAndNotFrozen() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 40) { $0 < 5 ? .seen() : .seen(faces: 0, motion: 0.1) }
    #expect(story == ["8.0 face_missing"])
  }

  // MARK: Advice

  @Test func whoIsFarAwayIsToldSoBeforeAnythingThatIsOnlySuspected() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 5) { _ in .seen(height: 0.09) }
    let far = policy.check(at: at(5))
    #expect(far.distance == .far && far.state == .ok)
    _ = run(&policy, from: 5, to: 7) { _ in .seen(faces: 0) }
    let lost = policy.check(at: at(7))
    #expect(lost.state == .suspected && lost.kind == .faceMissing)
    #expect(lost.distance == .far)
    _ = run(&policy, from: 7, to: 12) { _ in .seen() }
    #expect(policy.check(at: at(12)).distance == .ok)
  }

  // MARK: Accommodations and pauses

  @Test func aLoosenedKindTakesLongerAndGoesFurther() throws {
    var policy = AlertPolicy()
    _ = run(&policy, to: 25) { _ in .seen() }
    _ = policy.accommodate(.lookingAway, .loosen, factor: 2, at: at(25))
    #expect(run(&policy, from: 25, to: 40) { _ in .seen(yaw: 50) }.isEmpty)
    #expect(run(&policy, from: 40, to: 55) { _ in .seen(yaw: 65) } == ["50.0 looking_away"])
    _ = policy.accommodate(.lookingAway, .none, at: at(55))
    _ = run(&policy, from: 55, to: 60) { _ in .seen() }
    #expect(run(&policy, from: 60, to: 70) { _ in .seen(yaw: 50) } == ["65.0 looking_away"])
  }

  @Test func anAlertTellsTheThresholdsInForce() throws {
    var policy = AlertPolicy()
    _ = run(&policy, to: 25) { _ in .seen(yaw: 10) }
    _ = policy.accommodate(.lookingAway, .loosen, factor: 2, at: at(25))
    var told: AlertThresholds?
    for time in stride(from: 25, to: 40, by: 0.5) {
      for transition in policy.observe(.seen(yaw: -60), at: at(time)) {
        if case .confirmed = transition.change { told = transition.thresholds }
      }
    }
    #expect(told == AlertThresholds(window: 10, share: 0.8, limit: 60, baseline: 10, cooldown: 30))
  }

  @Test func aPauseEndsWhatStandsAndNothingIsSuspectedUntilItIsOver() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 5) { _ in .seen(faces: 0) }
    let paused = policy.pause(at: at(5))
    #expect(paused.contains { $0.kind == .faceMissing && $0.change.isCleared })
    #expect(run(&policy, from: 5, to: 20) { _ in .seen(faces: 0) }.isEmpty)
    #expect(policy.check(at: at(20)).state == .ok)
    policy.resume()
    // It counts from when somebody looks again.
    #expect(run(&policy, from: 20, to: 24) { _ in .seen(faces: 0) } == ["23.0 face_missing"])
  }

  // MARK: A restart

  @Test func whatStoodBeforeARestartStandsAndClears() {
    var policy = AlertPolicy()
    policy.restore(
      baseline: Baseline(yaw: 12, faceHeight: 0.3, luminance: 100, edges: 40, checks: 40),
      open: [.faceMissing], cleared: [.lookingAway: at(-10)])
    #expect(policy.baseline?.yaw == 12)
    #expect(run(&policy, to: 3) { _ in .seen() } == ["1.5 face_missing cleared"])
    var again: Bool?
    for time in stride(from: 3.0, to: 10, by: 0.5) {
      for transition in policy.observe(.seen(yaw: 60), at: at(time)) {
        if case .confirmed(_, _, let isAgain) = transition.change { again = isAgain }
      }
    }
    #expect(again == true, "the cooldown goes on across the restart")
  }

  @Test func aHeadTurnedUntilItsFaceIsLostLooksAwayAndIsNotMissing() {
    var gone = FaceObservation.seen(faces: 0)
    gone.showsPerson = true
    var policy = AlertPolicy()
    #expect(
      run(&policy, to: 15) { $0 < 5 ? .seen() : $0 < 5.5 ? .seen(yaw: 20) : gone } == ["10.5 looking_away"])
    // A student who sat straight is missing; and so is one who turned and left.
    var straight = AlertPolicy()
    #expect(run(&straight, to: 15) { $0 < 5 ? .seen() : gone } == ["8.0 face_missing"])
    var left = AlertPolicy()
    #expect(
      run(&left, to: 15) { $0 < 5 ? .seen() : $0 < 5.5 ? .seen(yaw: 20) : .seen(faces: 0) } == [
        "8.5 face_missing"
      ])
  }
}
