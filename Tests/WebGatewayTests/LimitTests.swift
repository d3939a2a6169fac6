import Testing

@testable import WebGateway

@Suite struct TokenBucketTests {
  private let now = ContinuousClock.now

  @Test func aBucketAllowsABurstThenTheRate() {
    var bucket = TokenBucket(burst: 3, perSecond: 2)
    let burst = (0..<4).map { _ in bucket.take(at: now) }
    #expect(burst == [nil, nil, nil, .milliseconds(500)])
    // Never more than the burst, however long nothing was taken.
    let much = (0..<4).map { _ in bucket.take(at: now + .seconds(1000)) }
    #expect(much.prefix(3).allSatisfy { $0 == nil } && much[3] != nil)
  }

  @Test func askingTakesNothingAndSpendingMayOweSomething() {
    var bucket = TokenBucket(burst: 1, perSecond: 1)
    #expect(bucket.wait(at: now) == nil)
    #expect(bucket.take(at: now) == nil)
    #expect(bucket.wait(at: now) == .seconds(1))
    bucket.spend(2, at: now)
    #expect(bucket.wait(for: 0, at: now) == .seconds(2))
    #expect(bucket.used(at: now + .seconds(1)) == 2)
  }
}

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
