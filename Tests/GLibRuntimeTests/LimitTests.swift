import GLibRuntime
import Testing

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

@Suite struct ThrottleTests {
  private let now = ContinuousClock.now

  @Test func whatIsNotSaidIsCountedIntoTheNext() {
    var throttle = Throttle(every: .seconds(10))
    #expect(throttle.take(at: now) == nil)
    let said = (0..<250).map { throttle.add(at: now + .milliseconds(100 * $0)) }
    #expect(said.compactMap(\.self) == [1, 100, 100] && said[0] == 1 && said[100] == 100)
    #expect(throttle.take(at: now + .milliseconds(29_999)) == nil)
    #expect(throttle.take(at: now + .seconds(30)) == 49)
    // Nothing more has happened.
    #expect(throttle.take(at: now + .seconds(60)) == nil)
  }
}
