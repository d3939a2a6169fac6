import ArgumentParser
import Testing

@testable import Simulator

@Suite struct VerdictTests {
  private let limits: [Verdict.Limit: Double]

  init() throws { limits = try RehearsalConfiguration.parse([]).limits }

  @Test func holdsWithinTheLimits() {
    var verdict = Verdict(limits: limits)
    verdict.look(at: 5, [.tileLatency: 250, .unchecked: 1.5])
    #expect(verdict.violations(at: 60, [.tileLatency: 250, .unchecked: 1.5, .connectionLosses: 0]).isEmpty)
  }

  @Test func namesWhatGaveWayFirst() {
    var verdict = Verdict(limits: limits)
    verdict.look(at: 5, [.tileLatency: 100, .unchecked: 2])
    verdict.look(at: 10, [.tileLatency: 300, .unchecked: 2])
    let violations = verdict.violations(
      at: 60, [.tileLatency: 260, .unchecked: 3, .connectionLosses: 1, .falseAlerts: 0])
    #expect(violations.map(\.limit) == [.unchecked, .tileLatency, .connectionLosses])
    #expect(violations.map(\.since) == [5, 10, 60])
    #expect(violations.map(\.value) == [3, 260, 1])
  }

  @Test func aMomentOfTroubleIsForgivenIfTheWholeHeld() {
    var verdict = Verdict(limits: limits)
    verdict.look(at: 5, [.tileLatency: 900])
    #expect(verdict.violations(at: 60, [.tileLatency: 100]).isEmpty)
  }

  @Test func whatHasNoLimitIsNotJudged() {
    #expect(Verdict(limits: [:]).violations(at: 1, [.unchecked: 99]).isEmpty)
  }
}
