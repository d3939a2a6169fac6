import Testing

@testable import MediaPipeline

@Suite struct RateGateTests {
  /// How many pass of pictures at these times, in milliseconds.
  private func passed(_ gate: RateGate, _ times: some Sequence<Int>) -> Int {
    times.count { gate.take(at: Int64($0) * 1000) }
  }

  @Test func fasterStreamsAreBroughtDownToTheRate() {
    #expect(passed(RateGate(open: true, rate: 5), stride(from: 0, to: 10_000, by: 100)) == 50)
    #expect(passed(RateGate(open: true, rate: 5), stride(from: 30, to: 10_030, by: 33)) <= 52)
    // The last one takes a slot to come.
    #expect(passed(RateGate(open: true, rate: 2), stride(from: 0, to: 10_000, by: 200)) == 21)
  }

  @Test func aStreamAtJustTheRateLosesNothingToJitter() {
    // Every 200 ms, 20 ms early or late in turn, around the borders of the slots.
    let times = (1...50).map { $0 * 200 + ($0.isMultiple(of: 2) ? 20 : -20) }
    #expect(passed(RateGate(open: true, rate: 5), times) == 50)
  }

  @Test func nothingPassesThatIsNotWantedOrWhileItIsShut() {
    #expect(passed(RateGate(open: false, rate: 5), stride(from: 0, to: 2000, by: 100)) == 0)
    #expect(passed(RateGate(open: true, rate: 0), stride(from: 0, to: 2000, by: 100)) == 0)
    #expect(
      passed(RateGate(open: true, rate: 5, isWanted: { false }), stride(from: 0, to: 2000, by: 100)) == 0)
  }

  @Test func theFirstPictureAfterOpeningIsDueAtOnce() {
    let gate = RateGate(open: true, rate: 1)
    #expect(gate.take(at: 0))
    #expect(!gate.take(at: 100_000))
    gate.setOpen(false)
    gate.setOpen(true)
    #expect(gate.take(at: 200_000))
  }
}
