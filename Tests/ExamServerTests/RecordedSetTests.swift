import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// A change of the policy is judged on recorded looks at the shipped scenes: recall, false alerts and delays must not get
/// worse. `make looks` records them anew, and `docs/tuning.md` says when to.
@Suite struct RecordedSetTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Eval")
  private static let clips = Result { try RecordedClips.read(folder: folder.appending(path: "looks").path) }

  /// What is worse than the baseline under these rules.
  private func worse(_ change: (inout AlertRules) -> Void = { _ in }) throws -> [String] {
    var rules = AlertRules.standard
    change(&rules)
    let figures = RuleSweep.figures(of: try Self.clips.get(), under: rules, judgedBy: .standard)
    return FiguresFile(figures).worse(
      than: try FiguresFile(contentsOf: Self.folder.appending(path: "looks-baseline.json")))
  }

  @Test func nothingIsWorseThanTheBaseline() throws {
    #expect(try worse() == [])
  }

  /// Every kind is in it, and clips in which nothing may be told.
  @Test func theSetShowsEveryKind() throws {
    let clips = try Self.clips.get()
    #expect(Set(clips.flatMap { $0.labels.events.map(\.kind) }) == Set(AlertKind.allCases))
    #expect(clips.count { $0.labels.events.isEmpty } >= 8)
  }

  /// A set that would not notice would be worth nothing.
  @Test(arguments: [
    AlertKind.severalFaces, .lookingAway, .cameraCovered, .pictureFrozen, .videoStopped, .pageHidden,
  ]) func aWindowThatIsTooShortIsNoticed(kind: AlertKind) throws {
    let present = AlertRules.standard.rules[kind]!.window
    #expect(
      try worse { $0.rules[kind]!.window = present / 4 }.contains {
        $0.hasPrefix("\(kind.rawValue): ") && $0.contains("false")
      })
  }

  @Test(arguments: AlertKind.allCases) func aWindowThatIsTooLongIsNoticed(kind: AlertKind) throws {
    #expect(
      try worse { $0.rules[kind]!.window = $0.rules[kind]!.window * 1.5 + .seconds(0.5) }.contains {
        $0.hasPrefix("\(kind.rawValue): ")
      })
  }

  @Test func aLimitThatIsTooLowOrTooHighIsNoticed() throws {
    #expect(try worse { $0.rules[.lookingAway]!.limit = 10 }.contains { $0.contains("false") })
    #expect(
      try worse { $0.rules[.lookingAway]!.limit = 80 }.contains { $0.contains("looking_away: 0 found") })
  }

  @Test func fewerAlertsMoreFalseOnesAndLongerDelaysAreWorse() throws {
    let rules = AlertRules.standard
    func figures(found: Int, falseAlerts: Int, delay: Double) -> FiguresFile {
      FiguresFile(
        AlertFigures.by(
          kindOf: (0..<4).map { index in
            var alerts: [ToldAlert] = []
            if index < found { alerts.append(ToldAlert(kind: .faceMissing, at: 20 + delay)) }
            if index < falseAlerts { alerts.append(ToldAlert(kind: .severalFaces, at: 5)) }
            let labels = ClipLabels(events: [.init(kind: .faceMissing, from: 20, to: 30)])
            return Judgement(of: alerts, labels: labels, seconds: 40, rules: rules)
          }))
    }
    let baseline = figures(found: 3, falseAlerts: 1, delay: 3)
    #expect(baseline.worse(than: baseline) == [])
    #expect(figures(found: 4, falseAlerts: 0, delay: 2.5).worse(than: baseline) == [])
    #expect(
      figures(found: 2, falseAlerts: 1, delay: 3).worse(than: baseline)
        == ["face_missing: 2 found, 3 before", "face_missing: 2 missed, 1 before"])
    #expect(
      figures(found: 3, falseAlerts: 2, delay: 3).worse(than: baseline) == [
        "several_faces: 2 false, 1 before"
      ])
    #expect(
      figures(found: 3, falseAlerts: 1, delay: 3.5).worse(than: baseline)
        == ["face_missing: 95 % of the delays up to 3.5 s, 3.0 s before"])
    // A kind that is new since.
    var older = baseline
    older.kinds["several_faces"] = nil
    #expect(baseline.worse(than: older) == ["several_faces: 1 false, 0 before"])
  }
}
