import Testing

@testable import WebGateway

@Suite struct RateLimiterTests {
  @Test func allowsABurstThenTheRate() {
    var limiter = RateLimiter<String>(burst: 3, perSecond: 2)
    let now = ContinuousClock.now
    let burst = (0..<4).map { _ in limiter.take("a", at: now) }
    #expect(burst == [nil, nil, nil, .milliseconds(500)])
    let other = limiter.take("b", at: now)
    #expect(other == nil)
    let later = (0..<2).map { _ in limiter.take("a", at: now + .milliseconds(600)) }
    #expect(later[0] == nil)
    #expect(later[1] != nil)
  }

  @Test func whatIsTakenInAdvanceMakesTheNextOneWaitLonger() {
    var limiter = RateLimiter<String>(burst: 2, perSecond: 10)
    let now = ContinuousClock.now
    for expected in [0, 0, 100, 200, 300] {
      let wait = limiter.waitingTime("a", at: now) ?? .zero
      #expect(abs((wait - .milliseconds(expected)) / .milliseconds(1)) < 1)
      limiter.spend("a", at: now)
    }
    #expect(limiter.waitingTime("b", at: now) == nil)
    #expect(limiter.waitingTime("a", at: now + .seconds(2)) == nil)
  }

  @Test func askingTakesNothing() {
    var limiter = RateLimiter<String>(burst: 1, perSecond: 1)
    let now = ContinuousClock.now
    let before = limiter.waitingTime("a", at: now)
    let taken = limiter.take("a", at: now)
    let after = limiter.waitingTime("a", at: now)
    #expect(before == nil)
    #expect(taken == nil)
    #expect(after == .seconds(1))
  }
}
