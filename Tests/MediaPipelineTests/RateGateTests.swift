import Testing

@testable import MediaPipeline

@Suite struct RateGateTests {
  /// How many pictures at these times, in milliseconds, pass.
  private func passed(_ gate: RateGate, _ times: some Sequence<Int>) -> Int {
    times.count { gate.take(at: Int64($0) * 1000) }
  }

  @Test func fasterStreamsAreBroughtDownToTheRate() {
    #expect(passed(RateGate(rate: 5), stride(from: 0, to: 10_000, by: 100)) == 50)
    #expect(passed(RateGate(rate: 5), stride(from: 30, to: 10_030, by: 33)) <= 52)
    // The last one takes a coming slot.
    #expect(passed(RateGate(rate: 2), stride(from: 0, to: 10_000, by: 200)) == 21)
  }

  @Test func aStreamAtJustTheRateLosesNothingToJitter() {
    // Every 200 ms, alternately 20 ms early and late, around the boundaries of the slots.
    let times = (1...50).map { $0 * 200 + ($0.isMultiple(of: 2) ? 20 : -20) }
    #expect(passed(RateGate(rate: 5), times) == 50)
  }

  @Test func nothingPassesThatIsNotWantedOrWhileItIsShut() {
    let shut = RateGate(rate: 5)
    shut.setRate(0)
    #expect(passed(shut, stride(from: 0, to: 2000, by: 100)) == 0)
    #expect(passed(RateGate(rate: 0), stride(from: 0, to: 2000, by: 100)) == 0)
    #expect(
      passed(RateGate(rate: 5, isWanted: { false }), stride(from: 0, to: 2000, by: 100)) == 0)
  }

  @Test func theFirstPictureAfterOpeningIsDueAtOnce() {
    let gate = RateGate(rate: 1)
    #expect(gate.take(at: 0))
    #expect(!gate.take(at: 100_000))
    gate.setRate(0)
    gate.setRate(1)
    #expect(gate.take(at: 200_000))
  }
}
