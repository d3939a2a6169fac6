import ExamModel
import Testing
import WebGateway

@testable import ExamServer

@Suite(.timeLimit(.minutes(1))) struct GuessDeskTests {
  /// All who wait with the same input are answered with it. A right one refunds its charge, once: otherwise an attacker
  /// behind the same address would get a new budget from each class that comes in.
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

@Suite struct GuessLedgerTests {
  private let address = GuesserAddress("10.0.0.1")
  private let now = ContinuousClock.now

  private func guess(_ code: Int) -> Guess { Guess(address: address, device: nil, text: "\(code)") }

  /// What a class mistypes is charged once, but nobody can make the server remember everything ever typed.
  @Test func onlyTheLatestWrongGuessesAreFree() throws {
    var ledger = GuessLedger(.codes, at: now)
    for code in Array(0..<9) + [8, 0] {
      let taken = ledger.takeAtOnce(guess(code), at: now)
      ledger.settle(try #require(taken), isRight: false, at: now)
    }
    #expect(ledger.wrongGuesses(of: address, at: now) == 10)
  }

  @Test func fewRightOnesAreAnsweredOnceMore() {
    var ledger = GuessLedger(.codes, at: now)
    for code in 0...GuessLimits.rightAtOnce {
      ledger.settle(ledger.takeTurn(guess(code), at: now), isRight: true, at: now)
    }
    #expect(ledger.takeAgain(guess(0), at: now) == nil)
    #expect(ledger.takeAgain(guess(1), at: now) != nil)
  }

  /// A line slowed down by wrong guesses moves on at its usual rate after a right one: a class follows.
  @Test func behindARightOneTheLineMovesOn() throws {
    var ledger = GuessLedger(.codes, at: now)
    for code in 0..<70 { ledger.settle(ledger.takeTurn(guess(code), at: now), isRight: false, at: now) }
    let slow = try #require(ledger.nextTurn(of: address))
    #expect(slow > now + .seconds(3))
    ledger.settle(ledger.takeTurn(guess(99), at: now), isRight: true, at: now)
    #expect(ledger.nextTurn(of: address) == now + .seconds(1))
  }
}
