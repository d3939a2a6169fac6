import Testing
import WebGateway

@Suite struct PacedTurnsTests {
  let start = ContinuousClock.now

  @Test func whoComesTooEarlyWaitsBehindTheOthersAndNobodyForEver() {
    var turns = PacedTurns<String>(burst: 2, perSecond: 10, patience: .seconds(1))
    #expect(turns.next(of: "a", at: start) == .now)
    #expect(turns.next(of: "a", at: start) == .now)
    var waits: [Duration] = []
    var refused = 0
    for _ in 0..<30 {
      switch turns.next(of: "a", at: start) {
      case .after(let wait): waits.append(wait)
      case .never: refused += 1
      case .now: Issue.record("more than the burst at once")
      }
    }
    #expect(waits.count == 10 && refused == 20)
    for (number, wait) in waits.enumerated() {
      let expected = Duration.milliseconds(100 * (number + 1))
      #expect(wait > expected - .milliseconds(1) && wait < expected + .milliseconds(1))
    }
    // A refused one took nothing, and others have turns of their own.
    #expect(turns.next(of: "b", at: start) == .now)
    #expect(turns.next(of: "a", at: start + .seconds(2)) == .now)
  }
}
