import ExamModel
import Testing

@Suite struct AlertPolicyTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  private func observation(
    faces: Int, tier: FaceObservation.Tier = .wholePicture, luminance: Float = 120
  ) -> FaceObservation {
    .seen(faces: faces, tier: tier, luminance: luminance)
  }

  /// Runs a policy for `seconds`, with a check and a tick every half second, and collects what was confirmed and cleared.
  private func run(
    _ policy: inout AlertPolicy, from begin: Double = 0, to end: Double, frames: Bool = true,
    _ look: (Double) -> FaceObservation?
  ) -> [String] {
    var story: [String] = []
    for time in stride(from: begin, to: end, by: 0.5) {
      if frames { policy.frameArrived(at: at(time)) }
      var transitions = policy.tick(at: at(time))
      if let observation = look(time) { transitions += policy.observe(observation, at: at(time)) }
      for transition in transitions {
        switch transition.change {
        case .confirmed: story.append("\(time) \(transition.kind.rawValue)")
        case .cleared: story.append("\(time) \(transition.kind.rawValue) cleared")
        case .suspected, .dismissed: break
        }
      }
    }
    return story
  }

  @Test func aMissingFaceIsConfirmedAfterItsWindowAndClears() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 20) { observation(faces: (5..<12).contains($0) ? 0 : 1) }
    #expect(story == ["8.0 face_missing", "13.5 face_missing cleared"])
  }

  @Test func twoFacesAreConfirmedWhereTheWholePictureIsKnown() {
    var policy = AlertPolicy()
    let story = run(&policy, to: 10) { observation(faces: $0 >= 4 ? 2 : 1) }
    #expect(story == ["6.0 several_faces"])

    var tracked = AlertPolicy()
    let none = run(&tracked, to: 10) { observation(faces: $0 >= 4 ? 2 : 1, tier: .trackedFace) }
    #expect(none.isEmpty)
  }

  @Test func noFramesForFiveSecondsIsAStoppedVideoAndNotAMissingFace() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 5) { _ in observation(faces: 1) }
    // The last pictures were empty, then nothing came.
    _ = run(&policy, from: 5, to: 6) { _ in observation(faces: 0) }
    let story = run(&policy, from: 6, to: 20, frames: false) { _ in nil }
    // Five seconds after a face was last seen: nothing was well in between.
    #expect(story == ["10.0 video_stopped"])
    #expect(run(&policy, from: 20, to: 22) { _ in observation(faces: 1) } == ["20.0 video_stopped cleared"])
  }

  @Test func aCameraThatIsOffIsTheOnlyThingSaidOfIt() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 5) { _ in observation(faces: 0) }
    let off = policy.pageReported(PageReport(camera: .ended), at: at(5))
    #expect(off.contains { $0.kind == .cameraOff && $0.change.isConfirmed })
    // The missing face had been confirmed at 3 s; now the camera explains it.
    #expect(off.contains { $0.kind == .faceMissing && $0.change.isCleared })
    #expect(run(&policy, from: 5, to: 30, frames: false) { _ in nil }.isEmpty)
    let on = policy.pageReported(PageReport(camera: .live), at: at(30))
    #expect(on.contains { $0.kind == .cameraOff && $0.change.isCleared })
  }

  @Test func aMutedCauseStillExplainsItsEffects() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 2) { _ in observation(faces: 1) }
    _ = policy.accommodate(.cameraOff, .mute, until: at(100), at: at(2))
    _ = policy.pageReported(PageReport(camera: .ended), at: at(2))
    #expect(run(&policy, from: 2, to: 20, frames: false) { _ in nil }.isEmpty)
  }

  @Test func aCameraThatIsSaidToBeOffAndStreamsHidesNothing() {
    var policy = AlertPolicy()
    _ = policy.pageReported(PageReport(camera: .ended), at: at(0))
    let story = run(&policy, to: 5) { _ in observation(faces: 0) }
    #expect(story == ["3.0 face_missing"])
  }

  @Test func aHiddenPageIsConfirmedAfterASecond() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 2) { _ in observation(faces: 1) }
    let hidden = policy.pageReported(PageReport(page: .hidden), at: at(2))
    #expect(!hidden.contains { $0.change.isConfirmed })
    #expect(run(&policy, from: 2.5, to: 6) { _ in observation(faces: 1) } == ["3.0 page_hidden"])
  }

  @Test func aVirtualCameraIsAHintWithTheNameOfTheProgram() throws {
    var policy = AlertPolicy()
    _ = policy.pageReported(PageReport(program: .obs), at: at(0))
    var confirmed: [AlertPolicy.Transition] = []
    for time in stride(from: 0.5, through: 12, by: 0.5) {
      confirmed += policy.tick(at: at(time)).filter { $0.kind == .virtualCamera && $0.change.isConfirmed }
      if time < 10 { #expect(confirmed.isEmpty) }
    }
    #expect(confirmed.map(\.said) == ["obs"])
    #expect(confirmed.map(\.kind.row.rule.severity) == [.low])
    let other = policy.pageReported(PageReport(program: .noProgram), at: at(13))
    #expect(other.contains { $0.kind == .virtualCamera && $0.change.isCleared })
  }

  /// It may stand for the whole exam, and must not hide what the student can mend meanwhile.
  @Test func aHintIsToldTheStudentWhereThereIsNothingElse() {
    var policy = AlertPolicy()
    _ = policy.pageReported(PageReport(program: .obs), at: at(0))
    _ = run(&policy, to: 12) { _ in observation(faces: 1) }
    let hint = policy.check(at: at(12))
    #expect((hint.state, hint.kind, hint.severity) == (.alert, .virtualCamera, .low))

    _ = run(&policy, from: 12, to: 14) { _ in observation(faces: 0) }
    let suspected = policy.check(at: at(14))
    #expect((suspected.state, suspected.kind, suspected.severity) == (.suspected, .faceMissing, nil))
    _ = run(&policy, from: 14, to: 17) { _ in observation(faces: 0) }
    let missing = policy.check(at: at(17))
    #expect((missing.state, missing.kind, missing.severity) == (.alert, .faceMissing, .high))

    _ = run(&policy, from: 17, to: 24) { _ in observation(faces: 1, luminance: 20) }
    let dark = policy.check(at: at(24))
    #expect((dark.state, dark.kind, dark.light) == (.ok, nil, .dark))
  }

  @Test func theStudentIsToldOfASuspicionThatIsNoFlickerAndOfTheGravestAlert() {
    var policy = AlertPolicy()
    _ = policy.observe(observation(faces: 0), at: at(0))
    #expect(policy.check(at: at(0)).state == .ok)
    _ = policy.observe(observation(faces: 0), at: at(1))
    let suspected = policy.check(at: at(1))
    #expect(suspected.state == .suspected)
    #expect(suspected.kind == .faceMissing)

    _ = policy.pageReported(PageReport(page: .hidden), at: at(1))
    for time in [1.5, 2, 2.5, 3, 3.5] {
      _ = policy.tick(at: at(time))
      _ = policy.observe(observation(faces: 0), at: at(time))
    }
    let alert = policy.check(at: at(3.5))
    #expect(alert.state == .alert)
    #expect(alert.kind == .faceMissing)
  }

  @Test func aDarkPictureIsSaidWithoutAnyAlert() {
    var policy = AlertPolicy()
    _ = policy.observe(observation(faces: 1, luminance: 20), at: at(0))
    #expect(policy.check(at: at(0)).light == .ok, "one dark picture is a flicker")
    for time in [0.5, 1, 1.5] { _ = policy.observe(observation(faces: 1, luminance: 20), at: at(time)) }
    let check = policy.check(at: at(1.5))
    #expect(check.state == .ok)
    #expect(check.light == .dark)
  }

  @Test func aMutedKindIsSilentForItsTimeAndTheOthersAreNot() {
    var policy = AlertPolicy()
    _ = run(&policy, to: 5) { _ in observation(faces: 0) }
    let transitions = policy.accommodate(.faceMissing, .mute, until: at(20), at: at(5))
    #expect(transitions.contains { $0.kind == .faceMissing && $0.change.isCleared })
    let story = run(&policy, from: 5, to: 26) { observation(faces: (10..<14).contains($0) ? 2 : 0) }
    #expect(story == ["12.0 several_faces", "15.5 several_faces cleared", "23.0 face_missing"])
  }

  @Test func aKindWithoutARuleIsNotWatchedFor() {
    var rules = AlertRules.standard
    rules.rules[.faceMissing] = nil
    var policy = AlertPolicy(rules: rules)
    #expect(run(&policy, to: 20) { _ in observation(faces: 0) }.isEmpty)
  }
}

extension AlertPolicy.Transition.Change {
  var isConfirmed: Bool { if case .confirmed = self { true } else { false } }
  var isCleared: Bool { if case .cleared = self { true } else { false } }
}
