import Testing

@testable import Simulator

@Suite struct LatencyHistogramTests {
  @Test(arguments: [1, 63, 64, 65, 1_000, 4_095, 4_096, 250_000, 7_000_000_000] as [Int64])
  func percentilesAreNeverTooSmallAndAtMostAThirtySecondTooLarge(value: Int64) throws {
    var histogram = LatencyHistogram()
    histogram.add(value)
    histogram.add(value * 100)
    let median = try #require(histogram.percentile(0.5))
    #expect(median >= value)
    #expect(Double(median) <= Double(value) * (1 + 1.0 / 32))
  }

  @Test func countsShares() {
    var histogram = LatencyHistogram()
    for value in 1...50 as ClosedRange<Int64> { histogram.add(value) }
    #expect(histogram.count == 50)
    #expect(histogram.percentile(0.5) == 25)
    #expect(histogram.percentile(0.99) == 50)
    #expect(histogram.percentile(1) == 50)
    #expect(histogram.maximum == 50)
  }

  @Test func hasNoPercentileOfNothing() { #expect(LatencyHistogram().percentile(0.5) == nil) }

  @Test func takesANegativeAgeForZero() {
    var histogram = LatencyHistogram()
    histogram.add(-5)
    #expect(histogram.percentile(1) == 0)
  }
}
