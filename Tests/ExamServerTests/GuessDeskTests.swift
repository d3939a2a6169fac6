import ExamModel
import Testing
import WebGateway

@testable import ExamServer

@Suite(.timeLimit(.minutes(1))) struct GuessDeskTests {
  /// All who wait with the same are answered with it. A right one gives back what was taken for it, once: a guesser behind
  /// the same address would be given a new budget by each class that comes in.
  @Test @GatewayActor func whoShareATurnGiveItBackOnce() async throws {
    var limits = GuessLimits(interval: .milliseconds(1), patience: .seconds(30))
    limits.atOnce = 3
    limits.ceiling = 2.5
    let desk = GuessDesk(limits) { _ in }
    @GatewayActor func type(_ text: String, isRight: Bool) async throws {
      let guess = Guess(address: GuesserAddress("10.0.0.1"), device: nil, text: text)
      try await desk.turn(guess).settle(isRight: isRight)
    }
    for number in 0..<3 { try await type("wrong \(number)", isRight: false) }
    #expect(desk.isBeyondCeiling)
    try await withThrowingTaskGroup { group in
      for _ in 0..<40 { group.addTask { try await type("right", isRight: true) } }
      try await group.waitForAll()
    }
    #expect(desk.isBeyondCeiling)
  }
}
