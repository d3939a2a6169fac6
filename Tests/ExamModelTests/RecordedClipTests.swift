import Foundation
import Testing

@testable import ExamModel

/// Recorded looks are judged by the policy as pictures of an exam are.
@Suite struct RecordedClipTests {
  /// Two looks a second, `bad` in the given time and one face before and after it.
  private func clip(
    _ bad: FaceObservation = .seen(faces: 0), from: Double = 24, to: Double = 34, seconds: Double = 44,
    labels: ClipLabels = ClipLabels()
  ) -> RecordedClip {
    let looks = stride(from: 0, to: seconds, by: 0.5).map { at in
      RecordedLook(at: at, observation: from <= at && at < to ? bad : .seen())
    }
    return RecordedClip(name: "clip", labels: labels, looks: looks)
  }

  @Test func whatLastsIsTold() {
    #expect(clip().alerts(rules: .standard) == [ToldAlert(kind: .faceMissing, at: 27)])
    #expect(clip(to: 26).alerts(rules: .standard) == [])
    #expect(clip(.seen(faces: 2)).alerts(rules: .standard).map(\.kind) == [.severalFaces])
  }

  @Test func anotherWindowTellsLater() {
    var rules = AlertRules.standard
    rules.rules[.faceMissing]!.window = .seconds(6)
    #expect(clip().alerts(rules: rules) == [ToldAlert(kind: .faceMissing, at: 30)])
    rules.rules[.faceMissing]!.window = .seconds(12)
    #expect(clip().alerts(rules: rules) == [])
  }

  @Test func itsLengthIsToOneCheckAfterTheLast() {
    #expect(clip().seconds == 44)
    let open = ClipLabels(events: [.init(kind: .faceMissing, from: 24, to: .infinity)])
    #expect(clip(labels: open).labels.events[0].to == 44)
  }

  @Test(arguments: [ClipLabels.Gap.Way.silent, .dropped]) func whatIsNotSentIsNotSeen(how: ClipLabels.Gap.Way)
  {
    let labels = ClipLabels(upload: [.init(from: 24, to: 34, how: how)])
    let told = clip(labels: labels).alerts(rules: .standard)
    #expect(told.map(\.kind) == [.videoStopped])
    #expect((29...29.5).contains(told[0].at))
  }

  @Test func whatThePageReportsIsTold() {
    let labels = ClipLabels(status: [
      .init(at: 10, report: PageReport(page: .hidden)), .init(at: 14, report: PageReport(page: .visible)),
      .init(at: 20, report: PageReport(camera: .ended)),
    ])
    let told = clip(.seen(), labels: labels).alerts(rules: .standard)
    #expect(told.map(\.kind) == [.pageHidden, .cameraOff])
    #expect((11...11.25).contains(told[0].at))
    #expect(told[1].at == 20)
  }

  @Test func theSameGivesTheSame() {
    #expect(clip(.frozen, to: 40).alerts(rules: .standard) == clip(.frozen, to: 40).alerts(rules: .standard))
  }

  // MARK: Looks as lines

  @Test func aLookComesBackFromItsLine() throws {
    var observation = FaceObservation.seen(faces: 2, tier: .trackedFace, luminance: 120.26, yaw: -31.26)
    (observation.isSure, observation.isCountKnown) = (false, true)
    (observation.showsSurroundings, observation.showsPerson) = (true, true)
    let look = RecordedLook(at: 1.2344, observation: observation)
    let line = try JSONEncoder().encode(look)
    let back = try JSONDecoder().decode(RecordedLook.self, from: line)
    #expect(back.at == 1.234)
    #expect(back.observation.luminance == 120.3)
    #expect(back.observation.faces[0].pose?.yaw == -31.3)
    #expect(back.observation.faces.count == 2)
    #expect(back.observation.tier == .trackedFace && !back.observation.isSure)
    #expect(
      back.observation.isCountKnown && back.observation.showsSurroundings && back.observation.showsPerson)
    #expect(try JSONEncoder().encode(back).count == line.count)
  }

  @Test func aFirstLookHasNoMotionAndAnEmptyPictureNoFaces() throws {
    let look = RecordedLook(at: 0, observation: .seen(faces: 0, motion: nil))
    let back = try JSONDecoder().decode(RecordedLook.self, from: JSONEncoder().encode(look))
    #expect(back.observation == look.observation)
  }
}
