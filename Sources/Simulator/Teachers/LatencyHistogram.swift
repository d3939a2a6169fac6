/// Durations in buckets no wider than 1/32 of their value: percentiles without keeping every value.
struct LatencyHistogram: Sendable {
  private static let steps = 32
  private var counts: [Int] = []
  private(set) var count = 0
  /// The largest value, in microseconds.
  private(set) var maximum: Int64 = 0

  /// - Parameter microseconds: negative values, because clocks differ, count as 0.
  mutating func add(_ microseconds: Int64) {
    let value = max(0, microseconds)
    let bucket = Self.bucket(of: value)
    if bucket >= counts.count { counts += Array(repeating: 0, count: bucket + 1 - counts.count) }
    counts[bucket] += 1
    count += 1
    maximum = max(maximum, value)
  }

  /// The value in microseconds that `share` (0...1) of all do not exceed; nil if there are none. Never less than the
  /// true one, and at most 1/32 more.
  func percentile(_ share: Double) -> Int64? {
    guard count > 0 else { return nil }
    var left = max(1, Int((share * Double(count)).rounded(.up)))
    for (bucket, number) in counts.enumerated() {
      left -= number
      if left <= 0 { return min(maximum, Self.largest(in: bucket)) }
    }
    return maximum
  }

  private static func bucket(of value: Int64) -> Int {
    let value = Int(value)
    guard value >= 2 * steps else { return value }
    let shift = Int.bitWidth - value.leadingZeroBitCount - 6
    return (shift + 1) * steps + (value >> shift) - steps
  }

  private static func largest(in bucket: Int) -> Int64 {
    guard bucket >= 2 * steps else { return Int64(bucket) }
    let shift = bucket / steps - 1
    return Int64(((bucket % steps + steps + 1) << shift) - 1)
  }
}
